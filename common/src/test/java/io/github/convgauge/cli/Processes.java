package io.github.convgauge.cli;

import io.github.convgauge.worker.WorkerMain;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Workers as the operating system sees them. */
final class Processes {
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final long POLL_MILLIS = 10;

    private Processes() {}

    /** The live workers of a backend that a client has started. */
    static List<ProcessHandle> workers(ProcessHandle client, String backend) {
        return client.children()
                .filter(child -> child.info().commandLine()
                        .filter(line -> line.contains(WorkerMain.class.getName()) && line.endsWith(" " + backend))
                        .isPresent())
                .toList();
    }

    /** @param otherwise what to say if the condition does not come true within a minute */
    static void await(BooleanSupplier condition, Supplier<String> otherwise) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain: " + otherwise.get());
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
