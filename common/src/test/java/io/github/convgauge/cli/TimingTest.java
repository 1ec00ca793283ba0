package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.convgauge.cli.FakeHome.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a timed run says of rows that are right, and of those that go wrong only while they are timed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TimingTest {
    /** One execution of the fake peak loop takes 20 µs at the least. */
    private static final double PEAK_FLOPS = 4e6;
    /** And one of the fake copy as long. */
    private static final double COPY_BYTES = 2e6;

    @TempDir
    private static Path folder;

    private FakeHome home;
    private Outcome run;

    @BeforeAll
    void runOnce() throws Exception {
        home = new FakeHome(folder)
                .backend("alpha", "right,inexact,late,throws-late,throws-at-last,refuses,"
                        + "throws-in-profile,falls-back-late,falls-back-at-last,falls-back-in-profile")
                .backend("beta", "right,dies-late")
                .backend("gamma", "right,dies")
                .yardstick("yard", "dies,right")
                .backend("lender", "right", "peak=" + PEAK_FLOPS, "copy=" + COPY_BYTES);
        run = home.run("--quick", "--dtype", "f64", "--problem", FakeHome.PROBLEM, "--backend", "alpha,beta,gamma,yard");
    }

    @Test
    void rightRowsHaveTimes() {
        JsonNode row = run.row("alpha", "right");
        assertEquals("PASSED", row.get("status").asText(), row.toString());
        JsonNode time = row.get("time");
        double median = time.get("median_ns").asDouble();
        assertTrue(median > 0 && time.get("min_ns").asDouble() <= median, time.toString());
        assertTrue(time.get("samples").asInt() >= 10, time.toString());
        assertTrue(time.get("ci95_ns").get(0).asDouble() <= median && median <= time.get("ci95_ns").get(1).asDouble(), time.toString());
        // mb1 oc3, 3 x 4 outputs, 8 products each.
        assertEquals(2.0 * 3 * 12 * 8 / median, row.get("gflops").asDouble(), 1e-12);
        assertEquals(5, row.at("/stages/gemm").asLong());
        assertTrue(row.at("/stages/prepare").asLong() > 0);
        assertEquals("1.2.3", row.at("/env/libraries/libfake").asText());
        assertTrue(row.at("/env/jvm_flags").toString().contains("-Dfake.name=alpha"));
        assertEquals(42, row.at("/env/seed").asLong());
    }

    /** A backend that was not asked for lends its peak loop, and has no row. */
    @Test
    void anotherBackendLendsThePeak() {
        JsonNode row = run.row("alpha", "right");
        double peak = row.get("peak_gflops").asDouble();
        assertTrue(peak > 0 && peak <= PEAK_FLOPS / 20_000, row.toString());
        assertEquals(100 * row.get("gflops").asDouble() / peak, row.get("percent_of_peak").asDouble(), 1e-9);
        assertTrue(run.rows().stream().noneMatch(other -> other.get("backend").asText().equals("lender")));
        double best = row.get("peak_best_gflops").asDouble();
        assertTrue(best >= peak && best <= PEAK_FLOPS / 20_000, row.toString());
        assertEquals(
                100 * (2.0 * 3 * 12 * 8 / row.at("/time/min_ns").asDouble()) / best, row.get("best_percent_of_peak").asDouble(), 1e-9);
    }

    @Test
    void theLenderMeasuresTheBandwidthToo() {
        double gbytes = run.row("alpha", "right").get("copy_gbytes").asDouble();
        assertTrue(gbytes > 0 && gbytes <= COPY_BYTES / 20_000, "copy " + gbytes);
        // Once in the run, and not for each row.
        assertEquals(gbytes, run.row("gamma", "right").get("copy_gbytes").asDouble());
    }

    /** Its worker died over another row, so it was checked twice. */
    @Test
    void theYardstickIsOneOfItself() {
        JsonNode row = run.row("yard", "right");
        assertEquals("PASSED", row.get("status").asText(), row.toString());
        assertEquals(1, row.get("vs_pytorch").asDouble());
        assertEquals("[1.0,1.0]", row.get("vs_pytorch_iqr").toString());
        assertEquals("CRASHED", run.row("yard", "dies").get("status").asText());
        assertTrue(run.row("alpha", "right").get("vs_pytorch").asDouble() > 0);
        assertEquals(0, run.row("alpha", "right").at("/agreement/l2_vs_pytorch").asDouble(-1));
    }

    /** Also where it was the last one to be checked, so that no other row made the worker start anew. */
    @Test
    void aWorkerThatDiesOverItsLastRowCostsThatRowOnly() {
        assertRow("gamma", "dies", "CRASHED", "the worker ended with exit code 7");
        assertRow("gamma", "right", "PASSED");
        assertTrue(run.row("gamma", "right").at("/time/median_ns").asDouble() > 0);
    }

    @Test
    void onlyTheCheckAfterTheTimingSeesThatARowGoesWrongLate() {
        assertRow("alpha", "late", "FAILED", "repeat tier: after the timing the output had other bits than before");
        assertRow("alpha", "throws-late", "FAILED", "it threw while it was timed: ", "fake failure after a while");
        assertRow("alpha", "throws-at-last", "FAILED", "it threw after the timing: ", "fake failure after a while");
    }

    @Test
    void whatFallsBackLaterHasNoTimesEither() {
        String what = "the fake runtime went on in plain Java";
        assertRow("alpha", "falls-back-late", "FELL_BACK", "while it was timed: " + what);
        assertRow("alpha", "falls-back-at-last", "FELL_BACK", "after the timing: " + what);
        assertRow("alpha", "falls-back-in-profile", "FELL_BACK", "while its stages were taken apart: " + what);
        for (String algorithm : List.of("falls-back-late", "falls-back-at-last", "falls-back-in-profile")) {
            JsonNode row = run.row("alpha", algorithm);
            assertTrue(row.get("time").isNull() && row.get("gflops").isNull() && row.get("stages").isEmpty(), row.toString());
        }
    }

    /** Its times stand: the stages are an execution of their own. */
    @Test
    void stagesThatCannotBeTakenAreARemark() {
        assertRow("alpha", "throws-in-profile", "PASSED", "it threw while its stages were taken apart: ", "fake failure");
        assertTrue(run.row("alpha", "throws-in-profile").at("/time/median_ns").asDouble() > 0);
    }

    @Test
    void whatFailedHasNoTimes() {
        for (String algorithm : List.of("inexact", "late", "throws-late", "throws-at-last")) {
            JsonNode row = run.row("alpha", algorithm);
            assertTrue(row.at("/time/median_ns").isNull() && row.get("gflops").isNull() && row.get("vs_pytorch").isNull(), row.toString());
        }
        assertTrue(run.row("alpha", "refuses").get("time").isNull());
    }

    /** Once it is timed, a worker that dies takes all of its rows with it, and none of another's. */
    @Test
    void aWorkerThatDiesWhileItIsTimedCostsItsRows() {
        assertRow("beta", "dies-late", "CRASHED", "the worker ended with exit code 7");
        assertRow("beta", "right", "CRASHED", "the worker ended with exit code 7");
        assertRow("alpha", "right", "PASSED");
    }

    private void assertRow(String backend, String algorithm, String status, String... reasonParts) {
        JsonNode row = run.row(backend, algorithm);
        assertEquals(status, row.get("status").asText(), row.toString());
        for (String part : reasonParts) {
            assertTrue(row.get("reason").asText().contains(part), row.get("reason").asText());
        }
    }

    @Test
    void eachLineHasTheSchema() {
        for (JsonNode row : run.rows()) {
            assertEquals(List.of(), ResultSchema.complaints(row), row.toString());
        }
        assertEquals(11 + 3 + 3 + 3, run.rows().size());
        assertEquals(1, run.status());
        assertTrue(run.out().contains("cache hot: "), run.out());
    }

    @Test
    void bothCacheStatesAreRows() throws Exception {
        Outcome both = home.run("--quick", "--dtype", "f32", "--problem", FakeHome.PROBLEM, "--backend", "alpha",
                "--algorithm", "^right$", "--regime", "eager", "--cache", "both", "--time-budget", "2s");
        assertEquals(List.of("hot", "cold"), both.rows().stream().map(row -> row.get("cache").asText()).toList());
        for (JsonNode row : both.rows()) {
            assertEquals("PASSED", row.get("status").asText(), row.toString());
            assertTrue(row.at("/time/median_ns").asDouble() > 0, row.toString());
            assertEquals(List.of(), ResultSchema.complaints(row));
        }
        assertTrue(both.rows().getLast().get("repeat").asText().contains(" --cache cold"));
        assertFalse(both.rows().getFirst().get("repeat").asText().contains("--cache"));
        assertTrue(both.out().contains("cache hot: ") && both.out().contains("cache cold: "), both.out());
        assertEquals(0, both.status());
    }

    /** The rest of the table appears, whoever is killed while the rows are timed. */
    @Test
    void aKilledWorkerCostsItsRows() throws Exception {
        Path marker = folder.resolve("timing");
        FakeHome victims = new FakeHome(Files.createDirectory(folder.resolve("kill")))
                .backend("victim", "right,slow", "marker=" + marker)
                .backend("witness", "right");
        Thread killer = Thread.ofPlatform().start(() -> {
            Processes.await(() -> Files.exists(marker), () -> "no row was timed");
            Processes.workers(ProcessHandle.current(), "victim").forEach(ProcessHandle::destroyForcibly);
        });
        Outcome killed = victims.run("--quick", "--dtype", "f64", "--problem", FakeHome.PROBLEM);
        killer.join();
        for (JsonNode row : killed.rows()) {
            boolean victim = row.get("backend").asText().equals("victim");
            assertEquals(victim ? "CRASHED" : "PASSED", row.get("status").asText(), row.toString());
            assertEquals(victim, row.get("reason").asText().contains("the worker was ended by signal 9 (SIGKILL)"), row.toString());
            assertEquals(List.of(), ResultSchema.complaints(row));
        }
        assertEquals(5, killed.rows().size());
        assertEquals(1, killed.status());
    }

    /** It is ended, and so are the rows that the time no longer reaches. */
    @Test
    void aRowThatHangsIsEnded() throws Exception {
        FakeHome hanging = new FakeHome(Files.createDirectory(folder.resolve("hang"))).backend("stuck", "hangs,refuses");
        Outcome stuck = hanging.run(
                "--check-only", "--time-budget", "4s", "--dtype", "f64", "--problem", FakeHome.PROBLEM);
        assertEquals("CRASHED", stuck.statusOf("hangs"));
        assertEquals("the worker overran its time of 5 s", stuck.reasonOf("hangs"));
        assertEquals("UNAVAILABLE", stuck.statusOf("refuses"));
        assertTrue(stuck.reasonOf("refuses").startsWith("the time budget of 4 s was spent before this row"), stuck.reasonOf("refuses"));
        assertTrue(stuck.rows().stream().allMatch(row -> ResultSchema.complaints(row).isEmpty()));
    }

    /** Half a table is not a success, although nothing in it is wrong. */
    @Test
    void rowsThatTheBudgetDoesNotReachFailTheRun() throws Exception {
        FakeHome prompt = new FakeHome(Files.createDirectory(folder.resolve("budget"))).backend("prompt", "right");
        Outcome none = prompt.run("--check-only", "--time-budget", "1ms", "--dtype", "f64", "--problem", FakeHome.PROBLEM);
        assertEquals("UNAVAILABLE", none.statusOf("right"));
        assertEquals(1, none.status());
        assertTrue(none.rows().getFirst().get("repeat").asText().contains(" --time-budget 1ms"), none.rows().toString());
    }

    /** A disk that is full costs the file, not the table. */
    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "/dev/full is Linux's")
    void aFullDiskCostsTheFileOnly() throws Exception {
        FakeHome prompt = new FakeHome(Files.createDirectory(folder.resolve("full"))).backend("prompt", "right,refuses");
        Outcome full = prompt.execute(
                "run", "--check-only", "--json", "/dev/full", "--dtype", "f64", "--problem", FakeHome.PROBLEM);
        assertEquals(2, full.status());
        assertTrue(full.out().contains("right"), full.out());
        assertFalse(full.out().contains("Exception") || full.err().contains("Exception"), full.out() + full.err());
    }
}
