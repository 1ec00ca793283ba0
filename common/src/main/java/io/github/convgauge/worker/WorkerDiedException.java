package io.github.convgauge.worker;

/** The worker is gone. The message says how: exit code or signal and its last lines, or that it overran its time. */
public final class WorkerDiedException extends Exception {
    private static final long serialVersionUID = 1;

    WorkerDiedException(String message) {
        super(message);
    }
}
