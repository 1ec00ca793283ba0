package io.github.convgauge.report;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import io.github.convgauge.check.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Rows as a table for a terminal: one table a problem, the rest of what there is to say below it. */
public final class ResultTable {
    private static final String NONE = "-";

    private ResultTable() {}

    /** @param footnotes definitions to print once, below all tables */
    public static String of(List<ResultRow> rows, List<String> footnotes) {
        StringBuilder text = new StringBuilder();
        rows.stream().map(ResultRow::problem).distinct().forEach(problem -> {
            List<ResultRow> own = rows.stream().filter(row -> row.problem().equals(problem)).toList();
            text.append(problem).append('\n').append(table(own)).append('\n');
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

    private static String table(List<ResultRow> rows) {
        List<ColumnData<ResultRow>> columns = new ArrayList<>();
        left(columns, "backend", ResultRow::backend);
        left(columns, "device", ResultTable::shortDevice);
        left(columns, "algorithm", ResultRow::algorithm);
        left(columns, "regime", row -> row.regime() == null ? NONE : row.regime());
        if (rows.stream().map(ResultRow::cache).distinct().count() > 1
                || rows.stream().anyMatch(row -> "cold".equals(row.cache()))) {
            left(columns, "cache", row -> row.cache() == null ? NONE : row.cache());
        }
        left(columns, "dtype", ResultRow::dtype);
        right(columns, "threads", row -> Integer.toString(row.threads()));
        right(columns, "median", row -> (neverSettled(row) ? "~" : "") + time(row, t -> t.medianNs()));
        right(columns, "IQR", row -> time(row, t -> t.iqrNs()));
        right(columns, "GFLOP/s", row -> number(row.gflops()));
        right(columns, "% of peak", row -> number(row.percentOfPeak()));
        right(columns, "vs pytorch", row -> row.vsPytorch() == null ? NONE : Units.digits(row.vsPytorch()) + "x");
        right(columns, "first execution", row -> row.time() == null ? NONE : Units.time(row.time().firstNs()));
        right(columns, "max err/bound", ResultTable::worst);
        left(columns, "status", row -> row.status().name());
        return AsciiTable.builder().border(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS).data(rows, columns).asString();
    }

    private static void appendRemarks(StringBuilder text, ResultRow row) {
        String what = "%s %s %s %s, %d thread%s".formatted(
                row.backend(), row.algorithm(), row.regime() == null ? "" : row.regime(), row.dtype(),
                row.threads(), row.threads() == 1 ? "" : "s").replace("  ", " ");
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

    private static boolean neverSettled(ResultRow row) {
        return row.time() != null && row.time().medianNs() != null && Boolean.FALSE.equals(row.time().settled());
    }

    /** Without what stands in brackets; the result line has it. */
    private static String shortDevice(ResultRow row) {
        return row.device() == null ? NONE : row.device().replaceFirst(" \\(.*", "");
    }

    private static String worst(ResultRow row) {
        return row.agreement() == null ? NONE : number(row.agreement().maxErrorOverBound());
    }

    private static String number(Double value) {
        return value == null ? NONE : Units.digits(value);
    }

    private static String time(ResultRow row, Function<ResultRow.Time, Double> part) {
        return row.time() == null || part.apply(row.time()) == null ? NONE : Units.time(part.apply(row.time()));
    }

    private static void left(List<ColumnData<ResultRow>> columns, String header, Function<ResultRow, String> value) {
        columns.add(new Column().header(header).headerAlign(HorizontalAlign.LEFT).dataAlign(HorizontalAlign.LEFT).with(value));
    }

    private static void right(List<ColumnData<ResultRow>> columns, String header, Function<ResultRow, String> value) {
        columns.add(new Column().header(header).headerAlign(HorizontalAlign.RIGHT).dataAlign(HorizontalAlign.RIGHT).with(value));
    }
}
