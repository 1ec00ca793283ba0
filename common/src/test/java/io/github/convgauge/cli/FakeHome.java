package io.github.convgauge.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.worker.FakeBackend;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/** An installation whose backends are all {@link FakeBackend}s, and the command line to run there. */
public final class FakeHome {
    /** A problem that a check takes microseconds for. */
    public static final String PROBLEM = "mb1ic2ih4iw5oc3kh2";

    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final Path root;
    private int runs;

    public FakeHome(Path root) {
        this.root = root;
    }

    Path root() {
        return root;
    }

    /** @param settings name=value pairs; see {@link FakeBackend} */
    public FakeHome backend(String name, String algorithms, String... settings) throws IOException {
        return lay(name, algorithms, false, settings);
    }

    /** A backend whose algorithm {@code right} is the yardstick. */
    FakeHome yardstick(String name, String algorithms, String... settings) throws IOException {
        return lay(name, algorithms, true, settings);
    }

    private FakeHome lay(String name, String algorithms, boolean yardstick, String... settings) throws IOException {
        List<String> flags = new ArrayList<>(List.of(
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED",
                "-Dfake.name=" + name, "-Dfake.algorithms=" + algorithms));
        Arrays.stream(settings).forEach(setting -> flags.add("-Dfake." + setting));
        Map<String, Object> launch = new LinkedHashMap<>();
        launch.put("backend", name);
        launch.put("title", "a fake called " + name);
        if (yardstick) {
            launch.put("yardstick", Map.of("algorithm", "right", "regime", "eager"));
        }
        launch.put("jvm", flags);
        launch.put("environment", Map.of("FAKE_THREADS", "${threads}"));
        Path folder = folder(name);
        Files.createDirectories(folder.resolve("lib"));
        JSON.writeValue(folder.resolve("launch.json").toFile(), launch);
        writePathingJar(folder.resolve("lib/fake.jar"));
        return this;
    }

    /** Sets a field of a backend's launch file. */
    FakeHome launch(String backend, String field, Object value) throws IOException {
        Path file = folder(backend).resolve("launch.json");
        ObjectNode launch = (ObjectNode) JSON.readTree(file.toFile());
        JSON.writeValue(file.toFile(), launch.set(field, JSON.valueToTree(value)));
        return this;
    }

    /** Puts further flags behind those that make a backend's JVM start. */
    FakeHome jvm(String backend, String... flags) throws IOException {
        List<String> all = new ArrayList<>();
        JSON.readTree(folder(backend).resolve("launch.json").toFile()).get("jvm").forEach(flag -> all.add(flag.asText()));
        all.addAll(List.of(flags));
        return launch(backend, "jvm", all);
    }

    /** Where a backend is laid out. */
    Path folder(String backend) {
        return root.resolve("target/dist/backends").resolve(backend);
    }

    /** Nothing but a class path, that of these tests, and the service entry. */
    private static void writePathingJar(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(
                Attributes.Name.CLASS_PATH,
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(entry -> Path.of(entry).toUri().toString())
                        .collect(Collectors.joining(" ")));
        try (OutputStream file = Files.newOutputStream(jar); JarOutputStream out = new JarOutputStream(file, manifest)) {
            out.putNextEntry(new JarEntry("META-INF/services/" + Backend.class.getName()));
            out.write(FakeBackend.class.getName().getBytes(StandardCharsets.UTF_8));
            out.closeEntry();
        }
    }

    /**
     * What a command line did.
     *
     * @param err all of standard error
     * @param rows the JSON lines that it wrote
     */
    record Outcome(List<String> args, int status, String out, String err, List<JsonNode> rows) {
        JsonNode row(String backend, String algorithm) {
            return rows.stream()
                    .filter(row -> row.get("backend").asText().equals(backend) && row.get("algorithm").asText().equals(algorithm))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no row %s %s in %s".formatted(backend, algorithm, this)));
        }

        JsonNode row(String algorithm) {
            return rows.stream()
                    .filter(row -> row.get("algorithm").asText().equals(algorithm))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no row %s in %s".formatted(algorithm, this)));
        }

        String statusOf(String algorithm) {
            return row(algorithm).get("status").asText();
        }

        String reasonOf(String algorithm) {
            return row(algorithm).get("reason").asText();
        }
    }

    /** {@code convgauge run} with JSON lines in a file of its own. */
    Outcome run(String... args) throws IOException {
        Path json = root.resolve("results-" + ++runs + ".jsonl");
        List<String> all = new ArrayList<>(List.of(args));
        all.addFirst("run");
        all.addAll(List.of("--json", json.toString()));
        Outcome outcome = execute(all.toArray(String[]::new));
        return new Outcome(all, outcome.status, outcome.out, outcome.err, Files.exists(json) ? rows(json) : List.of());
    }

    /** Just that command line. */
    Outcome execute(String... args) {
        StringWriter out = new StringWriter();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream before = System.err;
        String homeBefore = System.getProperty("convgauge.home");
        int status;
        try (PrintStream captured = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            System.setErr(captured);
            System.setProperty("convgauge.home", root.toString());
            status = Main.execute(args, new PrintWriter(out), new PrintWriter(captured, true));
        } finally {
            System.setErr(before);
            if (homeBefore == null) {
                System.clearProperty("convgauge.home");
            } else {
                System.setProperty("convgauge.home", homeBefore);
            }
        }
        return new Outcome(List.of(args), status, out.toString(), err.toString(StandardCharsets.UTF_8), List.of());
    }

    /** The repeat command of a row, given to the command line as a shell gives it. */
    Outcome repeat(JsonNode row, String... more) throws IOException, InterruptedException {
        List<String> words = shellWords(row.get("repeat").asText());
        if (!words.subList(0, 2).equals(List.of("scripts/convgauge", "run"))) {
            throw new AssertionError("not a command to repeat with: " + words);
        }
        List<String> args = new ArrayList<>(words.subList(2, words.size()));
        args.addAll(List.of(more));
        return run(args.toArray(String[]::new));
    }

    static List<String> shellWords(String command) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("bash", "-c", "printf '%s\\n' " + command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> words = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        if (shell.waitFor() != 0) {
            throw new AssertionError("a shell does not take: " + command);
        }
        return words;
    }

    /** The JSON lines of a file, each of which must be whole. */
    static List<JsonNode> rows(Path file) throws IOException {
        String text = Files.readString(file);
        if (!text.isEmpty() && !text.endsWith("\n")) {
            throw new AssertionError("the last line is cut: " + text);
        }
        List<JsonNode> rows = new ArrayList<>();
        for (String line : text.lines().toList()) {
            rows.add(JSON.readTree(line));
        }
        return rows;
    }
}
