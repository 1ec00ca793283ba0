package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.convgauge.cli.FakeHome.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Everything that can be wrong with an answer, in one run that only checks. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VerdictsTest {
    @TempDir
    private static Path folder;

    private FakeHome home;
    private Outcome run;

    @BeforeAll
    void runOnce() throws Exception {
        home = new FakeHome(folder)
                .backend("alpha", "wrong,nan,inexact,dies,right,unwritten,unwritten-real,constant,flips,throws,throws-in-prepare,refuses,refuses-f32,"
                        + "falls-back,falls-back-in-prepare,falls-back-in-proof")
                .backend("gone", "right", "start=unavailable")
                .backend("mute", "right", "start=dies")
                .backend("sick", "right", "start=throws")
                .yardstick("yard", "dies,right");
        run = home.run("--check-only", "--dtype", "f64", "--problem", FakeHome.PROBLEM);
    }

    private void assertRow(String backend, String algorithm, String status, String... reasonParts) {
        JsonNode row = run.row(backend, algorithm);
        assertEquals(status, row.get("status").asText(), row.toString());
        for (String part : reasonParts) {
            assertTrue(row.get("reason").asText().contains(part), row.get("reason").asText());
        }
    }

    @Test
    void rightAnswersPass() {
        for (String backend : List.of("alpha", "yard")) {
            assertRow(backend, "right", "PASSED");
            assertTrue(run.row(backend, "right").get("reason").isNull());
            assertEquals("repeat", run.row(backend, "right").at("/agreement/tier").asText());
        }
        assertRow("alpha", "refuses-f32", "PASSED");
    }

    @Test
    void bothRegimesOfAnAlgorithmAreRows() {
        List<String> regimes = run.rows().stream()
                .filter(row -> row.get("backend").asText().equals("alpha") && row.get("algorithm").asText().equals("right"))
                .map(row -> row.get("regime").asText()).toList();
        assertEquals(List.of("eager", "prepared"), regimes);
    }

    @Test
    void wrongAnswersNameTheTierAndTheFirstTen() {
        assertRow("alpha", "wrong", "FAILED", "exact tier: ", "of 36 outputs are wrong; n0 h0 w0 c0: expected ");
        assertEquals(10, run.row("alpha", "wrong").get("reason").asText().split("; n0 h", -1).length - 1);
        assertRow("alpha", "constant", "FAILED", "exact tier: ");
        assertRow("alpha", "nan", "FAILED", "exact tier: 1 of 36 outputs are wrong; n0 h0 w0 c0: expected ", "got NaN");
        assertTrue(run.row("alpha", "nan").at("/agreement/l2").isNull());
    }

    /** Within the bound, so that only the exact tier can see it. */
    @Test
    void oneUnitInTheLastPlaceIsNotExact() {
        assertRow("alpha", "inexact", "FAILED", "exact tier: 1 of 36 outputs are wrong");
    }

    @Test
    void whatIsNotWrittenIsSaid() {
        assertRow("alpha", "unwritten", "FAILED", "1 of 36 outputs are wrong, 1 were never written; n0 h2 w3 c2", "(never written)");
        assertRow("alpha", "unwritten-real", "FAILED", "bound tier: 1 of 36 outputs are wrong, 1 were never written; n0 h2 w3 c2", "(never written)");
    }

    @Test
    void otherBitsTheSecondTimeAreAFailure() {
        assertRow("alpha", "flips", "FAILED", "repeat tier: a second execution gave other bits");
        assertEquals("repeat", run.row("alpha", "flips").at("/agreement/tier").asText());
    }

    @Test
    void exceptionsAreFailures() {
        assertRow("alpha", "throws", "FAILED", "it threw: ", "fake failure");
        assertRow("alpha", "throws-in-prepare", "FAILED", "it threw while it was laid out: ", "no room for the fake weights");
    }

    /** Right in every tier, perhaps; but somebody else's answer, and so no time either. */
    @Test
    void whatFellBackSaysSoAndHasNoTime() {
        assertRow("alpha", "falls-back", "FELL_BACK", "the fake runtime went on in plain Java");
        assertRow("alpha", "falls-back-in-prepare", "FELL_BACK", "while it was laid out: the fake runtime went on in plain Java");
        assertRow("alpha", "falls-back-in-proof", "FELL_BACK", "the fake runtime went on in plain Java");
        for (String algorithm : List.of("falls-back", "falls-back-in-prepare", "falls-back-in-proof")) {
            assertTrue(run.row("alpha", algorithm).get("time").isNull() && run.row("alpha", algorithm).get("stages").isEmpty(), algorithm);
        }
    }

    @Test
    void whatFellBackFailsTheRun() throws Exception {
        Outcome alone = home.repeat(run.row("alpha", "falls-back-in-proof"));
        assertEquals("FELL_BACK", alone.statusOf("falls-back-in-proof"));
        assertEquals(1, alone.rows().size());
        assertEquals(1, alone.status());
    }

    @Test
    void refusalsSayWhy() {
        assertRow("alpha", "refuses", "UNSUPPORTED", "it does no f64 convolution of this kind");
    }

    /** A worker that dies over one row costs that row only, also where the yardstick shares it. */
    @Test
    void aDyingRowIsAlone() {
        for (String backend : List.of("alpha", "yard")) {
            assertRow(backend, "dies", "CRASHED", "the worker ended with exit code 7; its last lines: about to die");
        }
        assertEquals(16 + 1, run.rows().stream().filter(row -> row.get("backend").asText().equals("alpha")).count());
    }

    @Test
    void absentBackendsSayWhatWouldMendThem() {
        assertRow("gone", "*", "UNAVAILABLE", "there is no fake driver; install the fake driver");
        assertRow("mute", "*", "UNAVAILABLE", "the worker ended with exit code 3; its last lines: the fake driver gave up");
        assertRow("sick", "*", "UNAVAILABLE", "it does not start: ", "the fake driver is broken");
        assertTrue(run.row("gone", "*").get("device").isNull());
    }

    @Test
    void theTableHasEveryRowAndEachThatIsNotPassedItsRepeatCommand() {
        assertEquals(1, run.status());
        for (JsonNode row : run.rows()) {
            boolean passed = row.get("status").asText().equals("PASSED");
            assertEquals(!passed, run.out().contains("    repeat: " + row.get("repeat").asText() + "\n"), row.toString());
            assertTrue(run.out().contains(row.get("algorithm").asText()), row.toString());
        }
        assertTrue(run.out().contains("JSON lines: " + folder), run.out());
    }

    /** Nothing is timed, so nothing but the first execution has a time. */
    @Test
    void onlyTheFirstExecutionHasATime() {
        JsonNode time = run.row("alpha", "right").get("time");
        assertTrue(time.get("first_ns").asLong() > 0);
        assertTrue(time.get("median_ns").isNull());
        assertEquals(0, time.get("samples").asInt());
        assertTrue(run.row("alpha", "right").get("vs_pytorch").isNull());
        assertFalse(run.out().contains("cache hot:"));
    }

    @Test
    void distancesToTheYardstickAreThere() {
        assertEquals(0, run.row("alpha", "right").at("/agreement/l2_vs_pytorch").asDouble(-1));
        assertTrue(run.row("yard", "right").at("/agreement/l2_vs_pytorch").isNull());
        double wrong = run.row("alpha", "wrong").at("/agreement/l2_vs_pytorch").asDouble(-1);
        assertTrue(wrong > 0.1, "" + wrong);
    }

    @TestFactory
    Stream<DynamicTest> eachLineHasTheSchema() {
        return run.rows().stream().map(row -> DynamicTest.dynamicTest(
                row.get("backend").asText() + " " + row.get("algorithm").asText(),
                () -> assertEquals(List.of(), ResultSchema.complaints(row))));
    }

    /** The repeat command gives that row alone, with the same status, and the exit status that belongs to it. */
    @TestFactory
    Stream<DynamicTest> eachRepeatCommandGivesThatRowAlone() {
        Map<String, Integer> exits = Map.of("PASSED", 0, "FAILED", 1, "CRASHED", 1, "UNSUPPORTED", 1, "UNAVAILABLE", 1);
        return Stream.of(
                        run.row("alpha", "right"), run.row("alpha", "inexact"), run.row("alpha", "dies"),
                        run.row("alpha", "refuses"), run.row("gone", "*"), run.rows().stream()
                                .filter(row -> row.get("regime").asText().equals("prepared")).findFirst().orElseThrow())
                .map(row -> DynamicTest.dynamicTest(row.get("repeat").asText(), () -> {
                    Outcome again = home.repeat(row);
                    assertEquals(1, again.rows().size(), again.toString());
                    JsonNode other = again.rows().getFirst();
                    for (String field : List.of("problem", "dtype", "backend", "algorithm", "regime", "threads", "cache", "status")) {
                        assertEquals(row.get(field), other.get(field), field);
                    }
                    assertEquals(row.get("repeat"), other.get("repeat"));
                    assertEquals(exits.get(row.get("status").asText()), again.status());
                }));
    }
}
