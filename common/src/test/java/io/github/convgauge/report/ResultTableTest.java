package io.github.convgauge.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.check.Status;
import java.util.Arrays;
import java.util.List;
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
