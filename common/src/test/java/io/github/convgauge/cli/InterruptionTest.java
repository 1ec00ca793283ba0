package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line as a process of its own, which is sent signals while it works. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "setsid and env --default-signal are Linux's")
class InterruptionTest {
    private static final int INTERRUPTED = 130;
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    private Path folder;

    private Path marker;
    private Process client;

    /** @param algorithms of alpha; the file {@link #marker} tells when the last one is timed, or hangs */
    private void start(String algorithms) throws IOException {
        start(algorithms, false);
    }

    private void start(String algorithms, boolean onATerminal) throws IOException {
        marker = folder.resolve("marker");
        new FakeHome(folder).backend("alpha", algorithms, "marker=" + marker).backend("beta", "right,refuses");
        launch(onATerminal, "run", "--dtype", "f64", "--problem", FakeHome.PROBLEM);
    }

    private void launch(boolean onATerminal, String... arguments) throws IOException {
        Files.createDirectories(folder.resolve("t"));
        Files.createDirectories(folder.resolve("here"));
        // A process group of its own, as a terminal gives it, and SIGINT not ignored, whoever runs the tests.
        List<String> command = new ArrayList<>(List.of(
                "setsid", "env", "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + folder.resolve("t"), "-Dconvgauge.home=" + folder,
                "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        if (onATerminal) {
            // script(1) makes one, and passes on what is typed; the command becomes its child's own process.
            command = List.of("script", "-qefc", "exec " + quoted(command.subList(1, command.size())), "/dev/null");
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.resolve("here").toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().remove("CI"); // with it there is no progress bar
        client = builder.start();
    }

    private static String quoted(List<String> words) {
        return words.stream().map(word -> "'" + word.replace("'", "'\\''") + "'").collect(Collectors.joining(" "));
    }

    @AfterEach
    void end() {
        client.descendants().forEach(ProcessHandle::destroyForcibly);
        client.destroyForcibly();
    }

    private List<ProcessHandle> workers() {
        return Stream.of("alpha", "beta").flatMap(name -> Processes.workers(client.toHandle(), name).stream()).toList();
    }

    private String state() {
        try {
            return "%s %s%n%s%n%s".formatted(
                    client, client.children().map(child -> child.pid() + " " + child.info()).toList(),
                    Files.readString(folder.resolve("out")), Files.readString(folder.resolve("err")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean said(String what) {
        try {
            return Files.readString(folder.resolve("err")).contains(what);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void signal(String signal, String target) throws IOException, InterruptedException {
        assertEquals(0, new ProcessBuilder("kill", "-" + signal, "--", target).inheritIO().start().waitFor());
    }

    private void assertEnds() throws InterruptedException {
        assertTrue(client.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "it does not end");
    }

    /** Ctrl-C, which ends the client and its workers; what the client had printed by then. */
    private String interrupted() throws IOException, InterruptedException {
        List<ProcessHandle> workers = workers();
        signal("INT", "-" + client.pid());
        assertEnds();
        String out = Files.readString(folder.resolve("out"));
        assertEquals(INTERRUPTED, client.exitValue(), out + Files.readString(folder.resolve("err")));
        workers.forEach(worker -> assertFalse(worker.isAlive(), worker.toString()));
        return out;
    }

    private List<JsonNode> rows() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("here/convgauge-results"))) {
            List<Path> all = files.toList();
            assertEquals(1, all.size(), all.toString());
            assertTrue(all.getFirst().toString().endsWith(".jsonl"), all.toString());
            return FakeHome.rows(all.getFirst());
        }
    }

    /** Ctrl-C on a terminal reaches the workers too; {@code kill -INT} does not. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ctrlCPrintsTheTableSoFar(boolean toTheWholeGroup) throws Exception {
        start("right,slow");
        Processes.await(() -> Files.exists(marker), this::state);
        List<ProcessHandle> workers = workers();
        assertEquals(2, workers.size());
        signal("INT", (toTheWholeGroup ? "-" : "") + client.pid());
        assertEnds();
        String out = Files.readString(folder.resolve("out"));
        String err = Files.readString(folder.resolve("err"));
        assertEquals(INTERRUPTED, client.exitValue(), out + err);
        workers.forEach(worker -> assertFalse(worker.isAlive(), worker.toString()));
        try (Stream<Path> left = Files.list(folder.resolve("t"))) {
            assertEquals(List.of(), left.filter(path -> path.getFileName().toString().startsWith("convgauge")).toList());
        }
        List<JsonNode> rows = rows();
        assertEquals(6, rows.size());
        assertTrue(out.contains("interrupted: the table has the 6 rows that were reached"), out);
        for (JsonNode row : rows) {
            assertEquals(List.of(), ResultSchema.complaints(row), row.toString());
            boolean refused = row.get("algorithm").asText().equals("refuses");
            assertEquals(refused ? "UNSUPPORTED" : "PASSED", row.get("status").asText(), row.toString());
            assertEquals(!refused, row.get("reason").asText().startsWith("interrupted before it "), row.toString());
            assertTrue(out.contains(row.get("algorithm").asText()), out);
        }
        assertFalse(err.contains("Exception"), err);
    }

    /** What was finished before is kept; the row that is being searched is not. */
    @Test
    void ctrlCKeepsWhatWasTuned() throws Exception {
        Path cache = folder.resolve("kernels.json");
        new FakeHome(folder).backend(
                "alpha", "slow,hangs", "devices=0:0=Fake_board", "variants=size=1:slow,size=2:right");
        launch(false, "tune", "--dtype", "f64", "--problem", FakeHome.PROBLEM, "--cache", cache.toString());
        Processes.await(() -> Files.exists(cache) && said(" hangs on Fake board"), this::state);
        signal("INT", "-" + client.pid());
        assertEnds();
        String out = Files.readString(folder.resolve("out"));
        assertEquals(INTERRUPTED, client.exitValue(), out + Files.readString(folder.resolve("err")));
        assertTrue(out.contains("| tuned"), out);
        assertTrue(out.contains("interrupted: the cache has what was finished"), out);
        assertTrue(Files.readString(cache).contains("\"slow f64 "), Files.readString(cache));
        assertFalse(Files.readString(cache).contains("hangs"), Files.readString(cache));
    }

    /** Batches that were measured stay known; the one that is being measured does not count. */
    @Test
    void ctrlCSaysWhatACrossoverKnew() throws Exception {
        marker = folder.resolve("marker");
        Path json = folder.resolve("crossover.jsonl");
        new FakeHome(folder)
                .backend("alpha", "right", "cost=0,200000,0")
                .backend("beta", "right", "devices=b=Slow_board", "cost=0,600000,0");
        launch(false, "crossover", "--dtype", "f64", "--problem", FakeHome.PROBLEM, "--json", json.toString());
        Processes.await(() -> isMeasured(json, 2), this::state);
        String out = interrupted();
        assertTrue(out.contains("interrupted: the tables have what was known by then"), out);
        JsonNode line = FakeHome.rows(json).stream().filter(row -> row.get("kind").asText().equals("crossover")).findFirst().orElseThrow();
        assertEquals(List.of(), CrossoverSchema.complaints(line), line.toString());
        assertEquals("never", line.get("overtakes").asText(), line.toString());
        assertTrue(line.get("points").size() >= 1 && line.get("points").size() < 5, line.toString());
        assertEquals(1, line.at("/points/0/batch").asInt());
        String flags = line.at("/env/jvm_flags").toString();
        assertTrue(flags.contains("-XX:TieredStopAtLevel=1") && !flags.contains("convgauge.home"), flags);
    }

    /** Whether a row of a batch is there, and so all of the batches before. */
    private static boolean isMeasured(Path json, int batch) {
        try {
            return Files.exists(json) && Files.readString(json).contains("\"batch\":" + batch + ",");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Rows that it did not come to are not written, so that whoever goes on measures them. */
    @Test
    void ctrlCSaysHowToGoOnWithASweep() throws Exception {
        marker = folder.resolve("marker");
        Path json = folder.resolve("sweep.jsonl");
        FakeHome home = new FakeHome(folder).backend("alpha", "right,slow", "marker=" + marker).backend("beta", "right,refuses");
        List<String> sweep = List.of("sweep", "--dtype", "f64", "--problem", FakeHome.PROBLEM, "--quick", "--json", json.toString());
        launch(false, sweep.toArray(String[]::new));
        Processes.await(() -> Files.exists(marker), this::state);
        String out = interrupted();
        assertTrue(out.contains("0 of 1 unit done"), out);
        assertTrue(out.contains("interrupted; what was written is kept."), out);
        String goOn = "scripts/convgauge " + String.join(" ", sweep) + " --resume";
        assertTrue(out.contains("    " + goOn), out);
        // The row that could not be timed was final before.
        assertEquals(List.of("refuses"), FakeHome.rows(json).stream().map(row -> row.get("algorithm").asText()).toList());
        FakeHome.Outcome rest = home.execute(Stream.concat(sweep.stream(), Stream.of("--resume", "--seed", "7")).toArray(String[]::new));
        assertEquals(2, rest.status(), rest.toString());
        rest = home.execute(Stream.concat(sweep.stream(), Stream.of("--resume")).toArray(String[]::new));
        assertEquals(0, rest.status(), rest.toString());
        List<JsonNode> rows = FakeHome.rows(json);
        assertEquals(6, rows.size());
        assertTrue(rows.stream().noneMatch(row -> row.get("reason").asText().contains("interrupted")), rows.toString());
    }

    /** A progress bar must leave the terminal's signals alone. */
    @Test
    void ctrlCTypedOnATerminalPrintsTheTableSoFar() throws Exception {
        start("right,slow", true);
        Processes.await(() -> Files.exists(marker), this::state);
        try (OutputStream keyboard = client.getOutputStream()) {
            keyboard.write(3);
            keyboard.flush();
            assertEnds();
        }
        String out = Files.readString(folder.resolve("out"));
        assertEquals(INTERRUPTED, client.exitValue(), out);
        assertTrue(out.contains("[="), "no progress bar was drawn: " + out);
        assertTrue(out.contains("interrupted: the table has the 6 rows that were reached"), out);
        assertEquals(6, rows().size());
    }

    @Test
    void ctrlCWhileTheWorkersStartLeavesNothing() throws Exception {
        start("right,slow");
        Processes.await(() -> workers().size() == 2, this::state);
        List<ProcessHandle> workers = workers();
        signal("INT", Long.toString(client.pid()));
        assertEnds();
        assertEquals(INTERRUPTED, client.exitValue());
        workers.forEach(worker -> assertFalse(worker.isAlive(), worker.toString()));
        try (Stream<Path> left = Files.list(folder.resolve("t"))) {
            assertEquals(List.of(), left.filter(path -> path.getFileName().toString().startsWith("convgauge")).toList());
        }
    }

    /** They end with the connection, also in the middle of something that never ends. */
    @Test
    void workersEndWithTheirClient() throws Exception {
        start("hangs");
        Processes.await(() -> Files.exists(marker), this::state);
        List<ProcessHandle> workers = workers();
        assertEquals(2, workers.size());
        long start = System.nanoTime();
        client.destroyForcibly();
        assertEnds();
        Processes.await(() -> workers.stream().noneMatch(ProcessHandle::isAlive), () -> "workers live on: " + workers);
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
        assertTrue(seconds < 10, "they took " + seconds + " s");
    }
}
