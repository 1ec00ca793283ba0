package io.github.convgauge.report;

import io.github.convgauge.check.Status;
import io.github.convgauge.measure.Shift;
import io.github.convgauge.report.ComparedRow.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** A {@link FileComparison} as text for a terminal. */
public final class ComparisonTable {
    private static final double PERCENT = 100;
    private static final String COULD_HIDE = "?";
    /** Of rows that have nothing to say but the same sentence, this many are named. */
    private static final int NAMED = 3;

    private final FileComparison comparison;
    private final List<ComparedRow> rows;
    private final StringBuilder text = new StringBuilder();

    private ComparisonTable(FileComparison comparison) {
        this.comparison = comparison;
        this.rows = comparison.rows();
    }

    /** @param all whether unchanged rows are shown, too */
    public static String of(FileComparison comparison, boolean all) {
        ComparisonTable table = new ComparisonTable(comparison);
        table.appendFiles();
        table.appendTable(all);
        table.appendReasons();
        table.appendCounts();
        table.appendNotes();
        return table.text.toString();
    }

    private void appendFiles() {
        List<ResultRow> base = rows.stream().flatMap(row -> row.base().stream()).toList();
        List<ResultRow> fresh = rows.stream().flatMap(row -> row.fresh().stream()).toList();
        text.append("base: ").append(origin(base)).append('\n');
        text.append("new:  ").append(origin(fresh)).append('\n');
        List<String> shared = distinct(base, ResultRow::run).stream().filter(distinct(fresh, ResultRow::run)::contains).toList();
        if (!shared.isEmpty()) {
            text.append("the same run is on both sides (").append(String.join(", ", shared)).append("), compared with itself\n");
        }
        text.append('\n');
    }

    private static List<String> distinct(List<ResultRow> rows, Function<ResultRow, Object> value) {
        return rows.stream().map(value).filter(Objects::nonNull).map(Object::toString).distinct().toList();
    }

    private static String origin(List<ResultRow> rows) {
        int runs = distinct(rows, ResultRow::run).size();
        List<String> revisions = distinct(rows, row -> {
            Object revision = row.env() == null ? null : row.env().get("git_revision");
            return revision == null
                    ? null
                    : abbreviated(revision.toString()) + (Boolean.TRUE.equals(row.env().get("git_dirty")) ? " with changes" : "");
        });
        return "%d run%s of %s".formatted(runs, runs == 1 ? "" : "s", revisions.isEmpty() ? "an unknown revision" : String.join(" and ", revisions));
    }

    private static String abbreviated(String revision) {
        return revision.matches("[0-9a-f]{40}") ? revision.substring(0, 10) : revision;
    }

    private void appendTable(boolean all) {
        List<ComparedRow> shown = rows.stream().filter(row -> all || deservesALine(row.verdict())).toList();
        if (shown.isEmpty()) {
            return;
        }
        boolean hasOutputs = shown.stream().map(row -> row.any().output()).filter(Objects::nonNull).distinct().count() > 1;
        boolean hasCold = shown.stream().anyMatch(row -> "cold".equals(row.identity().cache()));
        TextTable table = new TextTable().text("verdict").text("problem").text("backend").text("algorithm").text("regime");
        if (hasOutputs) {
            table.text("output");
        }
        if (hasCold) {
            table.text("cache");
        }
        table.text("dtype").number("threads").number("runs").number("median").number("now").number("change").number("95 % interval")
                .number("minimum").number("now").number("change").number("95 % interval");
        for (ComparedRow row : shown) {
            RowIdentity identity = row.identity();
            List<String> cells = new ArrayList<>(List.of(
                    row.verdict().text() + (row.sharp() ? "" : COULD_HIDE), identity.problemName(), identity.backend(),
                    identity.algorithm(), orNone(identity.regime())));
            if (hasOutputs) {
                cells.add(orNone(identity.output()));
            }
            if (hasCold) {
                cells.add(identity.cache());
            }
            cells.add(identity.dtype());
            cells.add(orNone(identity.threads()));
            cells.add(row.base().size() + "/" + row.fresh().size());
            cells.addAll(figures(row, row.median(), ResultRow.Time::medianNs, true));
            // One minimum has no interval.
            cells.addAll(figures(row, row.minimum(), ResultRow.Time::minNs, row.minimum() != null && !Double.isNaN(row.minimum().p())));
            table.row(cells.toArray(String[]::new));
        }
        text.append(table).append('\n');
    }

    private static boolean deservesALine(Verdict verdict) {
        return switch (verdict) {
            case BROKEN, SLOWER, MISSING, FASTER, MENDED, OTHER_STATUS, GONE, NEW -> true;
            case INCOMPARABLE, UNCHANGED, UNTIMED, IGNORED -> false;
        };
    }

    private static String orNone(Object value) {
        return value == null ? TableColumn.NONE : value.toString();
    }

    private static List<String> figures(ComparedRow row, Shift shift, Function<ResultRow.Time, Double> part, boolean interval) {
        return List.of(
                time(row.base(), part), time(row.fresh(), part), shift == null ? TableColumn.NONE : percent(shift.ratio()),
                shift == null || !interval ? TableColumn.NONE : percent(shift.low()) + " … " + percent(shift.high()));
    }

    /** Of several runs the one in the middle, which a few disturbed ones do not move. */
    private static String time(List<ResultRow> runs, Function<ResultRow.Time, Double> part) {
        double[] times = runs.stream().map(ResultRow::time).filter(Objects::nonNull).map(part).filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue).sorted().toArray();
        return times.length == 0 ? TableColumn.NONE : Units.time((times[(times.length - 1) / 2] + times[times.length / 2]) / 2);
    }

    private static String percent(double ratio) {
        return String.format(Locale.ROOT, "%+.1f %%", (ratio - 1) * PERCENT);
    }

    private void appendReasons() {
        for (ComparedRow row : rows) {
            if (row.why() != null && row.verdict() != Verdict.INCOMPARABLE) {
                text.append(row.identity()).append(": ").append(row.why()).append('\n');
                if (row.verdict().isWorse() && !row.fresh().isEmpty()) {
                    text.append("    repeat: ").append(failing(row.fresh()).repeat()).append('\n');
                } else if (row.verdict() == Verdict.MISSING) {
                    text.append("    repeat: ").append(row.base().getFirst().repeat()).append('\n');
                }
            }
        }
        grouped(Verdict.INCOMPARABLE, ComparedRow::why).forEach((why, some) ->
                text.append("not compared: ").append(named(some)).append(": ").append(why).append('\n'));
    }

    private static ResultRow failing(List<ResultRow> runs) {
        return runs.stream().filter(row -> row.status() != Status.PASSED).findFirst().orElse(runs.getFirst());
    }

    private Map<String, List<ComparedRow>> grouped(Verdict verdict, Function<ComparedRow, String> key) {
        Map<String, List<ComparedRow>> groups = new LinkedHashMap<>();
        rows.stream().filter(row -> row.verdict() == verdict)
                .forEach(row -> groups.computeIfAbsent(key.apply(row), k -> new ArrayList<>()).add(row));
        return groups;
    }

    private static String named(List<ComparedRow> some) {
        String names = String.join("; ", some.stream().limit(NAMED).map(row -> row.identity().toString()).toList());
        return some.size() <= NAMED ? names : "%s and %d more".formatted(names, some.size() - NAMED);
    }

    private void appendCounts() {
        List<String> counts = new ArrayList<>();
        for (Verdict verdict : Verdict.values()) {
            long count = count(verdict);
            if (count > 0 || verdict == Verdict.SLOWER || verdict == Verdict.FASTER || verdict == Verdict.UNCHANGED) {
                counts.add(count + " " + verdict.text());
            }
        }
        text.append(String.join(", ", counts)).append('\n');
    }

    private long count(Verdict verdict) {
        return rows.stream().filter(row -> row.verdict() == verdict).count();
    }

    private void appendNotes() {
        FileComparison.Settings settings = comparison.settings();
        String least = Units.digits(settings.threshold() * PERCENT) + " %";
        List<ComparedRow> compared = rows.stream().filter(row -> row.median() != null).toList();
        long single = compared.stream().filter(row -> Double.isNaN(row.median().p())).count();
        if (!compared.isEmpty()) {
            text.append("a change counts from ").append(least).append(" on");
            if (single < compared.size()) {
                text.append(", where the spread of the runs shows it (at most 1 % false ones among those that are called so)");
            }
            text.append(settings.perPeak() ? "; times are divided by those of the peak loop of the same run\n" : "\n");
        }
        if (single > 0) {
            text.append("%s a single run on each side: how much runs of the same build differ is not known, so there a change counts only"
                    .formatted(single == compared.size() ? "there is" : "%d rows have".formatted(single)))
                    .append(" where the intervals of the median do not overlap and the minimum moved as far; give several runs for more\n");
        }
        long blunt = compared.stream().filter(row -> !row.sharp()).count();
        if (blunt > 0) {
            text.append("%s: %d of the unchanged rows spread so much that a change of %s could hide in them; more or longer runs show it%n"
                    .formatted(COULD_HIDE, blunt, least));
        }
        Map<String, List<ComparedRow>> remarks = new LinkedHashMap<>();
        compared.forEach(row -> row.remarks().forEach(remark -> remarks.computeIfAbsent(remark, key -> new ArrayList<>()).add(row)));
        remarks.forEach((remark, some) -> text.append("keep in mind, of %s: %s%n".formatted(
                some.size() == compared.size() ? "all rows" : named(some), remark)));
        comparison.idlePatterns().forEach(pattern -> text.append("no row matches the ignored pattern '").append(pattern).append("'\n"));
    }
}
