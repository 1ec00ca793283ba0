package io.github.convgauge.worker;

import io.github.convgauge.backend.Backend;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A worker: the process in which one backend computes and is timed. It connects to the socket that
 * its client listens on, answers one request after the other, and ends with the connection. Its
 * standard output belongs to the libraries, which print there.
 */
public final class WorkerMain {
    /** How long a worker whose client is gone may take to finish what it is doing. */
    private static final long GRACE_MILLIS = 500;

    private WorkerMain() {}

    /** @param args the socket's path, and the backend's name */
    public static void main(String[] args) throws IOException, InterruptedException {
        Backend backend = load(args[1]);
        try (backend; Wire wire = Wire.connect(Path.of(args[0]))) {
            BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();
            Thread.ofPlatform().daemon().name("client-lines").start(() -> readLines(wire, lines));
            Session session = new Session(backend);
            for (Optional<String> line = lines.take(); line.isPresent(); line = lines.take()) {
                wire.send(session.answer(Wire.decode(line.get(), Request.class)));
            }
        } catch (IOException e) {
            // The client is gone, and with it all that this process is for.
            Runtime.getRuntime().halt(1);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        // Non-daemon threads of the libraries must not keep the process alive.
        System.exit(0);
    }

    private static Backend load(String name) {
        List<String> found = new ArrayList<>();
        for (Backend backend : ServiceLoader.load(Backend.class)) {
            if (backend.name().equals(name)) {
                return backend;
            }
            found.add(backend.name());
        }
        throw new IllegalStateException("no backend '" + name + "' on the class path, only " + found);
    }

    private static void readLines(Wire wire, BlockingQueue<Optional<String>> lines) {
        try {
            for (String line = wire.receive(); line != null; line = wire.receive()) {
                lines.add(Optional.of(line));
            }
        } catch (IOException e) {
            // As good as the end of the connection.
        }
        lines.add(Optional.empty());
        try {
            Thread.sleep(GRACE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(1);
    }
}
