package io.github.convgauge.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.github.convgauge.backend.BackendUnavailableException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The client's side of one worker process. Requests are answered in order; one that takes too long,
 * or a worker that dies, ends in a {@link WorkerDiedException} and a process that is gone.
 */
public final class Worker implements AutoCloseable {
    private static final Duration DEATH = Duration.ofSeconds(5);
    private static final int LAST_LINES = 5;
    /** What a process that a signal ended reports: 128 plus the signal's number. */
    private static final int SIGNAL_BASE = 128;
    private static final Map<Integer, String> SIGNALS = Map.of(
            1, "SIGHUP", 2, "SIGINT", 4, "SIGILL", 6, "SIGABRT", 7, "SIGBUS", 8, "SIGFPE", 9, "SIGKILL", 11, "SIGSEGV", 15, "SIGTERM");

    /** Tensors count as direct memory, whose default limit is a quarter of the machine's; the run checks what fits. */
    private static final List<String> OWN_FLAGS = List.of("-XX:MaxDirectMemorySize=1024g", "-XX:-CreateCoredumpOnCrash");
    private static final String ERROR_FILE = "-XX:ErrorFile=";
    private static final Pattern HOME = Pattern.compile(Pattern.quote(System.getProperty("user.home")) + "(?=/)");
    /** The variable that makes workers print where the client prints, for launchers whose switches print. */
    private static final String OUTPUT = "CONVGAUGE_WORKER_OUTPUT";
    private static final String SHOW = "inherit";
    private static final Pattern MODULE_FLAG = Pattern.compile("--add-(?:exports|opens|reads)=");

    private final BackendFolder backend;
    private final Process process;
    private final Path log;
    private final ServerSocketChannel listener;
    private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();
    private Wire wire;

    private Worker(BackendFolder backend, Process process, Path log, ServerSocketChannel listener) {
        this.backend = backend;
        this.process = process;
        this.log = log;
        this.listener = listener;
    }

    /**
     * Starts the process; {@link #ask} waits until it answers.
     *
     * @param folder a private folder, in which each worker gets its own working directory, with its
     *     socket and log
     * @param threads what {@code ${threads}} in the launch file stands for
     * @throws BackendUnavailableException if something that the launch file needs is not there
     */
    public static Worker start(BackendFolder backend, Path folder, int threads)
            throws IOException, BackendUnavailableException {
        LaunchText text = new LaunchText(System::getenv, threads);
        backend.requireAll(text);
        Path own = Files.createTempDirectory(folder.toAbsolutePath(), backend.name());
        Path socket = own.resolve("s");
        Path log = own.resolve("log");
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        backend.launch().jvm().forEach(flag -> command.add(text.expand(flag)));
        command.addAll(OWN_FLAGS);
        command.add(ERROR_FILE + own.resolve("hs_err.log"));
        command.addAll(List.of("-cp", backend.classPath(), WorkerMain.class.getName(), socket.toString(), backend.name()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(own.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true);
        boolean shown = SHOW.equals(System.getenv(OUTPUT));
        if (!shown) {
            builder.redirectOutput(log.toFile());
        }
        backend.launch().environment().forEach((name, value) -> builder.environment().put(name, text.expand(value)));
        try {
            Worker worker = new Worker(backend, builder.start(), log, listener);
            if (shown) {
                Thread.ofVirtual().start(worker::showOutput);
            }
            Thread.ofVirtual().start(worker::readLines);
            // A process that dies before it connects would leave accept() waiting.
            worker.process.onExit().thenRun(worker::closeListener);
            return worker;
        } catch (IOException e) {
            listener.close();
            throw e;
        }
    }

    /**
     * Of the flags that a worker's JVM reports, those that say something about a measurement: not
     * those of the harness, nor the hundreds of module flags that an argument file may hold. The
     * user's home, under which SDKs lie, is {@code ~}: results are shown to others.
     */
    public static List<String> telling(List<String> flags, LaunchFile launch) {
        boolean hasArgumentFile = launch.jvm().stream().anyMatch(flag -> flag.startsWith("@"));
        return flags.stream()
                .filter(flag -> !OWN_FLAGS.contains(flag) && !flag.startsWith(ERROR_FILE))
                .filter(flag -> !hasArgumentFile || launch.jvm().contains(flag) || !MODULE_FLAG.matcher(flag).lookingAt())
                .map(flag -> HOME.matcher(flag).replaceAll("~"))
                .toList();
    }

    /** Every line goes into the log, too, where a dead worker's last words are looked for. */
    private void showOutput() {
        try (BufferedReader said = process.inputReader(); PrintWriter kept = new PrintWriter(Files.newBufferedWriter(log))) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                System.out.println(line);
                kept.println(line);
                kept.flush();
            }
        } catch (IOException e) {
            // The process is gone, and has no more to say.
        }
    }

    public BackendFolder backend() {
        return backend;
    }

    private void readLines() {
        try {
            Wire connected = new Wire(listener.accept());
            synchronized (this) {
                wire = connected;
                notifyAll();
            }
            for (String line = connected.receive(); line != null; line = connected.receive()) {
                lines.add(Optional.of(line));
            }
        } catch (IOException e) {
            // The same as the end of the connection.
        }
        lines.add(Optional.empty());
        synchronized (this) {
            notifyAll();
        }
    }

    private void closeListener() {
        try {
            listener.close();
        } catch (IOException e) {
            // It is only there to be closed.
        }
    }

    /**
     * One request and its answer.
     *
     * @throws WorkerDiedException if the worker is gone, or has just been ended because it took longer
     */
    public Reply ask(Request request, Duration timeout) throws WorkerDiedException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            Wire connected = connected(deadline);
            if (connected != null) {
                connected.send(request);
                Optional<String> line = lines.poll(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (line == null) {
                    close();
                    throw new WorkerDiedException("the worker overran its time of %d s".formatted(timeout.toSeconds()));
                }
                if (line.isPresent()) {
                    return Wire.decode(line.get(), Reply.class);
                }
            }
        } catch (JsonProcessingException e) {
            close();
            throw new WorkerDiedException("the worker answered nonsense: " + e.getOriginalMessage());
        } catch (IOException e) {
            // A broken connection: say below what became of the process.
        }
        throw new WorkerDiedException(howItDied());
    }

    private synchronized Wire connected(long deadline) throws InterruptedException, WorkerDiedException {
        while (wire == null && process.isAlive() && listener.isOpen()) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                close();
                throw new WorkerDiedException("the worker did not start in time");
            }
            wait(left);
        }
        return wire;
    }

    private String howItDied() throws InterruptedException {
        if (!process.waitFor(DEATH.toMillis(), TimeUnit.MILLISECONDS)) {
            close();
            return "the worker closed its connection" + lastLines();
        }
        int exit = process.exitValue();
        String how = exit > SIGNAL_BASE
                ? "was ended by signal %d%s".formatted(
                        exit - SIGNAL_BASE,
                        SIGNALS.containsKey(exit - SIGNAL_BASE) ? " (" + SIGNALS.get(exit - SIGNAL_BASE) + ")" : "")
                : "ended with exit code " + exit;
        return "the worker " + how + lastLines();
    }

    private String lastLines() {
        try {
            List<String> all = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.isBlank())
                    .toList();
            List<String> last = all.subList(Math.max(0, all.size() - LAST_LINES), all.size());
            return last.isEmpty() ? "" : "; its last lines: " + String.join(" | ", last);
        } catch (IOException e) {
            return "";
        }
    }

    /** Whether a signal from the terminal, which reaches workers too, ended it. */
    public boolean wasInterrupted() {
        return !process.isAlive() && process.exitValue() == SIGNAL_BASE + 2;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends the process, and waits until it is gone. */
    @Override
    public void close() {
        process.destroyForcibly();
        closeListener();
        try {
            process.waitFor(DEATH.toMillis(), TimeUnit.MILLISECONDS);
            synchronized (this) {
                if (wire != null) {
                    wire.close();
                }
            }
        } catch (IOException e) {
            // The process is gone; so is the connection.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
