package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareCommandTest {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    @TempDir
    private Path folder;

    private String out;
    private String err;

    /** A result file: rows as {@code run} writes them, which a test changes before it writes them. */
    private final class Results {
        private final Path file;
        private final List<ObjectNode> rows = new ArrayList<>();

        Results(String name) {
            file = folder.resolve(name);
        }

        /** A row that PASSED with that median; its interval is ±1 % and its minimum 5 % below. */
        ObjectNode row(String run, String algorithm, double medianNs) {
            ObjectNode row = JSON.createObjectNode();
            row.put("schema", 1).put("run", run).put("problem", "g1mb1_ic1ih3iw3_oc1_kh1kw1_sh1sw1_ph0pw0_dh0dw0_n\"a\"").put("name", "a");
            row.put("dtype", "f32").put("backend", "cpu").put("device", "Some CPU").put("hardware", "host").put("algorithm", algorithm);
            row.put("threads", 1).put("regime", "eager").put("output", "reused").put("cache", "hot").put("status", "PASSED");
            row.put("repeat", "scripts/convgauge run --algorithm " + algorithm);
            ObjectNode time = row.putObject("time");
            time.put("median_ns", medianNs).put("iqr_ns", 1.0).put("min_ns", 0.95 * medianNs);
            time.putArray("ci95_ns").add(0.99 * medianNs).add(1.01 * medianNs);
            time.put("samples", 10).put("outliers", 0).put("settled", true).put("first_ns", 1);
            row.put("peak_gflops", 100.0);
            row.putObject("stages");
            row.putObject("env").put("git_revision", "abc").put("cpu", "Some CPU").put("logical_cores", 8).put("jdk_version", "25").put("seed", 42)
                    .put("fill", "uniform");
            rows.add(row);
            return row;
        }

        /** Several runs of a row, which differ by some per cent. */
        Results runs(String algorithm, double medianNs, int count, double spread, long seed) {
            Random random = new Random(seed);
            for (int r = 0; r < count; r++) {
                row("r" + r, algorithm, medianNs * Math.exp(spread * random.nextGaussian()));
            }
            return this;
        }

        String write() {
            StringBuilder lines = new StringBuilder();
            rows.forEach(row -> lines.append(row).append('\n'));
            try {
                return Files.writeString(file, lines).toString();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private int compare(String... args) {
        StringWriter outText = new StringWriter();
        StringWriter errText = new StringWriter();
        String[] all = new String[args.length + 1];
        all[0] = "compare";
        System.arraycopy(args, 0, all, 1, args.length);
        int status = Main.execute(all, new PrintWriter(outText), new PrintWriter(errText));
        out = outText.toString();
        err = errText.toString();
        return status;
    }

    private void says(String part) {
        assertTrue(out.contains(part), "'" + part + "' is not in\n" + out);
    }

    private void saysNot(String part) {
        assertFalse(out.contains(part), "'" + part + "' is in\n" + out);
    }

    /** The first line of the table that starts with a verdict. */
    private String line(String verdict) {
        return out.lines().filter(line -> line.startsWith("| " + verdict + " ")).findFirst()
                .orElseThrow(() -> new AssertionError("no line " + verdict + " in\n" + out));
    }

    @Test
    void oneOfManyRowsIsSlower() {
        Results base = new Results("base.jsonl");
        Results fresh = new Results("new.jsonl");
        for (int i = 0; i < 40; i++) {
            base.runs("algorithm" + i, 1e6 * (i + 1), 5, 0.01, i);
            fresh.runs("algorithm" + i, 1e6 * (i + 1) * (i == 7 ? 1.1 : i == 9 ? 0.8 : 1), 5, 0.01, 1000 + i);
        }
        assertEquals(1, compare(base.write(), fresh.write()), err);
        assertTrue(line("slower").contains("algorithm7 "), out);
        assertTrue(line("slower").contains(" 5/5 |"), out);
        assertTrue(line("faster").contains("algorithm9 "), out);
        says("1 slower, 1 faster, 38 unchanged");
        assertEquals(0, compare(base.write(), fresh.write(), "--threshold", "30 %"), out);
        says("0 slower, 0 faster, 40 unchanged");
        assertEquals(0, compare(base.write(), fresh.write(), "--ignore", "cpu algorithm7 .*"), out);
        says("0 slower, 1 faster, 38 unchanged, 1 ignored");
    }

    /** A hundred times two results of 20 rows without a change between them, however much their runs differ: none may show one. */
    @Test
    void equalResultsAreUnchanged() {
        int alarms = 0;
        for (int trial = 0; trial < 100; trial++) {
            Results base = new Results("base.jsonl");
            Results fresh = new Results("new.jsonl");
            for (int i = 0; i < 20; i++) {
                double spread = 0.01 * (1 + i);
                base.runs("algorithm" + i, 1e6, 4, spread, 100L * trial + i);
                fresh.runs("algorithm" + i, 1e6, 4, spread, 1_000_000 + 100L * trial + i);
            }
            int status = compare(base.write(), fresh.write());
            alarms += status == 0 && out.contains("0 slower, 0 faster") ? 0 : 1;
        }
        assertTrue(alarms <= 2, alarms + " alarms");
    }

    @Test
    void singleRunsAreJudgedByBothFiguresAndSayWhatTheyDoNotKnow() {
        Results base = new Results("base.jsonl");
        Results fresh = new Results("new.jsonl");
        for (String algorithm : List.of("same", "slow", "median", "overlap", "little", "fast")) {
            base.row("r0", algorithm, 1000);
        }
        fresh.row("r1", "same", 1000);
        fresh.row("r1", "slow", 1100);
        ((ObjectNode) fresh.row("r1", "median", 1100).get("time")).put("min_ns", 950);
        ObjectNode overlap = (ObjectNode) fresh.row("r1", "overlap", 1100).get("time");
        overlap.putArray("ci95_ns").add(1000).add(1200);
        fresh.row("r1", "little", 1040);
        fresh.row("r1", "fast", 900);
        assertEquals(1, compare(base.write(), fresh.write(), "--all"));
        assertTrue(line("slower").contains(" slow "), out);
        assertTrue(line("faster").contains(" fast "), out);
        assertTrue(line("unchanged?").contains(" median ") || line("unchanged?").contains(" overlap "), out);
        says("1 slower, 1 faster, 4 unchanged");
        says("how much runs of the same build differ is not known");
    }

    /** A minimum that moved shows what medians that spread hide. */
    @Test
    void theMinimumShowsWhatNoiseHidesInTheMedian() {
        Results base = new Results("base.jsonl");
        Results fresh = new Results("new.jsonl");
        Random random = new Random(3);
        for (int r = 0; r < 5; r++) {
            for (String algorithm : List.of("same", "slow")) {
                ((ObjectNode) base.row("b" + r, algorithm, 1000 * (1 + 0.4 * random.nextDouble())).get("time"))
                        .put("min_ns", 900 * (1 + 0.01 * random.nextDouble()));
                ((ObjectNode) fresh.row("n" + r, algorithm, 1000 * (1 + 0.4 * random.nextDouble())).get("time"))
                        .put("min_ns", 900 * (algorithm.equals("slow") ? 1.1 : 1) * (1 + 0.01 * random.nextDouble()));
            }
        }
        assertEquals(1, compare(base.write(), fresh.write(), "--all"));
        assertTrue(line("slower").contains(" slow "), out);
        says("1 slower, 0 faster, 1 unchanged");
    }

    @Test
    void spreadThatCouldHideAChangeIsSaid() {
        assertEquals(0, compare(
                new Results("base.jsonl").runs("wild", 1000, 3, 0.2, 1).write(), new Results("new.jsonl").runs("wild", 1000, 3, 0.2, 2).write(),
                "--all"));
        assertTrue(out.contains("| unchanged? |"), out);
        says("1 of the unchanged rows spread so much that a change of 5.00 % could hide");
        assertEquals(0, compare(
                new Results("base.jsonl").runs("calm", 1000, 5, 0.002, 1).write(), new Results("new.jsonl").runs("calm", 1000, 5, 0.002, 2).write(),
                "--all"));
        assertTrue(out.contains("| unchanged |"), out);
        saysNot("could hide");
    }

    @Test
    void statusesThatChange() {
        Results base = new Results("base.jsonl");
        Results fresh = new Results("new.jsonl");
        base.row("r0", "broken", 1000);
        fresh.row("r1", "broken", 1000).put("status", "FAILED").put("reason", "bound tier: it is wrong");
        base.row("r0", "mended", 1000).put("status", "CRASHED");
        fresh.row("r1", "mended", 1000);
        base.row("r0", "gone", 1000);
        fresh.row("r1", "young", 1000);
        assertEquals(1, compare(base.write(), fresh.write()));
        assertTrue(line("status worse").contains(" broken "), out);
        assertTrue(line("status better").contains(" mended "), out);
        assertTrue(line("missing").contains(" gone "), out);
        assertTrue(line("new").contains(" young "), out);
        says("cpu broken eager f32 1 thread of a: PASSED → FAILED: bound tier: it is wrong");
        says("    repeat: scripts/convgauge run --algorithm broken");
        assertEquals(0, compare(base.write(), fresh.write(), "--ignore", "cpu broken", "--allow-missing"));
        assertEquals(1, compare(base.write(), fresh.write(), "--ignore", "cpu broken"));
    }

    /** One failure in several runs is one. */
    @Test
    void aRowThatFailedOnceFailed() {
        Results fresh = new Results("new.jsonl").runs("flaky", 1000, 4, 0.01, 2);
        fresh.rows.get(2).put("status", "FAILED");
        assertEquals(1, compare(new Results("base.jsonl").runs("flaky", 1000, 4, 0.01, 1).write(), fresh.write()));
        says("PASSED → FAILED");
    }

    /** A backend that is not there has one row for all that it might have. */
    @Test
    void aBackendThatIsGoneTakesItsRowsWithIt() {
        Results base = new Results("base.jsonl");
        base.row("r0", "kept", 1000);
        base.row("r0", "lost", 1000).put("backend", "opencl").putNull("threads").put("hardware", "GPU#0");
        Results fresh = new Results("new.jsonl");
        fresh.row("r1", "kept", 1000);
        fresh.row("r1", "*", 1000).put("backend", "opencl").putNull("hardware").putNull("device").putNull("regime").putNull("output")
                .put("status", "UNAVAILABLE").put("reason", "there is no OpenCL platform").putNull("time");
        assertEquals(1, compare(base.write(), fresh.write()));
        says("PASSED → UNAVAILABLE: there is no OpenCL platform");
        says("1 status worse, 0 slower, 0 faster, 1 unchanged\n");
        assertEquals(0, compare(fresh.write(), base.write()));
        says("1 status better");
        saysNot(" new");
    }

    @Test
    void timesThatMustNotBeComparedAreSaidAndNot() {
        for (String[] difference : new String[][] {
            {"machine", "cpu", "Other CPU"}, {"jdk", "jdk_version", "26"}, {"data", "seed", "43"}, {"data", "fill", "normal"}}) {
            Results fresh = new Results("new.jsonl").runs("a", 2000, 3, 0.001, 2).runs("b", 1000, 3, 0.001, 3);
            fresh.rows.forEach(row -> ((ObjectNode) row.get("env")).put(difference[1], difference[2]));
            String base = new Results("base.jsonl").runs("a", 1000, 3, 0.001, 1).runs("b", 1000, 3, 0.001, 4).write();
            assertEquals(2, compare(base, fresh.write()), difference[1]);
            assertTrue(err.startsWith("convgauge: no times of these results may be compared: another "), err);
            assertEquals(1, err.lines().count(), err);
            assertEquals(1, compare(base, fresh.write(), "--despite", difference[0]), err);
            says("1 slower");
        }
        Results mixed = new Results("new.jsonl").runs("a", 2000, 3, 0.001, 2).runs("b", 1000, 3, 0.001, 3);
        mixed.rows.getFirst().put("repeat", "scripts/convgauge run --quick");
        assertEquals(0, compare(new Results("base.jsonl").runs("a", 1000, 3, 0.001, 1).runs("b", 1000, 3, 0.001, 4).write(), mixed.write()), err);
        says("not compared: cpu a eager f32 1 thread of a: another pace (full and --quick)");
        says("1 not comparable");
    }

    @Test
    void aBusyMachineIsKeptInMind() {
        Results fresh = new Results("new.jsonl").runs("a", 1000, 3, 0.001, 2);
        ((ObjectNode) fresh.rows.getFirst().get("env")).put("busy", "the machine is busy");
        assertEquals(0, compare(new Results("base.jsonl").runs("a", 1000, 3, 0.001, 1).write(), fresh.write()));
        says("keep in mind, of all rows: the machine was busy when a run began");
    }

    /** A machine that became 20 % slower, peak loop and all. */
    @Test
    void timesPerPeak() {
        Results fresh = new Results("new.jsonl").runs("a", 1200, 4, 0.001, 2);
        fresh.rows.forEach(row -> row.put("peak_gflops", 100.0 / 1.2));
        String base = new Results("base.jsonl").runs("a", 1000, 4, 0.001, 1).write();
        assertEquals(1, compare(base, fresh.write()));
        assertEquals(0, compare(base, fresh.write(), "--per-peak"), out);
        fresh.rows.getFirst().putNull("peak_gflops");
        assertEquals(2, compare(base, fresh.write(), "--per-peak"), out);
        assertTrue(err.contains("no peak was measured with it"), err);
    }

    @Test
    void foldersHoldRunsAndFilesHoldPatterns() throws IOException {
        for (String side : List.of("base", "new")) {
            Files.createDirectory(folder.resolve(side));
            for (int run = 0; run < 3; run++) {
                Results results = new Results(side + "/" + run + ".jsonl");
                results.row(side + run, "a", (side.equals("new") ? 2000 : 1000) + run);
                results.write();
            }
        }
        Path list = Files.writeString(folder.resolve("ignored.txt"), "# known\n\ncpu a  # since March\ncpu nothing\n");
        assertEquals(1, compare(folder.resolve("base").toString(), folder.resolve("new").toString()), err);
        assertTrue(line("slower").contains(" 3/3 |"), out);
        assertEquals(0, compare(folder.resolve("base").toString(), folder.resolve("new").toString(), "--ignore", list.toString()), err);
        says("no row matches the ignored pattern 'cpu nothing'");
    }

    @Test
    void rowsWithoutTimesHaveStatusesOnly() {
        Results base = new Results("base.jsonl");
        base.row("r0", "a", 1000).putNull("time");
        Results fresh = new Results("new.jsonl");
        fresh.row("r1", "a", 1000).putNull("time");
        assertEquals(0, compare(base.write(), fresh.write()), err);
        says("1 same status");
        Results timed = new Results("timed.jsonl");
        timed.row("r0", "a", 1000);
        assertEquals(1, compare(timed.write(), fresh.write()), out);
        says("it has no time now");
        assertEquals(0, compare(timed.write(), fresh.write(), "--allow-missing"), out);
    }

    @Test
    void badInputGetsOneSentence() throws IOException {
        String good = new Results("good.jsonl").runs("a", 1000, 2, 0.01, 1).write();
        String other = new Results("other.jsonl").runs("b", 1000, 2, 0.01, 1).write();
        String empty = Files.writeString(folder.resolve("empty.jsonl"), "").toString();
        String nothing = Files.createDirectory(folder.resolve("nothing")).toString();
        refused("cannot read " + folder.resolve("none.jsonl") + ": there is no such file or folder", good, folder.resolve("none.jsonl").toString());
        refused("there is no row in " + empty, good, empty);
        refused("there is no result file (*.jsonl) in " + nothing, nothing, good);
        refused(good + " and " + other + " have no row in common", good, other);
        for (String line : List.of("null", "{", "{\"schema\":1}", "{\"schema\":2}", "[]", "")) {
            String bad = Files.writeString(folder.resolve("bad.jsonl"), line + "\n").toString();
            refused(bad + ", line 1", good, bad);
        }
        refused("--threshold is 'much'", good, good, "--threshold", "much");
        refused("--threshold is '-1'", good, good, "--threshold=-1");
        refused("--ignore: '(' is no regular expression", good, good, "--ignore", "(");
        String list = Files.writeString(folder.resolve("list"), "cpu a\n\na b c d e\n").toString();
        refused(list + ", line 3: 'a b c d e' does not name rows", good, good, "--ignore", list);
        refused("--despite: unknown difference 'weather'; there are machine, jdk, data and pace", good, good, "--despite", "weather");
        assertEquals(2, compare(good));
    }

    private void refused(String sentence, String... args) {
        assertEquals(2, compare(args), out);
        assertTrue(err.startsWith("convgauge: " + sentence), err);
        assertEquals(1, err.lines().count(), err);
        assertEquals("", out);
    }

    /** Real runs of a kernel with an added loop, and of the same kernel. */
    @Test
    void aPlantedSlowdownIsFoundAndAnEqualBuildIsEqual() throws IOException {
        int runs = 3;
        FakeHome before = new FakeHome(Files.createDirectory(folder.resolve("before"))).backend("alpha", "right", "cost=1000000,0,0");
        FakeHome after = new FakeHome(Files.createDirectory(folder.resolve("after"))).backend("alpha", "right", "cost=1100000,0,0");
        for (String side : List.of("base", "same", "slow")) {
            Files.createDirectory(folder.resolve(side));
        }
        for (int run = 0; run < runs; run++) {
            // Taking turns, so that what the machine does meanwhile hits all.
            for (String side : List.of("base", "slow", "same")) {
                FakeHome home = side.equals("slow") ? after : before;
                FakeHome.Outcome outcome = home.execute(
                        "run", "--quick", "--dtype", "f32", "--regime", "eager", "--problem", FakeHome.PROBLEM,
                        "--json", folder.resolve(side).resolve(run + ".jsonl").toString());
                assertEquals(0, outcome.status(), outcome.toString());
            }
        }
        assertEquals(1, compare(folder.resolve("base").toString(), folder.resolve("slow").toString()), out + err);
        says("1 slower, 0 faster, 0 unchanged");
        assertEquals(0, compare(folder.resolve("slow").toString(), folder.resolve("base").toString()), out + err);
        says("0 slower, 1 faster, 0 unchanged");
        assertEquals(0, compare(folder.resolve("base").toString(), folder.resolve("same").toString()), out + err);
        says("0 slower, 0 faster, 1 unchanged");
    }
}
