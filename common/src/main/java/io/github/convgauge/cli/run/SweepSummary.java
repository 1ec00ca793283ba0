package io.github.convgauge.cli.run;

import io.github.convgauge.check.Status;
import io.github.convgauge.report.ResultRow;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What became of a sweep, for whoever comes back to it: the rows are too many for a table. */
final class SweepSummary {
    private final List<SweepUnit> units;
    private final List<SweepUnit> left;
    private final List<ResultRow> rows;
    private final List<ResultRow> failed;
    private final SweepFile file;

    /**
     * @param units of this shard
     * @param factory knows which rows fail
     */
    SweepSummary(List<SweepUnit> units, SweepFile file, RowFactory factory) {
        this.units = units;
        this.file = file;
        this.left = units.stream().filter(unit -> !file.isFinished(unit)).toList();
        this.rows = file.rows();
        this.failed = rows.stream().filter(factory::fails).toList();
    }

    /** Whether a row fails, or one was not reached. */
    boolean fails() {
        return !failed.isEmpty() || !left.isEmpty();
    }

    /**
     * @param why what ended the sweep, where units are left
     * @param resume the command line that goes on
     */
    String text(String why, String resume) {
        StringBuilder text = new StringBuilder();
        line(text, "%d of %d unit%s done, each one problem with one thread count".formatted(
                units.size() - left.size(), units.size(), units.size() == 1 ? "" : "s"));
        Map<Status, Long> counts = rows.stream().collect(Collectors.groupingBy(ResultRow::status, TreeMap::new, Collectors.counting()));
        line(text, "%d rows, %d of them from now: %s".formatted(rows.size(), rows.size() - file.rowsBefore(),
                counts.isEmpty() ? "none" : counts.entrySet().stream().map(entry -> entry.getValue() + " " + entry.getKey()).collect(Collectors.joining(", "))));
        for (ResultRow row : failed) {
            line(text, "%s: %s of %s%s".formatted(
                    row.status(), name(row), row.problem(), row.reason() == null ? "" : ": " + row.reason()));
            line(text, "    " + row.repeat());
        }
        if (!left.isEmpty()) {
            line(text, why + "; what was written is kept. Not done, or not all of it:");
            left.forEach(unit -> line(text, "    " + unit.describe()));
            line(text, "go on with");
            line(text, "    " + resume);
        }
        line(text, "JSON lines: " + file.file());
        if (!rows.isEmpty()) {
            String name = file.file().toString();
            line(text, "look at them with");
            line(text, "    scripts/convgauge report %s --html %s".formatted(RepeatCommand.quote(name), RepeatCommand.quote(page(name))));
        }
        return text.toString();
    }

    private static String page(String rows) {
        return (rows.endsWith(".jsonl") ? rows.substring(0, rows.length() - ".jsonl".length()) : rows) + ".html";
    }

    private static String name(ResultRow row) {
        return row.regime() == null ? row.backend() : RowKey.of(row).describe();
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append(System.lineSeparator());
    }
}
