package io.github.convgauge.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.check.Status;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultTableTest {
    /** The cells of the table's line in which a text stands. */
    private static List<String> cells(String table, String text) {
        String line = table.lines().filter(l -> l.contains("|") && l.contains(text)).findFirst().orElseThrow(() -> new AssertionError(table));
        return Arrays.stream(line.split("\\|")).map(String::strip).filter(cell -> !cell.isEmpty()).toList();
    }

    @Test
    void columnsAreThoseOfARow() {
        String table = ResultTable.of(List.of(Rows.timed("im2col", true, null)), List.of());
        assertEquals(Rows.PROBLEM, table.lines().findFirst().orElseThrow());
        assertEquals(
                List.of("backend", "device", "algorithm", "regime", "dtype", "threads", "median", "IQR", "GFLOP/s", "% of peak",
                        "vs pytorch", "first execution", "max err/bound", "status"),
                cells(table, "backend"));
        assertEquals(
                List.of("cpu", "Some CPU", "im2col", "eager", "f64", "1", "1.23 ms", "12.3 µs", "16.8", "42.0",
                        "2.50x", "98.8 ms", "0.0123", "PASSED"),
                cells(table, "im2col"));
        assertFalse(table.contains("~"), table);
        assertFalse(table.contains("repeat: "), table);
    }

    @Test
    void whatNeverSettledIsMarkedAndExplainedOnce() {
        String table = ResultTable.of(
                List.of(Rows.timed("one", false, ResultRow.NEVER_SETTLED), Rows.timed("two", false, ResultRow.NEVER_SETTLED),
                        Rows.timed("three", true, null)),
                List.of());
        assertTrue(cells(table, "one").contains("~1.23 ms"), table);
        assertTrue(cells(table, "three").contains("1.23 ms"), table);
        assertEquals(1, table.lines().filter(line -> line.startsWith("~ the warm-up never settled")).count(), table);
    }

    @Test
    void whatDidNotPassSaysWhyAndHowToRepeatIt() {
        String table = ResultTable.of(
                List.of(Rows.timed("right", true, null), Rows.untimed("*", Status.UNAVAILABLE, "no driver; install one")), List.of());
        assertTrue(table.contains("cpu *"), table);
        assertTrue(table.contains("2 threads: UNAVAILABLE: no driver; install one\n    repeat: scripts/convgauge run --backend cpu\n"), table);
        assertEquals(List.of("cpu", "-", "*", "-", "f64", "2", "-", "-", "-", "-", "-", "-", "-", "UNAVAILABLE"), cells(table, "*"));
    }

    @Test
    void remarksOnRightRowsNeedNoRepeatCommand() {
        String table = ResultTable.of(List.of(Rows.timed("im2col", true, "it took 2.0 cores where it was given 1")), List.of());
        assertTrue(table.contains("1 thread: it took 2.0 cores where it was given 1\n"), table);
        assertFalse(table.contains("repeat: "), table);
    }

    private static Map<String, Long> stages(Object... namesAndNanos) {
        Map<String, Long> stages = new LinkedHashMap<>(Map.of("prepare", 7L));
        for (int i = 0; i < namesAndNanos.length; i += 2) {
            stages.put((String) namesAndNanos[i], ((Integer) namesAndNanos[i + 1]).longValue());
        }
        return stages;
    }

    @Test
    void longDeviceNamesAreCutInTheMiddleAndNeedNoThreads() {
        String table = ResultTable.of(List.of(Rows.onDevice("board", "direct", 1e6, null, Map.of())), List.of());
        assertEquals(List.of("board", "pthread-sky…512-AMD EPYC", "direct", "resident", "f32", "-"), cells(table, "direct").subList(0, 6));
        assertTrue(ResultTable.markdown(List.of(Rows.onDevice("board", "direct", 1e6, null, Map.of()))).contains(Rows.DEVICE));
        assertEquals("exactly twenty-four char", ResultTable.shortened("exactly twenty-four char"));
        assertEquals("and twenty-…r characters", ResultTable.shortened("and twenty-four plus for characters"));
    }

    @Test
    void stagesOfDevicesAreATableOfTheirOwn() {
        String table = ResultTable.of(
                List.of(Rows.onDevice("board", "gemm", 1e6, null, stages("kernel", 5000, "gemm", 3000, "im2col", 2000, "driver_compile", 9_000_000)),
                        Rows.onDevice("board", "direct", 1e6, null, stages("kernel", 4000, "queue_wait", 12)),
                        Rows.onDevice("board", "silent", 1e6, null, stages()),
                        Rows.timed("host", true, null)),
                List.of());
        String stages = table.substring(table.indexOf("\nStages: "));
        assertEquals(
                List.of("backend", "device", "algorithm", "regime", "dtype", "kernel", "% of peak", "im2col", "GEMM", "driver compile", "queue wait"),
                cells(stages, "backend"));
        assertEquals(
                List.of("board", "pthread-sky…512-AMD EPYC", "gemm", "resident", "f32", "5.00 µs", "54.3", "2.00 µs", "3.00 µs", "9.00 ms", "-"),
                cells(stages, " gemm "));
        assertEquals("12.0 ns", cells(stages, " direct ").getLast());
        assertFalse(stages.contains("silent") || stages.contains("host"), stages);
    }

    @Test
    void withoutStagesOrTwinsThereIsNoWordOfThem() {
        String table = ResultTable.of(
                List.of(Rows.timed("host", true, null), Rows.onDevice("board", "silent", 1e6, null, stages())), List.of());
        assertFalse(table.contains("Stages") || table.contains("Ratios") || table.contains(" over "), table);
    }

    @Test
    void ratiosToTheTwinAreLines() {
        String table = ResultTable.of(
                List.of(Rows.onDevice("board", "direct", 4e6, null, stages("kernel", 3_000_000)),
                        Rows.onDevice("board", "gemm", 2e6, null, stages("kernel", 1_500_000)),
                        Rows.onDevice("graph", "direct", 5e6, "board", stages("kernel", 4_500_000)),
                        Rows.onDevice("graph", "gemm", 9e6, "board", stages())),
                List.of());
        String on = " on " + Rows.DEVICE + ": ";
        assertTrue(table.contains("\nRatios of two backends' times on the same device, below 1x is faster;"), table);
        assertTrue(table.contains("\ngraph over board, direct, resident, f32" + on + "2.10x in the kernel, 2.50x in all\n"), table);
        assertTrue(table.contains("\ngraph over board, gemm, resident, f32" + on + "2.50x in all\n"), table);
        assertTrue(table.contains("\nbest graph (direct) over best board (gemm), resident, f32" + on + "3.00x in the kernel, 2.50x in all\n"), table);
        assertEquals(3, table.lines().filter(line -> line.contains(" over ") && line.contains(" in all")).filter(line -> !line.startsWith("Ratios")).count());
    }

    /** The factors of a ratio stand below it; whoever only launches the twin's kernels is never a backend's best. */
    @Test
    void theTwinsKernelsSplitARatio() {
        String table = ResultTable.of(
                List.of(Rows.onDevice("board", "direct", 2e6, null, stages("kernel", 1_000_000)),
                        Rows.onDevice(Rows.DEVICE, "graph", "direct", 5e6, null, "board", 2.4, 1.8, stages("kernel", 1_800_000)),
                        Rows.onDevice(Rows.DEVICE, "graph", "ready", 3e6, "direct", "board", 1.5, 1.2, stages("kernel", 1_200_000))),
                List.of());
        String on = ", resident, f32 on " + Rows.DEVICE + ": ";
        assertTrue(table.contains("\ngraph over board, direct" + on + "1.80x in the kernel, 2.40x in all\n"
                + "  of which its code, direct over ready: 1.50x in the kernel, 1.60x in all;"
                + " its runtime, ready over board's direct: 1.20x in the kernel, 1.50x in all\n"
                + "graph over board, ready" + on + "1.20x in the kernel, 1.50x in all\n"), table);
        assertTrue(table.contains("\nbest graph (direct) over best board (direct)"), table);
        assertEquals(1, table.lines().filter(line -> line.startsWith("  of which")).count(), table);
    }

    /** A backend with two drivers for the same hardware: the better one does not speak for the other. */
    @Test
    void eachDriverOfABackendHasItsOwnBest() {
        String table = ResultTable.of(
                List.of(Rows.onDevice("board", "direct", 2e6, null, stages()),
                        Rows.onDevice("X through OPENCL", "graph", "direct", 3e6, "board", stages()),
                        Rows.onDevice("X through PTX", "graph", "gemm", 1e6, null, stages()),
                        Rows.onDevice("X through PTX", "graph", "direct", 8e6, "board", stages())),
                List.of());
        assertTrue(table.contains("\nbest graph (direct) over best board (direct), resident, f32 on X through OPENCL: 2.50x in all\n"), table);
        assertTrue(table.contains("\nbest graph (gemm) over best board (direct), resident, f32 on X through PTX: 0.500x in all\n"), table);
    }

    /** A part of a results file, in which the twin is named but not there. */
    @Test
    void aTwinThatIsNotThereHasNoBest() {
        String table = ResultTable.of(List.of(Rows.onDevice("graph", "direct", 5e6, "board", stages())), List.of());
        assertTrue(table.contains("graph over board, direct"), table);
        assertFalse(table.contains("best graph"), table);
    }

    @Test
    void theCacheIsAColumnWhereOneIsCold() {
        String table = ResultTable.of(
                List.of(Rows.timed(Rows.PROBLEM, "a", "hot", true, null), Rows.timed(Rows.PROBLEM, "b", "cold", true, null)), List.of());
        assertTrue(cells(table, "backend").contains("cache"), table);
        assertTrue(table.contains("cold") && table.contains("hot"), table);
    }

    @Test
    void eachProblemHasItsTableAndFootnotesComeLast() {
        String table = ResultTable.of(
                List.of(Rows.timed("first", "alpha", "hot", true, null), Rows.timed("second", "beta", "hot", true, null),
                        Rows.timed("first", "gamma", "hot", true, null)),
                List.of("a note", "another"));
        assertEquals(2, table.lines().filter(line -> line.contains("GFLOP/s")).count(), table);
        int second = table.indexOf("\nsecond\n");
        assertTrue(table.indexOf(" alpha ") < second && table.indexOf(" gamma ") < second && table.indexOf(" beta ") > second, table);
        assertTrue(table.endsWith("a note\nanother\n"), table);
    }
}
