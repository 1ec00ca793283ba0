package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.cli.FakeHome.Outcome;
import io.github.convgauge.measure.Environment;
import io.github.convgauge.report.Units;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Runs of which some rows are on devices. */
class DeviceRunsTest {
    @TempDir
    private Path folder;

    private FakeHome home;

    @BeforeEach
    void layOut() throws IOException {
        home = new FakeHome(folder)
                .backend("alpha", "right")
                .backend("board", "right", "devices=0:0=Fake_board,0:1=Fake_board,1:0=Other_(tm)_chip")
                .backend("gone", "right", "start=unavailable");
    }

    private Outcome check(String... more) throws IOException {
        String[] all = Stream.concat(
                Stream.of("--check-only", "--dtype", "f64", "--problem", FakeHome.PROBLEM), Stream.of(more)).toArray(String[]::new);
        return home.run(all);
    }

    private static List<String> rows(Outcome run) {
        return run.rows().stream()
                .filter(row -> !row.get("algorithm").asText().equals("*"))
                .map(row -> "%s %s %s %s".formatted(
                        row.get("backend").asText(), row.get("hardware").asText(), row.get("regime").asText(), row.get("threads")))
                .toList();
    }

    @Test
    void devicesTakeNoThreadsAndAreRunOnce() throws IOException {
        Outcome run = check("--threads", "2,1", "--device", "chip|" + "^host$");
        assertEquals(
                List.of("alpha host eager 2", "alpha host prepared 2",
                        "board Other (tm) chip#0 resident null", "board Other (tm) chip#0 weights_resident null",
                        "board Other (tm) chip#0 end_to_end null",
                        "alpha host eager 1", "alpha host prepared 1"),
                rows(run));
        run.rows().forEach(row -> assertEquals(List.of(), ResultSchema.complaints(row), row.toString()));
        assertTrue(run.out().lines().anyMatch(line -> line.matches("\\| board +\\| Other \\(tm\\) chip +\\| right +\\| resident +\\| f64 +\\| +- \\|.*")), run.out());
    }

    @Test
    void soItIsWhereABackendReachesTheHostToo() throws Exception {
        home.backend("both", "right", "devices=host,x=Fake_chip");
        Outcome run = check("--backend", "both", "--regime", "resident", "--threads", "1,2");
        assertEquals(List.of("both host resident 1", "both Fake chip#0 resident null", "both host resident 2"), rows(run));
        assertTrue(run.rows().getFirst().get("repeat").asText().contains(" --device "), run.rows().toString());
        assertEquals(1, home.repeat(run.rows().getFirst()).rows().size());
    }

    @Test
    void theHelpNamesEachRegime() {
        String help = home.execute("run", "--help").out().replaceAll("\\s+", " ");
        String option = help.substring(help.lastIndexOf("--regime="), help.lastIndexOf("--threads="));
        for (Regime regime : Regime.values()) {
            assertTrue(option.contains(" " + regime.label()), option);
        }
    }

    @Test
    void devicesAreChosenByNameIdAndPlatform() throws IOException {
        String cpu = Environment.capture().cpu();
        assertEquals(List.of("alpha host eager 1"), rows(check("--regime", "eager", "--device", cpu.substring(0, 3))));
        assertEquals(List.of("board Fake board#1 resident null"), rows(check("--regime", "resident", "--device", "^0:1$")));
        assertEquals(3, rows(check("--regime", "resident", "--device", "Computing Language")).size());
        assertEquals(2, rows(check("--regime", "resident", "--device", "Fake board")).size());
    }

    @Test
    void onlyDevicesLeaveNothingForFurtherThreadCounts() throws IOException {
        Outcome run = check("--threads", "1,2", "--device", "chip", "--regime", "resident", "--backend", "alpha,board");
        assertEquals(List.of("board Other (tm) chip#0 resident null"), rows(run));
        assertEquals(0, run.status(), run.toString());
    }

    /** An algorithm that is made for some devices is no row on others, and fails no run, until it is asked for. */
    @Test
    void whatIsMadeForOtherDevicesIsLeftOutUntilItIsAskedFor() throws IOException {
        home.backend("board", "right,reserved", "devices=0:0=Fake_board,1:0=Other_chip");
        Outcome all = check("--regime", "resident", "--backend", "board", "--device", "Fake|Other");
        assertEquals(
                List.of("right Fake board#0 PASSED", "reserved Fake board#0 PASSED", "right Other chip#0 PASSED"),
                all.rows().stream().map(row -> "%s %s %s".formatted(
                        row.get("algorithm").asText(), row.get("hardware").asText(), row.get("status").asText())).toList());
        assertEquals(0, all.status(), all.toString());
        Outcome asked = check("--regime", "resident", "--backend", "board", "--device", "Other", "--algorithm", "reserved");
        assertEquals("UNSUPPORTED", asked.statusOf("reserved"));
        assertEquals("it is made for another device", asked.reasonOf("reserved"));
        assertEquals(1, asked.status(), asked.toString());
    }

    @Test
    void proofsAreKept() throws IOException {
        Outcome run = check("--regime", "resident,eager", "--device", "chip|host");
        assertEquals("1:0 took 5 ns by its own clock", run.row("board", "right").get("proof").asText());
        assertTrue(run.row("alpha", "right").get("proof").isNull());
    }

    /** By its name; by its id where another is called the same. */
    @TestFactory
    Stream<DynamicTest> eachRepeatCommandGivesThatRowAlone() throws IOException {
        Outcome run = check("--threads", "2", "--regime", "resident,eager");
        assertEquals(4 + 1, run.rows().size());
        return run.rows().stream().map(row -> DynamicTest.dynamicTest(row.get("repeat").asText(), () -> {
            String command = row.get("repeat").asText();
            String hardware = row.get("hardware").asText();
            assertEquals(hardware.equals("host") || hardware.equals("null"), command.contains("--threads 2"), command);
            assertEquals(hardware.equals("Fake board#1"), command.contains("--device '^0:1$'"), command);
            assertEquals(hardware.equals("Other (tm) chip#0"), command.contains("--device '^Other \\(tm\\) chip$'"), command);
            Outcome again = home.repeat(row);
            assertEquals(1, again.rows().size(), again.toString());
            for (String field : List.of("backend", "device", "hardware", "regime", "threads", "status", "repeat")) {
                assertEquals(row.get(field), again.rows().getFirst().get(field), field);
            }
        }));
    }

    @Test
    void eachDeviceSavesItsOwn() throws IOException {
        Path save = folder.resolve("arrays");
        check("--regime", "resident", "--backend", "board", "--save", save.toString());
        for (String name : List.of("y-board-right-f64-resident.npy", "y-board-right-f64-resident-0_1.npy", "y-board-right-f64-resident-1_0.npy")) {
            // Resident is the algorithm's first regime, which is not named.
            assertTrue(Files.exists(save.resolve(name.replace("-resident", ""))), name);
        }
    }

    private static List<String> files(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).map(file -> root.relativize(file).toString()).sorted().toList();
        }
    }

    /** A folder a row, whatever the problem and the device are called; what has no kernels has none. */
    @Test
    void kernelsAreKeptAsTheyWereCompiled() throws IOException {
        Path keep = folder.resolve("deep/kernels");
        Outcome run = home.run(
                "--check-only", "--dtype", "f32", "--problem", FakeHome.PROBLEM + "n\"a/b c\"", "--regime", "resident,eager",
                "--keep-kernels", keep.toString());
        assertEquals(0, run.status(), run.toString());
        String problem = "g1mb1_ic2ih4iw5_oc3_kh2kw2_sh1sw1_ph0pw0_dh0dw0_n_a_b_c_-f32-board-";
        assertEquals(
                Stream.of("Fake_board-0_0", "Fake_board-0_1", "Other_tm_chip")
                        .flatMap(device -> Stream.of("1-im2col.cl", "2-gemm_tiled_16x16.ptx")
                                .map(file -> problem + device + "-right-resident/" + file))
                        .toList(),
                files(keep));
        Path row = keep.resolve(problem + "Other_tm_chip-right-resident");
        assertEquals(
                "// options: -cl-std=CL1.2\n// build log: first line\n// second line\nkernel void im2col() {}\n",
                Files.readString(row.resolve("1-im2col.cl")));
        assertEquals(".entry gemm\n", Files.readString(row.resolve("2-gemm_tiled_16x16.ptx")));
        assertTrue(run.out().contains("\nkernels: " + keep + " (6 files)\n"), run.out());
        assertFalse(run.rows().getFirst().get("repeat").asText().contains("kernels"));
    }

    @Test
    void whereThereAreNoKernelsTheRunSaysSo() throws IOException {
        Path keep = folder.resolve("kernels");
        Outcome run = check("--device", "host", "--keep-kernels", keep.toString());
        assertTrue(run.out().contains("--keep-kernels: no row had a kernel to keep, so nothing was written to " + keep + "\n"), run.out());
        assertFalse(Files.exists(keep));
    }

    /** The answer is still right. */
    @Test
    void kernelsThatCannotBeShownAreARemark() throws IOException {
        home.backend("shy", "throws-in-kernels", "devices=x=Shy");
        Outcome run = check("--backend", "shy", "--regime", "resident", "--keep-kernels", folder.resolve("kernels").toString());
        assertEquals("PASSED", run.statusOf("throws-in-kernels"));
        assertTrue(run.reasonOf("throws-in-kernels").startsWith("its kernels could not be kept: "), run.reasonOf("throws-in-kernels"));
    }

    @Test
    void aProblemWithALongNameStillHasItsFolder() throws IOException {
        Path keep = folder.resolve("kernels");
        Outcome run = home.run(
                "--check-only", "--dtype", "f32", "--regime", "resident", "--device", "chip", "--keep-kernels", keep.toString(),
                "--problem", FakeHome.PROBLEM + "n\"" + "a".repeat(300) + "b\"," + FakeHome.PROBLEM + "n\"" + "a".repeat(300) + "c\"");
        assertEquals(0, run.status(), run.toString());
        assertEquals(4, files(keep).size());
    }

    /** Each backend numbers the hardware in its own way; the one that can measure it lends its loop to the other. */
    @Test
    void peaksAreThoseOfTheHardware() throws IOException {
        Path log = folder.resolve("log");
        home = new FakeHome(folder.resolve("peaks"))
                .backend("alpha", "right", "peak=4e6", "log=" + log + ".alpha")
                .backend("board", "right", "devices=a=Other_chip,b=Fake_board", "peak=2e6", "log=" + log + ".board")
                .backend("graph", "right", "devices=0:0=Fake_board", "log=" + log + ".graph");
        Outcome run = home.run(
                "--quick", "--dtype", "f64", "--problem", FakeHome.PROBLEM, "--backend", "alpha,graph", "--threads", "2",
                "--regime", "eager,resident");
        assertEquals(List.of("alpha host eager 2", "graph Fake board#0 resident null"), rows(run));
        double host = run.row("alpha", "right").get("peak_gflops").asDouble();
        double board = run.row("graph", "right").get("peak_gflops").asDouble();
        assertTrue(board > 0 && board <= 2e6 / 20_000 && host > board, run.rows().toString());
        assertEquals(List.of("peak host f64 2", "close host"), Files.readAllLines(Path.of(log + ".alpha")));
        assertEquals(List.of("peak b f64 1", "close b"), Files.readAllLines(Path.of(log + ".board")));
        assertEquals(List.of("peak 0:0 f64 1"), Files.readAllLines(Path.of(log + ".graph")));
    }

    /** The same algorithm and regime on the same hardware, whatever the two call it. */
    @Test
    void rowsAreComparedWithTheirTwins() throws IOException {
        home = new FakeHome(folder.resolve("twins"))
                .backend("board", "right,refuses", "devices=a=Other_chip,b=Fake_board", "peak=2e6", "kernel.a=300", "kernel.b=500")
                .backend("graph", "right,refuses,slow", "devices=0:0=Fake_board", "kernel.0:0=1250")
                .launch("graph", "twin", "board");
        Outcome run = home.run("--quick", "--dtype", "f32", "--problem", FakeHome.PROBLEM, "--regime", "resident,end_to_end");
        run.rows().forEach(row -> assertEquals(List.of(), ResultSchema.complaints(row), row.toString()));
        JsonNode row = run.row("graph", "right");
        assertEquals("board", row.get("twin").asText());
        double ratio = row.get("vs_twin").asDouble();
        assertTrue(ratio > 0 && row.at("/vs_twin_iqr/0").asDouble() <= ratio && ratio <= row.at("/vs_twin_iqr/1").asDouble(), row.toString());
        assertEquals(1250, row.get("kernel_ns").asLong());
        assertEquals(2.5, row.get("kernel_vs_twin").asDouble());
        // mb1 oc3, 3 x 4 outputs, 8 products each.
        assertEquals(100 * 2.0 * 3 * 12 * 8 / 1250 / row.get("peak_gflops").asDouble(), row.get("kernel_percent_of_peak").asDouble(), 1e-9);
        JsonNode moving = run.rows().stream()
                .filter(other -> other.get("backend").asText().equals("graph") && other.get("algorithm").asText().equals("right")
                        && other.get("regime").asText().equals("end_to_end"))
                .findFirst().orElseThrow();
        assertEquals(2.5, moving.get("kernel_vs_twin").asDouble(), moving.toString());
        for (JsonNode alone : List.of(run.row("graph", "slow"), run.row("board", "right"), run.row("graph", "refuses"))) {
            assertTrue(alone.get("twin").isNull() && alone.get("vs_twin").isNull() && alone.get("kernel_vs_twin").isNull(), alone.toString());
        }
        assertEquals(300, run.row("board", "right").get("kernel_ns").asLong());
        String ratios = "%sx in all".formatted(Units.digits(ratio));
        assertTrue(run.out().contains("\ngraph over board, right, resident, f32 on Fake board: 2.50x in the kernel, " + ratios + "\n"), run.out());
        assertTrue(run.out().contains("\nbest graph (right) over best board (right), resident, f32 on Fake board: 2.50x in the kernel, " + ratios + "\n"), run.out());
        assertTrue(run.out().contains("\nStages: "), run.out());
        Outcome again = home.execute("table", folder.resolve("twins/results-1.jsonl").toString());
        assertTrue(again.out().contains("\nbest graph (right) over best board (right)"), again.out());
    }

    /** Whose kernels are the twin's is compared with them, whatever its own name, and shows the runtime's share. */
    @Test
    void theTwinsKernelsThroughAnotherRuntimeSplitTheRatio() throws IOException {
        home = new FakeHome(folder.resolve("relayed"))
                .backend("board", "right,slow", "devices=b=Fake_board", "kernel.b=500")
                .backend("graph", "right,relayed", "devices=0:0=Fake_board", "kernel.0:0=1250")
                .launch("graph", "twin", "board");
        Outcome run = home.run("--quick", "--dtype", "f32", "--problem", FakeHome.PROBLEM);
        run.rows().forEach(row -> assertEquals(List.of(), ResultSchema.complaints(row), row.toString()));
        JsonNode relayed = run.row("graph", "relayed");
        assertEquals("right", relayed.get("kernels_of").asText());
        assertEquals("board", relayed.get("twin").asText());
        assertTrue(relayed.get("vs_twin").asDouble() > 0 && relayed.get("kernel_vs_twin").asDouble() == 2.5, relayed.toString());
        assertTrue(run.row("graph", "right").get("kernels_of").isNull() && run.row("board", "right").get("kernels_of").isNull());
        double code = run.row("graph", "right").get("vs_twin").asDouble() / relayed.get("vs_twin").asDouble();
        assertTrue(run.out().contains("\n  of which its code, right over relayed: 1.00x in the kernel, %sx in all; ".formatted(Units.digits(code))
                + "its runtime, relayed over board's right: 2.50x in the kernel, %sx in all\n".formatted(
                        Units.digits(relayed.get("vs_twin").asDouble()))), run.out());
        assertTrue(run.out().contains("\nbest graph (right) over best board (right)"), run.out());
    }

    @Test
    void aQuickRunHasOneRegimeOfEachDevice() throws IOException {
        Outcome quick = check("--quick", "--device", "host|chip");
        assertEquals(
                List.of("alpha host eager 1", "alpha host prepared 1", "board Other (tm) chip#0 resident null"), rows(quick));
        assertTrue(quick.out().contains("--quick: of device rows only resident"), quick.out());
        assertEquals(1, rows(check("--quick", "--device", "chip", "--regime", "end_to_end")).size());
        Outcome whole = check("--device", "host|chip");
        assertEquals(2 + 3, rows(whole).size());
        assertFalse(whole.out().contains("--quick"), whole.out());
    }

    /** The caches of the device are not the host's to empty; a row that is right otherwise keeps its hot heat. */
    @Test
    void devicesAreRunHotOnly() throws Exception {
        Outcome both = home.run(
                "--quick", "--dtype", "f32", "--problem", FakeHome.PROBLEM, "--device", "chip|^host$", "--regime", "eager,resident",
                "--backend", "alpha,board", "--cache", "both");
        assertEquals(List.of("alpha hot PASSED", "alpha cold PASSED", "board hot PASSED", "board cold UNSUPPORTED"), heats(both));
        JsonNode cold = both.rows().stream().filter(row -> row.get("status").asText().equals("UNSUPPORTED")).findFirst().orElseThrow();
        assertEquals("the caches of a device cannot be emptied from the host", cold.get("reason").asText());
        assertTrue(cold.get("time").isNull() && cold.get("stages").isEmpty() && cold.get("kernel_ns").isNull(), cold.toString());
        JsonNode hot = both.row("board", "right");
        assertTrue(hot.at("/time/median_ns").asDouble() > 0 && hot.get("kernel_ns").asLong() == 500, hot.toString());
        both.rows().forEach(row -> assertEquals(List.of(), ResultSchema.complaints(row), row.toString()));
        Outcome again = home.repeat(cold);
        assertEquals(List.of("board cold UNSUPPORTED"), heats(again));
        assertEquals(1, again.status());
    }

    @Test
    void aColdRunLeavesDevicesAlone() throws IOException {
        Path log = folder.resolve("cold");
        home = new FakeHome(folder.resolve("coldly")).backend("board", "right,falls-back", "devices=a=Fake_board", "peak=2e6", "log=" + log);
        Outcome run = home.run("--quick", "--dtype", "f32", "--problem", FakeHome.PROBLEM, "--cache", "cold");
        assertEquals(List.of("board cold UNSUPPORTED", "board cold UNSUPPORTED"), heats(run));
        assertEquals(0, run.status(), run.toString());
        assertFalse(Files.exists(log), "a peak loop was measured for nobody");
        Outcome checked = home.run("--check-only", "--dtype", "f32", "--problem", FakeHome.PROBLEM, "--algorithm", "right", "--cache", "cold");
        // Nothing is timed, so no cache matters.
        assertEquals(List.of("board cold PASSED", "board cold PASSED", "board cold PASSED"), heats(checked));
    }

    private static List<String> heats(Outcome run) {
        return run.rows().stream()
                .sorted(Comparator.comparing((JsonNode row) -> row.get("backend").asText())
                        .thenComparing(row -> row.get("cache").asText(), Comparator.reverseOrder()))
                .map(row -> "%s %s %s".formatted(
                        row.get("backend").asText(), row.get("cache").asText(), row.get("status").asText()))
                .toList();
    }

    /** As for algorithms that were asked for. */
    @Test
    void whatADeviceThatWasAskedForDoesNotDoFailsTheRun() throws IOException {
        home = new FakeHome(folder.resolve("asked")).backend("board", "right,refuses", "devices=a=Fake_board");
        assertEquals(0, check().status());
        Outcome asked = check("--device", "board");
        assertEquals("UNSUPPORTED", asked.statusOf("refuses"));
        assertEquals(1, asked.status());
    }

    @Test
    void aBackendWithoutADeviceSaysSo() throws IOException {
        home = new FakeHome(folder.resolve("none")).backend("empty", "right", "devices=,");
        assertEquals("it lists no device", check().reasonOf("*"));
    }
}
