package io.github.convgauge.pytorchcuda;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.convgauge.backend.BackendUnavailableException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Python process that executes convolutions by PyTorch: {@code scripts/peer-pytorch-cuda.py}. It ends with its
 * standard input, and so with this process, whatever becomes of that.
 */
final class Python implements AutoCloseable {
    private static final String SCRIPT = "peer-pytorch-cuda.py";
    private static final String PROGRAM = "python3";
    private static final String MEND = "install Python 3 and, for it, PyTorch with CUDA (https://pytorch.org/get-started), or put the"
            + " python3 that has it first on the PATH";
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    /** The row that does nothing. */
    private static final int NO_OPERATION = 0;
    private static final int TRIPS = 1001;
    /** How often whoever waits for an execution looks up: the other side may sleep, or be dead. */
    private static final long LOOK_UP_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long END_SECONDS = 5;

    private final Arena arena = Arena.ofShared();
    private final Path folder;
    private final Process process;
    private final BufferedReader replies;
    private final Writer requests;
    private final Control control;
    private JsonNode welcome;
    private int lastRow = NO_OPERATION;

    private Python(Path folder, Map<String, String> environment) throws BackendUnavailableException {
        this.folder = folder;
        try {
            Path script = folder.resolve(SCRIPT);
            try (InputStream text = Python.class.getResourceAsStream(SCRIPT)) {
                Files.copy(text, script);
            }
            Path words = folder.resolve("control");
            control = Control.create(words, arena);
            ProcessBuilder builder = new ProcessBuilder(PROGRAM, "-u", script.toString(), "--serve", words.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().putAll(environment);
            process = start(builder);
            replies = process.inputReader(StandardCharsets.UTF_8);
            requests = process.outputWriter(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the script for Python could not be laid out", e);
        }
    }

    private static Process start(ProcessBuilder builder) throws BackendUnavailableException {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new BackendUnavailableException("there is no " + PROGRAM + " on the PATH", MEND, e);
        }
    }

    /**
     * Starts the process and waits until PyTorch is loaded.
     *
     * @param environment further variables of it
     * @throws BackendUnavailableException if Python, PyTorch, CUDA, cuDNN or an NVIDIA device is missing
     */
    static Python start(Map<String, String> environment) throws BackendUnavailableException {
        Python python = null;
        try {
            python = new Python(Files.createTempDirectory(Path.of("").toAbsolutePath(), "python"), environment);
            python.hello();
            Python started = python;
            python = null;
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException("there is no place for Python's files", e);
        } finally {
            if (python != null) {
                python.close();
            }
        }
    }

    private void hello() throws BackendUnavailableException {
        JsonNode reply;
        try {
            reply = exchange("hello", JSON.createObjectNode());
        } catch (IllegalStateException e) {
            throw new BackendUnavailableException(e.getMessage(), MEND, e);
        }
        if (reply.has("unavailable")) {
            throw new BackendUnavailableException(reply.get("unavailable").asText(), reply.get("mend").asText(), null);
        }
        if (!reply.has("ok")) {
            throw new BackendUnavailableException("PyTorch does not start: " + reply.path("error").asText(), MEND, null);
        }
        welcome = reply.get("ok");
    }

    /** What it said of itself: {@code versions} and {@code devices}. */
    JsonNode welcome() {
        return welcome;
    }

    /** Where files for both are put; it is deleted with this. */
    Path folder() {
        return folder;
    }

    /** A number for a row. */
    int newRow() {
        return ++lastRow;
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /**
     * One request and its answer.
     *
     * @throws IllegalStateException if Python could not do it, or is gone
     */
    JsonNode ask(String what, ObjectNode arguments) {
        JsonNode reply = exchange(what, arguments);
        if (reply.has("ok")) {
            return reply.get("ok");
        }
        throw new IllegalStateException("PyTorch: " + reply.path("error").asText());
    }

    private JsonNode exchange(String what, ObjectNode arguments) {
        try {
            send(arguments.put("do", what));
            String line = replies.readLine();
            if (line != null) {
                return JSON.readTree(line);
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Python answered nonsense: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            // A broken pipe: say below what became of the process.
        }
        throw new IllegalStateException(howItEnded());
    }

    private void send(ObjectNode request) throws IOException {
        requests.write(JSON.writeValueAsString(request));
        requests.write('\n');
        requests.flush();
    }

    private String howItEnded() {
        try {
            if (process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                return "Python ended with exit code " + process.exitValue();
            }
            return "Python closed its connection";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted while Python ended";
        }
    }

    /**
     * Executes a row once, and returns when the device is done.
     *
     * @throws IllegalStateException if that failed, or Python is gone
     */
    void execute(int row) {
        control.request(row);
        if (!control.isAwake()) {
            wake();
        }
        long lookUp = System.nanoTime() + LOOK_UP_NANOS;
        while (!control.isDone()) {
            Thread.onSpinWait();
            if (System.nanoTime() > lookUp) {
                requireAlive();
                if (!control.isAwake() && !control.isDone()) {
                    wake();
                }
                lookUp = System.nanoTime() + LOOK_UP_NANOS;
            }
        }
        if (control.takeFailure()) {
            throw new IllegalStateException("PyTorch: " + ask("failure", object()).asText());
        }
    }

    private void wake() {
        try {
            send(object().put("do", "execute"));
        } catch (IOException e) {
            throw new IllegalStateException(howItEnded(), e);
        }
    }

    private void requireAlive() {
        if (!process.isAlive()) {
            throw new IllegalStateException(howItEnded());
        }
    }

    /** Nanoseconds that handing an execution over and hearing of its end take, without any execution: the median. */
    long roundTripNanos() {
        long[] nanos = new long[TRIPS];
        for (int i = 0; i < TRIPS; i++) {
            long start = System.nanoTime();
            execute(NO_OPERATION);
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        return nanos[TRIPS / 2];
    }

    @Override
    public void close() {
        try {
            requests.close();
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(END_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // The pipe is broken: the process is gone already.
        }
        arena.close();
        delete();
    }

    private void delete() {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            // It lies in the worker's own folder, which goes with the run.
        }
    }
}
