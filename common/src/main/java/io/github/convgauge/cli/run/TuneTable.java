package io.github.convgauge.cli.run;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import io.github.convgauge.check.Status;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.report.Units;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;

/** What {@code tune} found, as a table a problem, and what there is to say of its rows below them. */
final class TuneTable {
    private static final String NONE = "-";

    /** What a device cannot do is no error, and of a few hundred variants it may be a few dozen. */
    private static final int MOST_REFUSED = 3;

    private TuneTable() {}

    /** @param cache where the winners are kept */
    static String of(List<TunedRow> rows, Path cache) {
        StringBuilder text = new StringBuilder();
        for (ConvProblem problem : rows.stream().map(TunedRow::problem).filter(Objects::nonNull).distinct().toList()) {
            List<TunedRow> own = rows.stream().filter(row -> problem.equals(row.problem())).toList();
            text.append(problem).append('\n');
            text.append(AsciiTable.builder().border(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS).data(own, columns()).asString()).append('\n');
        }
        rows.forEach(row -> appendRemarks(text, row));
        if (rows.stream().anyMatch(row -> row.winner() != null)) {
            text.append(String.format(Locale.ROOT,
                    "speed-up: the default's time over the winner's, in the same rounds; below %.2fx the default counts as best.%n",
                    VariantSearch.LEAST_SPEED_UP));
            text.append("kernel %% of peak: of the winner's kernels by the device's own clock.%n".formatted());
        }
        long known = rows.stream().filter(TunedRow::fromCache).count();
        long searched = rows.stream().filter(row -> row.winner() != null && !row.fromCache()).count();
        if (known > 0 && searched == 0 && rows.stream().allMatch(row -> row.fromCache() || !row.backendIsHere() || row.status() == Status.UNSUPPORTED)) {
            text.append("nothing was searched: the cache has all %d row%s; --again searches anew%n".formatted(known, known == 1 ? "" : "s"));
        } else {
            text.append("%d row%s searched, %d taken from the cache%n".formatted(searched, searched == 1 ? "" : "s", known));
        }
        return text.append("cache: ").append(cache).append(System.lineSeparator()).toString();
    }

    private static List<ColumnData<TunedRow>> columns() {
        return List.of(
                text("backend", TunedRow::backend),
                text("device", TunedRow::device),
                text("algorithm", TunedRow::algorithm),
                text("dtype", row -> row.dtype().label()),
                number("default", row -> Units.time(row.winner().defaultNs())),
                number("winner", row -> Units.time(row.winner().winnerNs())),
                number("speed-up", row -> Units.digits(row.winner().speedUp()) + "x"),
                number("kernel % of peak", row -> row.winner().kernelPercentOfPeak() == null
                        ? NONE
                        : Units.digits(row.winner().kernelPercentOfPeak())),
                text("best variant", row -> row.winner() == null
                        ? NONE
                        : row.winner().variant() + (row.winner().isDefault() ? " (the default)" : "")),
                number("tried", row -> "%d of %d".formatted(row.winner().tried(), row.winner().listed())),
                text("result", TuneTable::result));
    }

    private static String result(TunedRow row) {
        if (row.winner() == null) {
            return row.status().name();
        }
        String found = row.winner().isDefault() ? "default is best" : "tuned";
        return row.fromCache() ? found + ", from the cache" : found;
    }

    private static ColumnData<TunedRow> text(String header, Function<TunedRow, String> value) {
        return column(header, HorizontalAlign.LEFT, value);
    }

    private static ColumnData<TunedRow> number(String header, Function<TunedRow, String> value) {
        return column(header, HorizontalAlign.RIGHT, row -> row.winner() == null ? NONE : value.apply(row));
    }

    private static ColumnData<TunedRow> column(String header, HorizontalAlign align, Function<TunedRow, String> value) {
        return new Column().header(header).headerAlign(align).dataAlign(align).with(value::apply);
    }

    private static void appendRemarks(StringBuilder text, TunedRow row) {
        List<String> remarks = new ArrayList<>();
        if (row.status() != Status.PASSED) {
            remarks.add(row.status() + ": " + row.reason());
        }
        if (row.winner() != null && row.winner().tried() < row.winner().listed() && !row.fromCache()) {
            remarks.add("the time budget reached %d of %d variants; a larger --time-budget with --again tries the others".formatted(
                    row.winner().tried(), row.winner().listed()));
        }
        int refused = 0;
        for (TunedRow.Rejected variant : row.rejected()) {
            if (variant.isWrong() || ++refused <= MOST_REFUSED) {
                remarks.add("not kept: %s: %s: %s".formatted(variant.variant(), variant.status(), variant.reason()));
            }
        }
        if (refused > MOST_REFUSED) {
            remarks.add("not kept: %d more that were refused".formatted(refused - MOST_REFUSED));
        }
        String what = row.backendIsHere()
                ? "%s %s %s on %s".formatted(row.backend(), row.algorithm(), row.dtype().label(), row.device())
                : row.backend();
        remarks.forEach(remark -> text.append(what).append(": ").append(remark).append('\n'));
    }
}
