package io.github.convgauge.report;

import io.github.convgauge.check.Status;
import io.github.convgauge.conv.ConvProblem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How much faster some rows are than others, problem by problem: the time of the fastest row that
 * matches one pattern under that of the fastest that matches another, of one run, dtype, thread count
 * and cache state. A {@link Clock} says which of its times.
 */
public final class SpeedUps {
    private static final String NOTHING = "-";

    /** Which time of a row is compared, and with it which share of the peak is shown. */
    public enum Clock {
        /** The median of whole executions: what is meant where a table says nothing of it. */
        EXECUTION(""),
        /** The shortest of whole executions, held against the peak loop's shortest: what is left without disturbances. */
        MINIMUM("by minima"),
        /** All kernels of a profiled execution by the device's clock: what is left without dispatch and transfers. */
        KERNEL("by kernel times");

        private final String words;

        Clock(String words) {
            this.words = words;
        }

        /** In nanoseconds; null where the row has none. */
        private Double nanos(ResultRow row) {
            return switch (this) {
                case EXECUTION -> row.time() == null ? null : row.time().medianNs();
                case MINIMUM -> row.time() == null ? null : row.time().minNs();
                case KERNEL -> row.kernelNs() == null ? null : Double.valueOf(row.kernelNs());
            };
        }

        private Double percentOfPeak(ResultRow row) {
            return switch (this) {
                case EXECUTION -> row.percentOfPeak();
                case MINIMUM -> row.bestPercentOfPeak();
                case KERNEL -> row.kernelPercentOfPeak();
            };
        }

        /** A text with which of a row's times it is of. */
        private String marked(String text, String separator) {
            return words.isEmpty() ? text : text + separator + words;
        }
    }

    private final RowPattern ours;
    private final RowPattern theirs;
    private final Clock clock;
    private final List<Entry> entries = new ArrayList<>();
    /** Problems where one side has nothing but rows that do not do it. */
    private int unsupported;

    /** Rows that may be compared with each other. */
    private record Key(String run, String problem, String dtype, Integer threads, String cache) {
        String threadsText() {
            return threads == null ? "" : ", %d thread%s".formatted(threads, threads == 1 ? "" : "s");
        }

        String cacheText() {
            return "cold".equals(cache) ? ", cold" : "";
        }
    }

    /**
     * One comparison.
     *
     * @param own the fastest row that passed; null if none did, as other
     */
    private record Entry(Key key, ResultRow own, ResultRow other, Clock clock) {
        /** Their time over ours: above 1, ours is faster. NaN where one is missing. */
        double ratio() {
            return own == null || other == null ? Double.NaN : clock.nanos(other) / clock.nanos(own);
        }

        String name() {
            ConvProblem problem = ConvProblem.parse(key.problem);
            return (problem.name().isEmpty() ? key.problem : problem.name()) + key.cacheText();
        }
    }

    /** @throws IllegalArgumentException if a pattern matches no row at all */
    public SpeedUps(List<ResultRow> rows, RowPattern ours, RowPattern theirs, Clock clock) {
        this.clock = clock;
        this.ours = ours;
        this.theirs = theirs;
        requireSome(rows, ours);
        requireSome(rows, theirs);
        Map<Key, List<ResultRow>> groups = new LinkedHashMap<>();
        for (ResultRow row : rows) {
            if (ours.matches(row) || theirs.matches(row)) {
                Key key = new Key(row.run(), row.problem(), row.dtype(), row.threads(), row.cache());
                groups.computeIfAbsent(key, k -> new ArrayList<>()).add(row);
            }
        }
        groups.forEach((key, group) -> {
            if (onlyUnsupported(group, ours) || onlyUnsupported(group, theirs)) {
                unsupported++;
            } else if (group.stream().anyMatch(ours::matches) && group.stream().anyMatch(theirs::matches)) {
                entries.add(new Entry(key, fastest(group, ours), fastest(group, theirs), clock));
            }
        });
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("no problem has both a row of '%s' and one of '%s' in the same run".formatted(ours, theirs));
        }
    }

    private static boolean onlyUnsupported(List<ResultRow> group, RowPattern pattern) {
        List<ResultRow> own = group.stream().filter(pattern::matches).toList();
        return !own.isEmpty() && own.stream().allMatch(row -> row.status() == Status.UNSUPPORTED);
    }

    private static void requireSome(List<ResultRow> rows, RowPattern pattern) {
        if (rows.stream().noneMatch(pattern::matches)) {
            throw new IllegalArgumentException("no row matches '" + pattern + "'");
        }
    }

    private ResultRow fastest(List<ResultRow> group, RowPattern pattern) {
        Optional<ResultRow> fastest = group.stream()
                .filter(row -> pattern.matches(row) && row.status() == Status.PASSED && clock.nanos(row) != null)
                .min(Comparator.comparing(clock::nanos));
        return fastest.orElse(null);
    }

    /** Entries that are below a limit, or have no ratio. */
    private List<Entry> below(double limit) {
        return entries.stream().filter(entry -> !(entry.ratio() >= limit)).toList();
    }

    /** Whether every comparison there is reaches a limit. */
    public boolean allReach(double limit) {
        return below(limit).isEmpty();
    }

    /** √ⁿ(r₁·…·rₙ), as the mean of logarithms; NaN where one has no ratio. */
    private static double geometricMean(List<Entry> some) {
        return Math.exp(some.stream().mapToDouble(entry -> Math.log(entry.ratio())).average().orElse(Double.NaN));
    }

    /** The comparisons as a Markdown table, with a summary for each dtype and thread count below. */
    public String markdown(Optional<Double> atLeast) {
        StringBuilder text = new StringBuilder();
        text.append("| problem | dtype | threads | ").append(cell(ours)).append(" | % of peak | ").append(cell(theirs))
                .append(" | ").append(clock.marked("speed-up", " ")).append(" |\n");
        text.append("| --- | --- | ---: | --- | ---: | --- | ---: |\n");
        for (Entry entry : entries) {
            text.append("| %s | %s | %s | %s | %s | %s | %s |%n".formatted(
                    cell(entry.name()), entry.key.dtype, entry.key.threads == null ? NOTHING : entry.key.threads,
                    side(entry.own), entry.own == null || clock.percentOfPeak(entry.own) == null
                            ? NOTHING : Units.digits(clock.percentOfPeak(entry.own)),
                    side(entry.other), Double.isNaN(entry.ratio()) ? NOTHING : Units.digits(entry.ratio()) + "x"));
        }
        return text.append('\n').append(summary(atLeast)).toString();
    }

    /** Of a Markdown table, in which a stroke of its own would be another column. */
    private static String cell(Object text) {
        return text.toString().replace("|", "\\|");
    }

    private String side(ResultRow row) {
        return row == null ? "did not pass" : "%s %s, %s".formatted(row.algorithm(), row.regime(), Units.time(clock.nanos(row)));
    }

    private String summary(Optional<Double> atLeast) {
        Map<String, List<Entry>> groups = new LinkedHashMap<>();
        for (Entry entry : entries) {
            groups.computeIfAbsent(entry.key.dtype + entry.key.threadsText() + entry.key.cacheText(), key -> new ArrayList<>()).add(entry);
        }
        StringBuilder text = new StringBuilder();
        groups.forEach((name, some) -> {
            List<Entry> whole = some.stream().filter(entry -> !Double.isNaN(entry.ratio())).toList();
            text.append("- %s: geometric mean %sx over %d of %d problems, least %sx%n".formatted(
                    clock.marked(name, ", "), Units.digits(geometricMean(whole)), whole.size(), some.size(),
                    Units.digits(whole.stream().mapToDouble(Entry::ratio).min().orElse(Double.NaN))));
        });
        if (unsupported > 0) {
            text.append("- left out: %d where one side does not do the problem or the dtype%n".formatted(unsupported));
        }
        atLeast.ifPresent(limit -> {
            for (Entry entry : below(limit)) {
                text.append("- below %sx: %s %s%s: %s%n".formatted(
                        Units.digits(limit), entry.name(), entry.key.dtype, entry.key.threadsText(),
                        Double.isNaN(entry.ratio()) ? "did not pass" : Units.digits(entry.ratio()) + "x"));
            }
        });
        return text.toString();
    }
}
