package io.github.convgauge.report.html;

import io.github.convgauge.check.Agreement;
import io.github.convgauge.report.ResultRow;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A column of the report's table, the same in all of its forms.
 *
 * @param key what CSV calls it, with its unit
 * @param title what people read
 * @param everywhere whether it is in the table of the page and in Markdown too, which are narrower than CSV
 * @param value a text, a number, a truth value, or null
 */
record Column(String key, String title, Kind kind, boolean everywhere, Function<Report.Row, Object> value) {
    /** What a column holds, which says how it is written for people. */
    enum Kind { TEXT, COUNT, TIME, NUMBER, RATIO }

    /** In the order that they are shown in. */
    static final List<Column> ALL = all();

    private static List<Column> all() {
        List<Column> columns = new ArrayList<>();
        shown(columns, "status", "status", Kind.TEXT, row -> row.result().status().name());
        shown(columns, "layer", "problem", Kind.TEXT, Report.Row::label);
        shown(columns, "dtype", "dtype", Kind.TEXT, row -> row.result().dtype());
        shown(columns, "backend", "backend", Kind.TEXT, row -> row.result().backend());
        shown(columns, "algorithm", "algorithm", Kind.TEXT, row -> row.result().algorithm());
        shown(columns, "regime", "regime", Kind.TEXT, row -> row.result().regime());
        shown(columns, "output", "output", Kind.TEXT, row -> row.result().output());
        shown(columns, "cache", "cache", Kind.TEXT, row -> row.result().cache());
        shown(columns, "device", "device", Kind.TEXT, row -> row.result().device());
        shown(columns, "machine", "machine", Kind.TEXT, Report.Row::machine);
        shown(columns, "threads", "threads", Kind.COUNT, row -> row.result().threads());
        shown(columns, "median_ns", "median", Kind.TIME, Report.Row::medianNs);
        shown(columns, "ci95_low_ns", "95 % from", Kind.TIME, row -> interval(row, 0));
        shown(columns, "ci95_high_ns", "95 % to", Kind.TIME, row -> interval(row, 1));
        shown(columns, "gflops", "GFLOP/s", Kind.NUMBER, row -> row.result().gflops());
        shown(columns, "percent_of_peak", "% of peak", Kind.NUMBER, row -> row.result().percentOfPeak());
        shown(columns, "speedup_over_pytorch", "speed-up over PyTorch", Kind.RATIO, row -> inverse(row.result().vsPytorch()));
        shown(columns, "first_ns", "first execution", Kind.TIME, row -> time(row, time -> (double) time.firstNs()));
        shown(columns, "max_err_over_bound", "error/bound", Kind.NUMBER, row -> agreement(row, Agreement::maxErrorOverBound));
        shown(columns, "not_comparable", "not comparable", Kind.TEXT, row -> row.marks().isEmpty() ? null : row.markText());
        more(columns, "problem", "problem in full", Kind.TEXT, row -> row.result().problem());
        more(columns, "run", "run", Kind.TEXT, row -> row.result().run());
        more(columns, "file", "file", Kind.TEXT, Report.Row::file);
        more(columns, "hardware", "hardware", Kind.TEXT, row -> row.result().hardware());
        more(columns, "flops", "operations", Kind.COUNT, row -> row.problem().flops());
        more(columns, "iqr_ns", "IQR", Kind.TIME, row -> time(row, ResultRow.Time::iqrNs));
        more(columns, "min_ns", "shortest", Kind.TIME, row -> time(row, ResultRow.Time::minNs));
        more(columns, "samples", "samples", Kind.COUNT, row -> row.result().time() == null ? null : row.result().time().samples());
        more(columns, "outliers", "outliers", Kind.COUNT, row -> row.result().time() == null ? null : row.result().time().outliers());
        more(columns, "settled", "settled", Kind.TEXT, row -> row.result().time() == null ? null : row.result().time().settled());
        more(columns, "peak_gflops", "peak GFLOP/s", Kind.NUMBER, row -> row.result().peakGflops());
        more(columns, "best_percent_of_peak", "shortest, % of the peak's shortest", Kind.NUMBER, row -> row.result().bestPercentOfPeak());
        more(columns, "peak_best_gflops", "peak GFLOP/s by its shortest", Kind.NUMBER, row -> row.result().peakBestGflops());
        more(columns, "copy_gbytes", "copy GB/s", Kind.NUMBER, row -> row.result().copyGbytes());
        more(columns, "speedup_q1", "speed-up, first quartile", Kind.RATIO, row -> speedUp(row, 1));
        more(columns, "speedup_q3", "speed-up, third quartile", Kind.RATIO, row -> speedUp(row, 0));
        more(columns, "twin", "twin", Kind.TEXT, row -> row.result().twin());
        more(columns, "time_over_twin", "time over twin's", Kind.RATIO, row -> row.result().vsTwin());
        more(columns, "kernel_ns", "kernels", Kind.TIME, row -> row.result().kernelNs());
        more(columns, "kernel_percent_of_peak", "kernels, % of peak", Kind.NUMBER, row -> row.result().kernelPercentOfPeak());
        more(columns, "agreement_tier", "agreement", Kind.TEXT, row -> row.result().agreement() == null ? null : row.result().agreement().tier());
        more(columns, "rel_l2", "relative L2", Kind.NUMBER, row -> agreement(row, Agreement::relativeL2));
        more(columns, "max_ulp", "max ulp", Kind.NUMBER, row -> agreement(row, Agreement::maxUlp));
        more(columns, "proof", "proof", Kind.TEXT, row -> row.result().proof());
        more(columns, "reason", "reason", Kind.TEXT, row -> row.result().reason());
        more(columns, "repeat", "repeat", Kind.TEXT, row -> row.result().repeat());
        return List.copyOf(columns);
    }

    private static void shown(List<Column> columns, String key, String title, Kind kind, Function<Report.Row, Object> value) {
        columns.add(new Column(key, title, kind, true, value));
    }

    private static void more(List<Column> columns, String key, String title, Kind kind, Function<Report.Row, Object> value) {
        columns.add(new Column(key, title, kind, false, value));
    }

    private static Double time(Report.Row row, Function<ResultRow.Time, Double> part) {
        return row.result().time() == null ? null : part.apply(row.result().time());
    }

    private static Double interval(Report.Row row, int end) {
        double[] interval = row.result().time() == null ? null : row.result().time().ci95Ns();
        return interval == null ? null : Double.valueOf(interval[end]);
    }

    private static Double agreement(Report.Row row, Function<Agreement, Double> part) {
        return row.result().agreement() == null ? null : part.apply(row.result().agreement());
    }

    /** A time over another's as a speed-up. */
    private static Double inverse(Double ratio) {
        return ratio == null ? null : Double.valueOf(1 / ratio);
    }

    private static Double speedUp(Report.Row row, int quartileOfTime) {
        double[] quartiles = row.result().vsPytorchIqr();
        return quartiles == null ? null : Double.valueOf(1 / quartiles[quartileOfTime]);
    }

    /** Whether nothing but text is in it. */
    boolean isText() {
        return kind == Kind.TEXT;
    }
}
