package io.github.convgauge.cli.run;

import io.github.convgauge.worker.Worker;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C: the virtual machine's shutdown waits while the run ends its workers and prints what it
 * has so far.
 */
final class Interruption {
    private static final long PATIENCE_SECONDS = 10;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Set<Worker> workers = ConcurrentHashMap.newKeySet();
    private volatile boolean requested;

    Interruption() {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (finished.getCount() == 0) {
                return;
            }
            requested = true;
            workers.forEach(Worker::close); // every pending answer fails at once
            try {
                finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "interruption"));
    }

    /** A live worker, to be ended if it comes to that. */
    void add(Worker worker) {
        workers.add(worker);
        if (requested) {
            worker.close();
        }
    }

    void remove(Worker worker) {
        workers.remove(worker);
    }

    boolean requested() {
        return requested;
    }

    /**
     * The same, for a moment when a worker has just been ended by the signal: it reaches the workers
     * of a terminal's foreground group as it reaches us, in any order.
     */
    boolean requestedSoon() throws InterruptedException {
        for (int i = 0; i < 100 && !requested; i++) {
            Thread.sleep(10);
        }
        return requested;
    }

    /** The run has printed and tidied up everything. */
    void finished() {
        finished.countDown();
    }
}
