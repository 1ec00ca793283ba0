package io.github.convgauge.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed number of threads that work on one task at a time: the caller and threads − 1 helpers.
 * The task is cut into as many parts as there are threads, always the same part to the same thread,
 * so that a run can be repeated; {@link BalancedTask} evens out threads that are not equally fast.
 * Called from one thread only.
 *
 * <p>Between tasks a helper first spins, because the next task of a convolution often follows within
 * microseconds and waking a parked thread takes tens of them; then it parks, so that whatever is
 * measured next has the processor to itself.
 */
public final class WorkerPool implements AutoCloseable {
    private static final long SPIN_NANOS = 50_000;

    /** Work that is cut into parts. */
    @FunctionalInterface
    public interface Task {
        /** Does one part, from 0, of so many. */
        void run(int part, int parts);
    }

    private final int threads;
    private final List<Helper> helpers = new ArrayList<>();
    private final AtomicInteger unfinished = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private Task task;
    private Thread caller;
    /** Counts the tasks; its change publishes {@link #task} and {@link #caller} to the helpers. */
    private volatile int round;
    private volatile boolean closed;
    private volatile boolean callerParks;

    /** @param threads how many work at once, the caller included */
    public WorkerPool(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("%d threads; there must be at least 1".formatted(threads));
        }
        this.threads = threads;
        for (int part = 1; part < threads; part++) {
            Helper helper = new Helper(part);
            helper.setDaemon(true);
            helpers.add(helper);
            helper.start();
        }
    }

    public int threads() {
        return threads;
    }

    /**
     * Does all parts of a task and returns when the last one is done. What a part throws is thrown
     * here, again only when no part runs any more: none may write to memory that the caller frees.
     */
    public void run(Task newTask) {
        if (closed) {
            throw new IllegalStateException("the worker pool is closed");
        }
        task = newTask;
        caller = Thread.currentThread();
        failure.setRelease(null);
        unfinished.set(helpers.size());
        round++;
        for (int i = 0; i < helpers.size(); i++) {
            Helper helper = helpers.get(i);
            if (helper.parks) {
                LockSupport.unpark(helper);
            }
        }
        runPart(newTask, 0);
        awaitHelpers();
        task = null;
        rethrow(failure.getAcquire());
    }

    private void runPart(Task current, int part) {
        try {
            current.run(part, threads);
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
    }

    private void awaitHelpers() {
        long spinUntil = System.nanoTime() + SPIN_NANOS;
        while (unfinished.get() > 0) {
            if (System.nanoTime() - spinUntil < 0) {
                Thread.onSpinWait();
                continue;
            }
            callerParks = true;
            while (unfinished.get() > 0) {
                LockSupport.park(this);
            }
            callerParks = false;
        }
    }

    private static void rethrow(Throwable thrown) {
        switch (thrown) {
            case null -> { }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            // Task.run declares none, so only a sneaky throw gets here.
            default -> throw new IllegalStateException(thrown);
        }
    }

    /** Ends the helpers and waits until they are gone. */
    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        for (Helper helper : helpers) {
            LockSupport.unpark(helper);
            while (helper.isAlive()) {
                try {
                    helper.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Helper extends Thread {
        private final int part;
        /**
         * Set before the last look at {@link #round}, which the caller changes before it looks at
         * this: with volatile accesses one of the two sees the other, so no wake-up is lost.
         */
        private volatile boolean parks;

        Helper(int part) {
            super("convgauge-cpu-" + part);
            this.part = part;
        }

        @Override
        public void run() {
            int done = 0;
            while (awaitRoundAfter(done)) {
                done = round;
                runPart(task, part);
                Thread waiting = caller;
                if (unfinished.decrementAndGet() == 0 && callerParks) {
                    LockSupport.unpark(waiting);
                }
            }
        }

        /** Returns false if the pool was closed instead. */
        private boolean awaitRoundAfter(int done) {
            long spinUntil = System.nanoTime() + SPIN_NANOS;
            while (round == done) {
                if (closed) {
                    return false;
                }
                if (System.nanoTime() - spinUntil < 0) {
                    Thread.onSpinWait();
                    continue;
                }
                parks = true;
                while (round == done && !closed) {
                    LockSupport.park(WorkerPool.this);
                }
                parks = false;
            }
            return true;
        }
    }
}
