package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.convgauge.cli.FakeHome.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tune} with variants that are fast, wrong, deadly and gone, and {@code run} with what it kept. */
class TuneTest {
    private static final String BOARD = "devices=0:0=Fake_board";

    @TempDir
    private Path folder;

    private FakeHome home;
    private Path cache;

    @BeforeEach
    void layOut() {
        home = new FakeHome(folder);
        cache = folder.resolve("kept").resolve("kernels.json");
    }

    /** The default takes 20 ms, each execution. */
    private void board(String variants, String... settings) throws IOException {
        home.backend("board", "slow", Stream.concat(
                Stream.of(BOARD, "peak=4e6", "variants=" + variants, "log=" + folder.resolve("log")), Stream.of(settings)).toArray(String[]::new));
    }

    private Outcome tune(String... more) {
        return home.execute(Stream.concat(
                Stream.of("tune", "--dtype", "f64", "--problem", FakeHome.PROBLEM + "n\"some name\"", "--cache", cache.toString()),
                Stream.of(more)).toArray(String[]::new));
    }

    /** Of the same sizes under another name. */
    private Outcome run(String... more) throws IOException {
        return home.run(Stream.concat(
                Stream.of("--check-only", "--dtype", "f64", "--problem", FakeHome.PROBLEM, "--regime", "resident"), Stream.of(more)).toArray(String[]::new));
    }

    private Outcome runTuned() throws IOException {
        return run("--tuning-cache", cache.toString());
    }

    /** The only one that was kept. */
    private JsonNode winner() throws IOException {
        List<JsonNode> winners = JsonMapper.builder().build().readTree(cache.toFile()).findValues("winners").getFirst().valueStream().toList();
        assertEquals(1, winners.size(), winners.toString());
        return winners.getFirst();
    }

    private List<String> prepared() throws IOException {
        Path log = folder.resolve("log");
        return Files.exists(log) ? Files.readAllLines(log).stream().filter(line -> line.startsWith("prepare ")).toList() : List.of();
    }

    @Test
    void theFastestIsKeptAndRun() throws IOException {
        board("size=1:slow,size=2:slow,size=4_w=1:right,size=8:slow");
        Outcome tuned = tune();
        assertEquals(0, tuned.status(), tuned.toString());
        assertTrue(tuned.out().contains("size=4 w=1"), tuned.out());
        assertTrue(tuned.out().contains("4 of 4"), tuned.out());
        assertTrue(tuned.out().contains("1 row searched, 0 taken from the cache"), tuned.out());
        assertEquals("size=4 w=1", winner().get("variant").asText());
        assertTrue(winner().get("speedUp").asDouble() > 10, winner().toString());
        assertTrue(winner().get("kernelPercentOfPeak").asDouble() > 0, winner().toString());
        Outcome run = runTuned();
        assertEquals(0, run.status(), run.toString());
        JsonNode row = run.row("slow");
        assertEquals("size=4 w=1", row.get("variant").asText());
        assertEquals("tuned", row.get("variant_source").asText());
        assertEquals(List.of(), ResultSchema.complaints(row), row.toString());
        assertTrue(run.out().contains("size=4 w=1 (tuned)"), run.out());
        assertTrue(run.out().contains("tuned: 1 row ran what 'convgauge tune' found best, by " + cache), run.out());
        assertEquals("", run.err().lines().filter(line -> line.startsWith("convgauge:")).findFirst().orElse(""));
    }

    @Test
    void eachRowRepeatsInItsVariant() throws Exception {
        board("size=1:slow,size=2:right");
        tune();
        JsonNode tuned = runTuned().row("slow");
        JsonNode again = home.repeat(tuned).row("slow");
        assertEquals("size=2", again.get("variant").asText());
        assertEquals("asked", again.get("variant_source").asText());
        assertEquals(List.of(), ResultSchema.complaints(again), again.toString());
        JsonNode untuned = run("--untuned").row("slow");
        assertTrue(untuned.get("repeat").asText().contains(" --untuned"), untuned.toString());
        assertTrue(untuned.get("variant").isNull());
        assertEquals("default", untuned.get("variant_source").asText());
    }

    @Test
    void whatIsKnownIsNotSearchedAgain() throws IOException {
        board("size=1:slow,size=2:right");
        tune();
        Files.delete(folder.resolve("log"));
        Outcome second = tune();
        assertEquals(0, second.status(), second.toString());
        assertEquals(List.of(), prepared());
        assertTrue(second.out().contains("tuned, from the cache"), second.out());
        assertTrue(second.out().contains("nothing was searched: the cache has all 1 row; --again searches anew"), second.out());
        Outcome third = tune("--again");
        assertEquals(0, third.status(), third.toString());
        assertFalse(prepared().isEmpty());
        assertTrue(third.out().contains("1 row searched"), third.out());
    }

    /** However fast it is. */
    @ParameterizedTest
    @ValueSource(strings = {"wrong", "inexact", "unwritten", "late", "falls-back-in-proof", "throws", "throws-in-prepare"})
    void whatDoesNotPassNeverWins(String fault) throws IOException {
        board("size=1:slow,size=2:" + fault + ",size=4:slow");
        Outcome tuned = tune();
        assertEquals(1, tuned.status(), tuned.toString());
        assertTrue(tuned.out().contains("not kept: size=2: "), tuned.out());
        assertTrue(winner().get("isDefault").asBoolean(), winner().toString());
        assertEquals("size=1", winner().get("variant").asText());
        JsonNode row = runTuned().row("slow");
        assertTrue(row.get("variant").isNull(), row.toString());
        assertEquals("tuned", row.get("variant_source").asText());
        assertEquals(List.of(), ResultSchema.complaints(row), row.toString());
    }

    /** It passes when it is tried, and no longer when it has won. */
    @Test
    void theWinnerIsCheckedOnceMore() throws IOException {
        board("size=1:slow,size=2:wrong-again");
        Outcome tuned = tune();
        assertEquals(1, tuned.status(), tuned.toString());
        assertTrue(tuned.out().contains("not kept: size=2: FAILED: the fastest did not pass once more"), tuned.out());
        assertTrue(winner().get("isDefault").asBoolean(), winner().toString());
    }

    @Test
    void whatTheDeviceCannotDoIsLeftOut() throws IOException {
        board("size=1:slow,size=2:refuses,size=4:right");
        Outcome tuned = tune();
        assertEquals(0, tuned.status(), tuned.toString());
        assertTrue(tuned.out().contains("not kept: size=2: UNSUPPORTED: it does no f64 convolution"), tuned.out());
        assertEquals("size=4", winner().get("variant").asText());
    }

    @Test
    void ofManyThatAreRefusedAFewAreNamed() throws IOException {
        board("size=1:slow,size=2:refuses,size=3:refuses,size=4:refuses,size=5:refuses,size=6:refuses,size=7:right");
        Outcome tuned = tune();
        assertEquals(0, tuned.status(), tuned.toString());
        assertEquals(3, tuned.out().lines().filter(line -> line.contains(": UNSUPPORTED: ")).count(), tuned.out());
        assertTrue(tuned.out().contains("not kept: 2 more that were refused"), tuned.out());
        assertEquals("size=7", winner().get("variant").asText());
    }

    /** Its worker is started again, and the others are not to blame. */
    @ParameterizedTest
    @ValueSource(strings = {"dies", "dies-late"})
    void aDeadlyVariantCostsItselfOnly(String fault) throws IOException {
        board("size=1:slow,size=2:right,size=4:" + fault + ",size=8:slow");
        Outcome tuned = tune();
        assertEquals(1, tuned.status(), tuned.toString());
        assertTrue(tuned.out().contains("not kept: size=4: CRASHED: the worker ended with exit code 7"), tuned.out());
        assertFalse(tuned.out().contains("not kept: size=8"), tuned.out());
        assertEquals("size=2", winner().get("variant").asText());
    }

    @Test
    void aDefaultThatFailsIsNoRowToTune() throws IOException {
        home.backend("board", "wrong", BOARD, "variants=size=1:wrong,size=2:right");
        Outcome tuned = tune();
        assertEquals(1, tuned.status(), tuned.toString());
        assertTrue(tuned.out().contains("board wrong f64 on Fake board: FAILED: exact tier: "), tuned.out());
        assertFalse(Files.exists(cache));
    }

    @Test
    void theDefaultMayBeBest() throws IOException {
        home.backend("board", "right", BOARD, "variants=size=1:right,size=2:slow,size=4:slow");
        Outcome tuned = tune();
        assertEquals(0, tuned.status(), tuned.toString());
        assertTrue(tuned.out().contains("size=1 (the default)"), tuned.out());
        assertTrue(tuned.out().contains("| default is best"), tuned.out());
        assertTrue(winner().get("isDefault").asBoolean());
    }

    /** As in a run: no time goes into what an algorithm does on a device that it is not made for, unless it is named. */
    @Test
    void whatIsMadeForAnotherDeviceIsLeftOut() throws IOException {
        home.backend(
                "board", "slow,reserved", "devices=0:0=Fake_board,1:0=Other_chip", "peak=4e6", "variants=size=1:slow,size=2:right",
                "log=" + folder.resolve("log"));
        List<String> all = tune("--backend", "board").out().lines().filter(line -> line.startsWith("| board")).toList();
        assertEquals(1, all.stream().filter(line -> line.contains("| reserved ")).count(), all.toString());
        assertEquals(2, all.stream().filter(line -> line.contains("| slow ")).count(), all.toString());
        List<String> named = tune("--backend", "board", "--algorithm", "reserved", "--again").out().lines()
                .filter(line -> line.startsWith("| board")).toList();
        assertEquals(2, named.size(), named.toString());
    }

    /** A ratio of two variants would not be what the other runtime costs. */
    @Test
    void whoLaunchesTheTwinsKernelsIsNotComparedWithOtherOnes() throws IOException {
        home.backend("board", "right", BOARD, "variants=size=1:right,size=2:slow")
                .backend("graph", "right,relayed", BOARD)
                .launch("graph", "twin", "board");
        tune("--backend", "board");
        String[] words = {
            "--quick", "--dtype", "f64", "--problem", FakeHome.PROBLEM, "--regime", "resident", "--tuning-cache", cache.toString()};
        JsonNode same = home.run(words).row("graph", "relayed");
        assertEquals("board", same.get("twin").asText(), "the default is best, and is what both ran");
        Files.writeString(cache, Files.readString(cache).replace("\"isDefault\" : true", "\"isDefault\" : false"));
        Outcome run = home.run(words);
        assertEquals("size=1", run.row("board", "right").get("variant").asText());
        JsonNode relayed = run.row("graph", "relayed");
        assertTrue(relayed.get("twin").isNull() && relayed.get("vs_twin").isNull(), relayed.toString());
        assertTrue(relayed.get("reason").asText().contains("not compared with board, which ran these kernels in the variant 'size=1'"), relayed.toString());
        assertEquals("board", run.row("graph", "right").get("twin").asText(), "its kernels are its own");
        assertFalse(run.out().contains("of which its code"), run.out());
    }

    /** Nothing is kept of a row that the time did not reach, and the exit status says so. */
    @Test
    void aBudgetThatIsSpentIsSaid() throws IOException {
        board("size=1:slow,size=2:right");
        Outcome none = tune("--time-budget", "1ms");
        assertEquals(1, none.status(), none.toString());
        assertTrue(none.out().contains("UNAVAILABLE: the time budget"), none.out());
        assertFalse(Files.exists(cache));
        board("size=1:slow," + String.join(",", Stream.iterate(2, i -> i + 1).limit(400).map(i -> "size=" + i + ":slow").toList()));
        Outcome some = tune("--time-budget", "4s");
        assertEquals(0, some.status(), some.toString());
        assertTrue(some.out().contains(" of 401 variants; a larger --time-budget with --again tries the others"), some.out());
    }

    /** All that may be wrong with it is in KernelCacheTest. */
    @Test
    void aFileThatIsNoneOfOursIsIgnoredAndSetAside() throws IOException {
        String content = "{";
        board("size=1:slow,size=2:right");
        Files.createDirectories(cache.getParent());
        Files.writeString(cache, content);
        Outcome run = runTuned();
        assertEquals(0, run.status(), run.toString());
        assertEquals(1, run.err().lines().filter(line -> line.startsWith("convgauge: " + cache + " ") && line.endsWith("; it is ignored")).count(), run.err());
        assertEquals("default", run.row("slow").get("variant_source").asText());
        assertEquals(content, Files.readString(cache), "run writes nothing");
        Outcome tuned = tune();
        assertEquals(0, tuned.status(), tuned.toString());
        assertTrue(tuned.err().contains("; it is ignored"), tuned.err());
        assertEquals("size=2", winner().get("variant").asText());
        assertEquals(content, Files.readString(cache.resolveSibling("kernels.json.ignored")));
        assertEquals("tuned", runTuned().row("slow").get("variant_source").asText());
    }

    @Test
    void anotherVersionOrDriverMakesItStale() throws IOException {
        board("size=1:slow,size=2:right");
        tune();
        board("size=1:slow,size=2:right", "version=1.3.0");
        Outcome run = home.run(
                "--check-only", "--dtype", "f64", "--problem", FakeHome.PROBLEM, "--tuning-cache", cache.toString());
        assertEquals(0, run.status(), run.toString());
        assertEquals("default", run.row("slow").get("variant_source").asText());
        List<String> warnings = run.err().lines().filter(line -> line.contains(" is stale for board on Fake board")).toList();
        assertEquals(1, warnings.size(), run.err());
        assertTrue(warnings.getFirst().contains("libfake was 1.2.3 and is 1.3.0"), warnings.toString());
        assertTrue(tune().out().contains("1 row searched"), "it is searched for the new version");
        board("size=1:slow,size=2:right");
        assertEquals("tuned", runTuned().row("slow").get("variant_source").asText(), "the old version's is still there");
    }

    /** The backend's own word counts: a variant that it refuses gives way, and the row says so. */
    @Test
    void aKeptVariantThatIsRefusedGivesWayLoudly() throws IOException {
        board("size=1:slow,size=2:right");
        tune();
        board("size=1:slow");
        Outcome run = runTuned();
        assertEquals(0, run.status(), run.toString());
        JsonNode row = run.row("slow");
        assertEquals("default", row.get("variant_source").asText());
        assertTrue(row.get("variant").isNull());
        String said = "the default ran, since the tuned variant 'size=2' was refused: there is no variant 'size=2'";
        assertEquals(said, row.get("reason").asText());
        assertTrue(run.out().contains(said), run.out());
    }

    @Test
    void aVariantThatIsAskedForIsRunOrRefused() throws IOException {
        board("size=1:slow,size=2:right,size=4:wrong");
        Outcome known = run("--variant", "size=2");
        assertEquals(0, known.status(), known.toString());
        assertEquals("asked", known.row("slow").get("variant_source").asText());
        Outcome wrong = run("--variant", "size=4");
        assertEquals("FAILED", wrong.statusOf("slow"));
        Outcome unknown = run("--variant", "size=9");
        assertEquals(1, unknown.status(), unknown.toString());
        assertEquals("UNSUPPORTED", unknown.statusOf("slow"));
        assertEquals("there is no variant 'size=9'", unknown.reasonOf("slow"));
    }

    @Test
    void whoHasNoVariantsHasNothingToTune() throws IOException {
        home.backend("plain", "right").backend("gone", "right", "start=unavailable");
        Outcome none = tune();
        assertEquals(2, none.status(), none.toString());
        assertTrue(none.err().contains("there is nothing to tune: plain right has no variants"), none.err());
        Outcome gone = tune("--backend", "gone");
        assertEquals(2, gone.status(), gone.toString());
        assertTrue(gone.err().contains("there is nothing to tune: gone: there is no fake driver; install the fake driver"), gone.err());
        board("size=1:slow,size=2:right");
        Outcome some = tune("--backend", "board,gone");
        assertEquals(1, some.status(), some.toString());
        assertTrue(some.out().contains("gone: UNAVAILABLE: there is no fake driver"), some.out());
        assertEquals(0, tune().status(), "nobody asked for it");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "tune --cache FOLDER", "tune --cache FOLDER/file/kernels.json", "tune --time-budget soon", "tune --algorithm nothing", "tune --device nowhere",
        "tune --backend nobody", "tune --dtype f16", "tune --problem ic1", "tune --again twice", "tune --cache ''",
        "run --untuned --variant size=1", "run --untuned --tuning-cache FOLDER/x", "run --variant ''", "run --tuning-cache ''"})
    void badInputGetsOneSentence(String line) throws IOException {
        board("size=1:slow,size=2:right");
        Files.writeString(folder.resolve("file"), "a plain file\n");
        String[] words = Stream.of(line.split(" ")).map(word -> word.replace("FOLDER", folder.toString()).replace("''", "")).toArray(String[]::new);
        Outcome outcome = home.execute(words);
        assertEquals(2, outcome.status(), outcome.toString());
        assertEquals(1, outcome.err().lines().count(), outcome.err());
        assertTrue(outcome.err().startsWith("convgauge: "), outcome.err());
        assertEquals("", outcome.out());
        assertEquals("a plain file\n", Files.readString(folder.resolve("file")));
    }
}
