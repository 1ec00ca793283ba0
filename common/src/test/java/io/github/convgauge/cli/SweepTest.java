package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.convgauge.cli.FakeHome.Outcome;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sweep}: its parts, what is left after it ended in the middle, and whom it refuses to go on with. */
class SweepTest {
    private static final String OTHER = "mb1ic2ih5iw4oc3kh2n\"other, one\"";
    private static final List<String> BOTH = List.of("--problem", FakeHome.PROBLEM + "," + OTHER);

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("rows.jsonl");
    }

    private Path journal() {
        return folder.resolve("rows.jsonl.sweep");
    }

    private FakeHome home() throws IOException {
        return new FakeHome(folder).backend("alpha", "right,refuses").yardstick("beta", "right").backend("gamma", "right", "devices=0:0=Fake_board");
    }

    private Outcome sweep(FakeHome home, Path json, List<String> problems, String... more) {
        return home.execute(Stream.of(
                        List.of("sweep"), problems, List.of("--dtype", "f64,f32", "--json", json.toString()), List.of(more))
                .flatMap(List::stream).toArray(String[]::new));
    }

    private Outcome check(FakeHome home, String... more) {
        return sweep(home, file(), BOTH, Stream.concat(Stream.of("--check-only"), Arrays.stream(more)).toArray(String[]::new));
    }

    private static String key(JsonNode row) {
        return Stream.of("problem", "dtype", "backend", "hardware", "algorithm", "threads", "regime", "output", "cache")
                .map(field -> row.get(field).asText()).toList().toString();
    }

    private static List<String> keys(Path json) throws IOException {
        return FakeHome.rows(json).stream().map(SweepTest::key).toList();
    }

    private static void assertSame(List<String> expected, List<String> keys) {
        assertEquals(expected.size(), keys.size(), keys.toString());
        assertEquals(new HashSet<>(expected), new HashSet<>(keys));
    }

    private static void assertRefuses(Outcome outcome, String sentence) {
        assertEquals(2, outcome.status(), outcome.toString());
        assertTrue(outcome.err().contains(sentence), outcome.err());
        assertEquals(1, outcome.err().lines().count(), outcome.err());
    }

    @Test
    void hasTheRowsOfARun() throws IOException {
        FakeHome home = home();
        Outcome sweep = check(home, "--threads", "1,2");
        assertEquals(0, sweep.status(), sweep.toString());
        Outcome run = home.run("--check-only", "--threads", "1,2", "--dtype", "f64,f32", BOTH.get(0), BOTH.get(1));
        assertSame(run.rows().stream().map(SweepTest::key).toList(), keys(file()));
        // Of each problem and dtype 5 on the host, with either thread count, and 3 on the board.
        assertEquals(2 * 2 * (2 * 5 + 3), run.rows().size());
        for (JsonNode row : FakeHome.rows(file())) {
            assertEquals(List.of(), ResultSchema.complaints(row), row.toString());
            assertTrue(row.at("/time/first_ns").asLong() > 0 || !row.get("status").asText().equals("PASSED"), row.toString());
        }
        assertTrue(sweep.out().contains("4 of 4 units done"), sweep.out());
        assertTrue(sweep.out().contains("52 rows, 52 of them from now: 44 PASSED, 8 UNSUPPORTED"), sweep.out());
        assertTrue(sweep.out().contains("scripts/convgauge report " + file() + " --html " + folder.resolve("rows.html")), sweep.out());
        assertTrue(sweep.err().contains(" steps done, about 0:00:"), sweep.err());

        byte[] before = Files.readAllBytes(file());
        assertRefuses(check(home, "--threads", "1,2"), file() + " is there already; --resume goes on with it");
        Outcome again = check(home, "--threads", "1,2", "--resume");
        assertEquals(0, again.status(), again.toString());
        assertTrue(again.out().contains("52 rows, 0 of them from now"), again.out());
        assertEquals("", again.err());
        assertEquals(new String(before, StandardCharsets.UTF_8), Files.readString(file()));
    }

    /** As a kill leaves it: rows up to some byte, and the journal up to a unit whose rows are all there. */
    @Test
    void goesOnWhereverItEnded() throws IOException {
        FakeHome home = home();
        assertEquals(0, check(home).status());
        byte[] rows = Files.readAllBytes(file());
        List<String> journal = Files.readAllLines(journal());
        List<String> all = keys(file());
        int firstUnit = all.size() / 2;
        int firstLine = new String(rows, StandardCharsets.UTF_8).indexOf('\n') + 1;
        int endOfUnit = endOfLine(rows, firstUnit);
        for (int end : List.of(0, 1, firstLine - 1, firstLine, endOfUnit - 1, endOfUnit, endOfUnit + 7, rows.length - 1, rows.length)) {
            byte[] left = Arrays.copyOf(rows, end);
            Files.write(file(), left);
            boolean whole = end >= endOfUnit;
            // Of the next entry only the beginning was written.
            Files.writeString(journal(), journal.getFirst() + "\n" + (whole ? journal.get(1) + "\n{\"finis" : "{\"fi"));
            Outcome resumed = check(home, "--resume");
            assertEquals(0, resumed.status(), resumed.toString());
            assertSame(all, keys(file()));
            int kept = new String(left, StandardCharsets.UTF_8).lastIndexOf('\n') + 1;
            assertTrue(Files.readString(file()).startsWith(new String(rows, 0, kept, StandardCharsets.UTF_8)), "at " + end);
            assertEquals(kept < end, resumed.err().contains("had been cut short"), resumed.err());
            assertEquals(3, Files.readAllLines(journal()).size());
        }
        // Nothing was written yet, or only half of the journal's first line.
        Files.delete(file());
        Files.writeString(journal(), journal.getFirst().substring(0, 20));
        Outcome anew = check(home, "--resume");
        assertEquals(0, anew.status(), anew.toString());
        assertTrue(anew.err().contains("there is nothing in " + file() + " to go on with, so the sweep begins"), anew.err());
        assertSame(all, keys(file()));
    }

    private static int endOfLine(byte[] text, int lines) {
        int found = 0;
        for (int i = 0; i < text.length; i++) {
            found += text[i] == '\n' ? 1 : 0;
            if (found == lines) {
                return i + 1;
            }
        }
        throw new AssertionError("fewer lines than " + lines);
    }

    /** A race of which some rows are there is run again for the others, which are compared in it; nothing is written twice. */
    @Test
    void whatIsLeftOfARaceIsComparedInIt() throws IOException {
        FakeHome home = new FakeHome(folder).backend("alpha", "right,right-anywhere").yardstick("beta", "right", "peak=4e6");
        List<String> one = List.of("--problem", FakeHome.PROBLEM);
        String[] options = {"--quick", "--cache", "both"};
        assertEquals(0, sweep(home, file(), one, options).status());
        List<String> lines = Files.readAllLines(file());
        List<String> all = keys(file());
        List<String> kept = lines.stream().filter(line -> line.contains("\"backend\":\"beta\"") || line.contains("\"regime\":\"prepared\"")).toList();
        assertTrue(kept.size() < lines.size() && !kept.isEmpty());
        Files.write(file(), kept);
        Files.writeString(journal(), Files.readAllLines(journal()).getFirst() + "\n");
        Outcome resumed = sweep(home, file(), one, "--quick", "--cache", "both", "--resume");
        assertEquals(0, resumed.status(), resumed.toString());
        assertSame(all, keys(file()));
        List<String> after = Files.readAllLines(file());
        assertEquals(kept, after.subList(0, kept.size()));
        for (JsonNode row : FakeHome.rows(file())) {
            assertTrue(row.get("vs_pytorch").asDouble() > 0, row.toString());
            assertTrue(row.get("peak_gflops").asDouble() > 0, row.toString());
        }
        // Both that are missing and the yardstick, hot and cold.
        assertTrue(resumed.err().contains(": 6 rows"), resumed.err());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "--seed 43 | was begun with --seed 42 and not 43; --resume goes on with the same options, build and machine",
        "--dtype f32 | was begun with --dtype f64,f32 and not f32",
        "--threads 2 | was begun with --threads 1 and not 2",
        "--shard 1/2 | was begun with --shard 1/1 and not 1/2",
        "--backend alpha | was begun with --backend left out and not alpha",
        "--quick | was begun with --quick false and not true",
        "--untuned | was begun with --tuning-cache /",
        "tiny | was begun with other problems;",
    })
    void goesOnOnlyWithTheSameSweep(String different, String sentence) throws IOException {
        FakeHome home = home();
        assertEquals(1, check(home, "--time-budget", "1ms").status()); // nothing but the journal
        List<String> before = List.of(Files.readString(file()), Files.readString(journal()));
        List<String> args = new ArrayList<>(List.of("sweep", "--check-only", "--resume", "--json", file().toString(), BOTH.get(0), BOTH.get(1)));
        if (!different.startsWith("--dtype")) {
            args.addAll(List.of("--dtype", "f64,f32"));
        }
        args.addAll(List.of(different.split(" ")));
        assertRefuses(home.execute(args.toArray(String[]::new)), sentence);
        assertEquals(before, List.of(Files.readString(file()), Files.readString(journal())));
    }

    @Test
    void goesOnOnlyOnTheSameMachineAndBuild() throws IOException {
        FakeHome home = home();
        assertEquals(1, check(home, "--time-budget", "1ms").status()); // nothing but the journal
        String journal = Files.readString(journal());
        for (String field : List.of("host", "processor", "cores", "memory", "system", "Java", "revision", "build of alpha")) {
            String changed = journal.replaceFirst("\"" + field + "\":(\"[^\"]*\"|\\d+)", "\"" + field + "\":\"planted\"");
            assertNotEquals(journal, changed);
            Files.writeString(journal(), changed);
            assertRefuses(check(home, "--resume"), "was begun with " + field + " planted and not ");
            assertEquals(changed, Files.readString(journal()));
        }
        // More time and other jobs are no other sweep.
        Files.writeString(journal(), journal);
        assertEquals(0, check(home, "--resume", "--time-budget", "1h").status());
    }

    @Test
    void aFileOfSomethingElseIsLeftAlone() throws IOException {
        FakeHome home = home();
        Files.writeString(file(), "{}\n");
        assertRefuses(check(home, "--resume"), file() + " cannot be resumed: there is no " + journal());
        assertFalse(Files.exists(journal()));
        assertEquals("{}\n", Files.readString(file()));
        Files.delete(file());
        assertEquals(0, check(home).status());
        try (FileChannel other = FileChannel.open(journal(), StandardOpenOption.WRITE); FileLock lock = other.lock()) {
            assertTrue(lock.isValid());
            assertRefuses(check(home, "--resume"), "is being written by another sweep that runs right now");
        }
        Files.writeString(file(), Files.readString(file()) + Files.readString(file()));
        assertRefuses(check(home, "--resume"), "holds two rows of 'scripts/convgauge run ");
        Files.writeString(file(), "nonsense\n");
        assertRefuses(check(home, "--resume"), "line 1 is no result row");
    }

    @Test
    void shardsAreTheSameEverywhereAndMerge() throws IOException {
        FakeHome home = home();
        String[] options = {"--check-only", "--threads", "2,1"};
        Path whole = folder.resolve("whole.jsonl");
        assertEquals(0, sweep(home, whole, List.of("--problem", FakeHome.PROBLEM + "," + OTHER), options).status());
        List<String> merged = new ArrayList<>();
        Set<String> hosts = new HashSet<>();
        for (int i = 1; i <= 5; i++) {
            Path part = folder.resolve("part-" + i + ".jsonl");
            List<String> problems = List.of("--problem", i % 2 == 0 ? FakeHome.PROBLEM + "," + OTHER : OTHER + "," + FakeHome.PROBLEM);
            Outcome shard = sweep(home, part, problems, "--check-only", "--threads", "2,1", "--shard", i + "/5");
            assertEquals(0, shard.status(), shard.toString());
            assertTrue(shard.out().contains(i == 5 ? "0 of 0 units done" : "1 of 1 unit done"), shard.out());
            assertEquals(i == 5, Files.size(part) == 0);
            merged.addAll(keys(part));
            // Rows that race each other are in one part.
            for (String key : keys(part)) {
                hosts.add(i + key.replaceAll(", .*", ""));
            }
        }
        assertSame(keys(whole), merged);
        assertEquals(4, hosts.size(), hosts.toString());
    }

    @Test
    void whatTheBudgetDoesNotReachIsLeftForLater() throws IOException {
        FakeHome home = home();
        Outcome none = check(home, "--time-budget", "1ms");
        assertEquals(1, none.status(), none.toString());
        assertEquals(0, Files.size(file()));
        assertTrue(none.out().contains("0 of 2 units done"), none.out());
        assertTrue(none.out().contains("the time budget of 0 s was spent; what was written is kept. Not done, or not all of it:"), none.out());
        assertTrue(none.out().contains("n\"other, one\", 1 thread"), none.out());
        assertTrue(none.out().contains("--time-budget 1ms --resume"), none.out());
        Outcome rest = check(home, "--time-budget", "1h", "--resume");
        assertEquals(0, rest.status(), rest.toString());
        assertTrue(rest.out().contains("2 of 2 units done"), rest.out());
        assertEquals(32, keys(file()).size());
    }

    /** Whose worker is ended because the budget is, is not said to have crashed. */
    @Test
    void aRowThatTheBudgetCutsOffIsLeftForLater() throws IOException {
        FakeHome home = new FakeHome(folder).backend("stuck", "right,hangs,refuses");
        List<String> one = List.of("--problem", FakeHome.PROBLEM);
        Outcome cut = home.execute("sweep", "--check-only", "--dtype", "f64", "--json", file().toString(), one.get(0), one.get(1), "--time-budget", "6s");
        assertEquals(1, cut.status(), cut.toString());
        List<JsonNode> rows = FakeHome.rows(file());
        assertTrue(rows.stream().allMatch(row -> row.get("algorithm").asText().equals("right")), rows.toString());
        assertEquals(2, rows.size());
        assertEquals(1, Files.readAllLines(journal()).size());
    }

    @Test
    void whatFailedIsTriedAgain() throws IOException {
        FakeHome home = new FakeHome(folder).backend("alpha", "right,wrong").backend("gone", "right", "start=unavailable");
        List<String> one = List.of("--problem", FakeHome.PROBLEM);
        Outcome first = sweep(home, file(), one, "--check-only");
        assertEquals(1, first.status(), first.toString());
        assertTrue(first.out().contains("FAILED: alpha wrong eager of g1mb1_ic2"), first.out());
        assertTrue(first.out().contains("    scripts/convgauge run --problem "), first.out());
        List<String> lines = Files.readAllLines(file());
        Outcome again = sweep(home, file(), one, "--check-only", "--resume", "--retry-failed");
        assertEquals(1, again.status(), again.toString());
        assertTrue(again.err().contains("4 rows that failed or were not there will be measured again"), again.err());
        List<String> after = Files.readAllLines(file());
        assertEquals(lines.size(), after.size());
        assertEquals(lines.stream().filter(line -> line.contains("PASSED")).toList(), after.subList(0, 4));
        assertEquals(4, after.stream().filter(line -> !lines.contains(line)).count());
        home.backend("gone", "right").backend("alpha", "right,right-anywhere");
        assertRefuses(check(home, "--resume", "--quick"), "was begun with");
        Outcome mended = sweep(home, file(), one, "--check-only", "--resume", "--retry-failed");
        assertEquals(0, mended.status(), mended.toString());
        assertTrue(FakeHome.rows(file()).stream().allMatch(row -> row.get("status").asText().equals("PASSED")), mended.out());
        assertEquals(keys(file()).size(), new HashSet<>(keys(file())).size());
    }

    /** At the same time, so no time of theirs means anything, and each says so. */
    @Test
    void severalJobsOnlyCheck() throws IOException {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one core, one job");
        FakeHome home = home();
        Outcome one = check(home);
        assertEquals(0, one.status(), one.toString());
        assertTrue(FakeHome.rows(file()).stream().noneMatch(row -> row.get("reason").asText().contains("other jobs")));
        Path other = folder.resolve("jobs.jsonl");
        Outcome jobs = sweep(home, other, BOTH, "--check-only", "--jobs", "2");
        assertEquals(0, jobs.status(), jobs.toString());
        assertSame(keys(file()), keys(other));
        for (JsonNode row : FakeHome.rows(other)) {
            assertEquals(!row.get("time").isNull(), row.get("reason").asText().endsWith("other jobs ran meanwhile, so the time of its first execution means nothing"), row.toString());
            assertEquals(List.of(), ResultSchema.complaints(row), row.toString());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "tiny --jobs 2 | --jobs 2 needs --check-only: what is timed at the same time on one machine is slowed down by the rest",
        "tiny --check-only --jobs 0 | --jobs 0: from 1 to ",
        "tiny --check-only --jobs 5000 | --jobs 5000: from 1 to ",
        "tiny --check-only --jobs many | --jobs 'many' is not a whole number",
        "tiny --shard 0/3 | --shard '0/3' is not I/N with I from 1 to N, such as 2/8",
        "tiny --shard 4/3 | --shard '4/3' is not I/N",
        "tiny --shard 2 | --shard '2' is not I/N",
        "huge | unknown set 'huge'; there are notebook, resnet50, vgg16, mobilenetv2-dw, deepbench, tiny, smoke, and --problems FILE takes others",
        "\"\" | there is nothing to sweep over; name a set (notebook, ",
        "tiny --x x.npy --w w.npy | --x and --w are one problem, which is for 'convgauge run' and not for a sweep",
        "tiny --save out | --save is for 'convgauge run': a sweep keeps rows only",
        "tiny --keep-kernels out | --keep-kernels is for 'convgauge run'",
        "tiny --retry-failed | --retry-failed goes with --resume",
        "tiny --algorithm nonsense | no algorithm matches 'nonsense'",
        "tiny --problems nowhere.txt | cannot read nowhere.txt: there is no such file or folder",
    })
    void refuses(String arguments, String sentence) throws IOException {
        List<String> args = new ArrayList<>(List.of("sweep", "--json", file().toString()));
        Arrays.stream(arguments.split(" ")).filter(word -> !word.isEmpty()).forEach(args::add);
        Outcome outcome = home().execute(args.toArray(String[]::new));
        assertEquals(2, outcome.status(), outcome.toString());
        assertTrue(outcome.err().contains(sentence), outcome.err());
        assertFalse(Files.exists(file()) || Files.exists(journal()), outcome.toString());
    }

    @Test
    void resumingNeedsAFile() throws IOException {
        assertRefuses(home().execute("sweep", "tiny", "--resume"), "--resume needs --json FILE, the file of the sweep to go on with");
        assertRefuses(home().execute("sweep", "tiny", "--json", folder.resolve("no/rows.jsonl").toString()), "there is no folder " + folder.resolve("no"));
    }
}
