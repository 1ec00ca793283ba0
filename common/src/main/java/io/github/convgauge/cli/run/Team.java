package io.github.convgauge.cli.run;

import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.worker.BackendFolder;
import io.github.convgauge.worker.Reply;
import io.github.convgauge.worker.Request;
import io.github.convgauge.worker.Worker;
import io.github.convgauge.worker.WorkerDiedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One backend in one group of rows: its worker process, which is started anew if it dies. */
final class Team implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(120);

    private final BackendFolder backend;
    private final Path folder;
    private final int threads;
    private final Interruption interruption;
    private Worker worker;
    private Reply.Welcome welcome;
    private String unavailable;
    private int generation;

    Team(BackendFolder backend, Path folder, int threads, Interruption interruption) {
        this.backend = backend;
        this.folder = folder;
        this.threads = threads;
        this.interruption = interruption;
    }

    /** Starts the process; {@link #greet} waits for it. */
    void launch() throws InterruptedRunException {
        if (interruption.requested()) {
            throw new InterruptedRunException();
        }
        generation++;
        try {
            worker = Worker.start(backend, folder, threads);
            interruption.add(worker);
        } catch (BackendUnavailableException e) {
            worker = null;
            unavailable = describe(e.getMessage(), e.mend());
        } catch (IOException e) {
            worker = null;
            unavailable = "its worker cannot be started: " + e.getMessage();
        }
    }

    /** Waits until the backend is ready or says why it is not. */
    void greet() throws InterruptedException, InterruptedRunException {
        if (worker == null) {
            return;
        }
        try {
            switch (worker.ask(new Request.Hello(), START)) {
                case Reply.Welcome here when here.devices().isEmpty() -> unavailable = "it lists no device";
                case Reply.Welcome here -> welcome = here;
                case Reply.Unavailable gone -> unavailable = describe(gone.reason(), gone.mend());
                case Reply.Broke broke -> unavailable = "it does not start: " + broke.reason();
                case Reply other -> throw new IllegalStateException("hello was answered by " + other);
            }
        } catch (WorkerDiedException e) {
            checkInterrupted();
            unavailable = e.getMessage();
        }
    }

    private static String describe(String reason, String mend) {
        return reason + "; " + mend;
    }

    /** Makes sure that there is a live worker, after one has died. */
    void revive() throws InterruptedException, InterruptedRunException {
        if (unavailable == null && !isAlive()) {
            interruption.remove(worker);
            launch();
            greet();
        }
    }

    /**
     * @throws WorkerDiedException if the worker is gone, and not because the user interrupted the run
     */
    Reply ask(Request request, Duration timeout)
            throws WorkerDiedException, InterruptedException, InterruptedRunException {
        try {
            return worker.ask(request, timeout);
        } catch (WorkerDiedException e) {
            checkInterrupted();
            throw e;
        }
    }

    private void checkInterrupted() throws InterruptedException, InterruptedRunException {
        if (interruption.requested() || (worker.wasInterrupted() && interruption.requestedSoon())) {
            throw new InterruptedRunException();
        }
    }

    BackendFolder backend() {
        return backend;
    }

    /** What the backend has; null where {@link #unavailable} says why. */
    Reply.Welcome welcome() {
        return welcome;
    }

    /** What it computes on; the backend must be there. */
    List<Reply.DeviceInfo> devices() {
        return welcome.devices();
    }

    /** Why the backend is not there and what would change that, or null. */
    String unavailable() {
        return unavailable;
    }

    /** Counts the processes; rows that an earlier one had laid out are gone. */
    int generation() {
        return generation;
    }

    /** Whether the process of this generation is there; nothing that it had laid out outlives it. */
    boolean isAlive() {
        return worker != null && worker.isAlive();
    }

    @Override
    public void close() {
        if (worker != null) {
            worker.close();
            interruption.remove(worker);
        }
    }
}
