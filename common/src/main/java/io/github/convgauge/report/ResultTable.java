package io.github.convgauge.report;

import io.github.convgauge.check.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * Rows as a table for a terminal: one table a problem, with the stages and ratios of devices; the
 * rest of what there is to say below them.
 */
public final class ResultTable {
    private static final int LONGEST_DEVICE = 24;

    private ResultTable() {}

    /** @param footnotes definitions to print once, below all tables */
    public static String of(List<ResultRow> rows, List<String> footnotes) {
        StringBuilder text = new StringBuilder();
        rows.stream().map(ResultRow::problem).distinct().forEach(problem -> {
            List<ResultRow> own = rows.stream().filter(row -> row.problem().equals(problem)).toList();
            text.append(problem).append('\n').append(TableColumn.table(own, columns(own, true))).append('\n');
            for (String figures : List.of(StageTable.of(own), TwinRatios.of(own))) {
                if (!figures.isEmpty()) {
                    text.append('\n').append(figures);
                }
            }
        });
        for (ResultRow row : rows) {
            appendRemarks(text, row);
        }
        if (rows.stream().anyMatch(ResultTable::neverSettled)) {
            text.append("~ the warm-up never settled: the medians of two successive halves still differed by more than 5 %\n");
        }
        footnotes.forEach(note -> text.append(note).append('\n'));
        return text.toString();
    }

    /** The table alone, in GitHub's Markdown. */
    public static String markdown(List<ResultRow> rows) {
        List<TableColumn> columns = columns(rows, false);
        StringBuilder text = new StringBuilder();
        appendMarkdownLine(text, columns.stream().map(TableColumn::header).toList());
        appendMarkdownLine(text, columns.stream().map(column -> column.numeric() ? "---:" : "---").toList());
        for (ResultRow row : rows) {
            appendMarkdownLine(text, columns.stream().map(column -> column.value().apply(row).replace("|", "\\|")).toList());
        }
        return text.toString();
    }

    private static void appendMarkdownLine(StringBuilder text, List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static List<TableColumn> columns(List<ResultRow> rows, boolean forTerminal) {
        List<TableColumn> columns = new ArrayList<>();
        text(columns, "backend", ResultRow::backend);
        text(columns, "device", forTerminal ? row -> shortened(device(row)) : ResultTable::device);
        text(columns, "algorithm", ResultRow::algorithm);
        text(columns, "regime", row -> row.regime() == null ? TableColumn.NONE : row.regime());
        if (rows.stream().map(ResultRow::output).filter(Objects::nonNull).distinct().count() > 1) {
            text(columns, "output", row -> row.output() == null ? TableColumn.NONE : row.output());
        }
        if (rows.stream().anyMatch(row -> "cold".equals(row.cache()))) {
            text(columns, "cache", ResultRow::cache);
        }
        if (rows.stream().anyMatch(row -> row.variant() != null || row.wasTuned())) {
            text(columns, "variant", ResultTable::variant);
        }
        text(columns, "dtype", ResultRow::dtype);
        number(columns, "threads", row -> row.threads() == null ? TableColumn.NONE : row.threads().toString());
        number(columns, "median", row -> (neverSettled(row) ? "~" : "") + time(row, ResultRow.Time::medianNs));
        number(columns, "IQR", row -> time(row, ResultRow.Time::iqrNs));
        number(columns, "GFLOP/s", row -> number(row.gflops()));
        number(columns, "% of peak", row -> number(row.percentOfPeak()));
        number(columns, "vs pytorch", row -> row.vsPytorch() == null ? TableColumn.NONE : Units.digits(row.vsPytorch()) + "x");
        number(columns, "first execution", row -> row.time() == null ? TableColumn.NONE : Units.time(row.time().firstNs()));
        number(columns, "max err/bound", ResultTable::worst);
        text(columns, "status", row -> row.status().name());
        return columns;
    }

    /** The default too is a tuned row's where the tuning found it best. */
    private static String variant(ResultRow row) {
        String variant = row.variant() == null ? "default" : row.variant();
        return row.variantSource() == null ? TableColumn.NONE : row.wasTuned() ? variant + " (tuned)" : variant;
    }

    private static void text(List<TableColumn> columns, String header, Function<ResultRow, String> value) {
        columns.add(TableColumn.text(header, value));
    }

    private static void number(List<TableColumn> columns, String header, Function<ResultRow, String> value) {
        columns.add(TableColumn.number(header, value));
    }

    /** Regime, and output where there is one that others may differ in. */
    private static String form(ResultRow row) {
        String regime = row.regime() == null ? "" : row.regime();
        return "fresh".equals(row.output()) ? regime + " fresh" : regime;
    }

    private static void appendRemarks(StringBuilder text, ResultRow row) {
        String what = "%s %s %s %s%s".formatted(
                row.backend(), row.algorithm(), form(row), row.dtype(), where(row))
                .replace("  ", " ");
        if (row.status() != Status.PASSED) {
            text.append(what).append(": ").append(row.status());
            if (row.reason() != null) {
                text.append(": ").append(row.reason());
            }
            text.append("\n    repeat: ").append(row.repeat()).append('\n');
        } else if (row.reason() != null && !row.reason().equals(ResultRow.NEVER_SETTLED)) {
            text.append(what).append(": ").append(row.reason()).append('\n');
        }
    }

    private static String where(ResultRow row) {
        return row.threads() == null
                ? " on " + row.device()
                : ", %d thread%s".formatted(row.threads(), row.threads() == 1 ? "" : "s");
    }

    private static boolean neverSettled(ResultRow row) {
        return row.time() != null && row.time().medianNs() != null && Boolean.FALSE.equals(row.time().settled());
    }

    /** A processor's name without what stands in brackets; the result line has it. */
    private static String device(ResultRow row) {
        if (row.device() == null) {
            return TableColumn.NONE;
        }
        return row.onDevice() ? row.device() : row.device().replaceFirst(" \\(.*", "");
    }

    /** So that the table keeps to a terminal's width: names of drivers are long, and differ at both ends. */
    static String shortened(String name) {
        if (name.length() <= LONGEST_DEVICE) {
            return name;
        }
        int tail = LONGEST_DEVICE / 2;
        return name.substring(0, LONGEST_DEVICE - tail - 1) + "…" + name.substring(name.length() - tail);
    }

    private static String worst(ResultRow row) {
        return row.agreement() == null ? TableColumn.NONE : number(row.agreement().maxErrorOverBound());
    }

    private static String number(Double value) {
        return value == null ? TableColumn.NONE : Units.digits(value);
    }

    private static String time(ResultRow row, Function<ResultRow.Time, Double> part) {
        return row.time() == null || part.apply(row.time()) == null ? TableColumn.NONE : Units.time(part.apply(row.time()));
    }
}
