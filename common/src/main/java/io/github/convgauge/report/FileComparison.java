package io.github.convgauge.report;

import io.github.convgauge.check.Status;
import io.github.convgauge.measure.FalseDiscoveries;
import io.github.convgauge.measure.Interval;
import io.github.convgauge.measure.Shift;
import io.github.convgauge.report.ComparedRow.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Two results, row by row: what became faster or slower, what changed its status, what is missing and what is new.
 * docs/compare.md derives the rules.
 */
public final class FileComparison {
    /** At most this share of the changes that are called so are none; and if nothing changed at all, the probability of a single one. */
    public static final double FALSE_SHARE = 0.01;

    private final Settings settings;
    private final Map<RowIdentity, List<ResultRow>> base;
    private final Map<RowIdentity, List<ResultRow>> fresh;
    private final List<ComparedRow> rows = new ArrayList<>();

    /**
     * How to compare.
     *
     * @param threshold least change that counts, as a share: 0.05 is 5 %
     * @param perPeak whether times are counted in those of the peak loop of the same run
     * @param allowMissing whether a row may be missing
     * @param ignored rows that do not count
     * @param despite differences that are there on purpose
     */
    public record Settings(
            double threshold, boolean perPeak, boolean allowMissing, List<RowPattern> ignored, Set<Comparability.Kind> despite) {
        double factor() {
            return 1 + threshold;
        }
    }

    /** Rows of both sides that may be compared, before the verdict. */
    private record Pair(
            RowIdentity identity, List<ResultRow> before, List<ResultRow> after, Shift median, Shift minimum, List<String> remarks) {}

    public FileComparison(List<ResultRow> baseRows, List<ResultRow> freshRows, Settings settings) {
        this.settings = settings;
        this.base = byIdentity(baseRows);
        this.fresh = byIdentity(freshRows);
        List<Pair> pairs = new ArrayList<>();
        base.forEach((identity, before) -> {
            List<ResultRow> after = fresh.get(identity);
            if (isIgnored(before.getFirst())) {
                settle(identity, before, after == null ? List.of() : after, Verdict.IGNORED, null);
            } else if (after == null) {
                disappeared(identity, before);
            } else {
                compare(identity, before, after).ifPresent(pairs::add);
            }
        });
        fresh.forEach((identity, after) -> {
            if (!base.containsKey(identity)) {
                appeared(identity, after);
            }
        });
        judge(pairs);
        rows.sort(Comparator.comparing(ComparedRow::verdict));
    }

    private static Map<RowIdentity, List<ResultRow>> byIdentity(List<ResultRow> rows) {
        Map<RowIdentity, List<ResultRow>> groups = new LinkedHashMap<>();
        rows.forEach(row -> groups.computeIfAbsent(RowIdentity.of(row), key -> new ArrayList<>()).add(row));
        return groups;
    }

    private boolean isIgnored(ResultRow row) {
        return settings.ignored.stream().anyMatch(pattern -> pattern.matches(row));
    }

    private void settle(RowIdentity identity, List<ResultRow> before, List<ResultRow> after, Verdict verdict, String why) {
        rows.add(new ComparedRow(identity, before, after, verdict, why, List.of(), null, null, true));
    }

    private void disappeared(RowIdentity identity, List<ResultRow> before) {
        Optional<ResultRow> absent = wholeBackend(fresh, identity);
        if (absent.isPresent()) {
            Status then = worst(before);
            settle(identity, before, List.of(absent.get()), changed(then, absent.get().status()), changeText(then, absent.get()));
        } else if (identity.isWholeBackend() && fresh.keySet().stream().anyMatch(identity::sameBackend)) {
            return; // its rows are there now, and say so themselves
        } else if (worst(before) == Status.PASSED && !settings.allowMissing) {
            settle(identity, before, List.of(), Verdict.MISSING, "it PASSED before, and is not there");
        } else {
            settle(identity, before, List.of(), Verdict.GONE, "it was %s, and is not there".formatted(worst(before)));
        }
    }

    private void appeared(RowIdentity identity, List<ResultRow> after) {
        if (isIgnored(after.getFirst())) {
            settle(identity, List.of(), after, Verdict.IGNORED, null);
            return;
        }
        Optional<ResultRow> absent = wholeBackend(base, identity);
        if (absent.isPresent()) {
            settle(identity, List.of(absent.get()), after, changed(absent.get().status(), worst(after)),
                    changeText(absent.get().status(), worstRow(after)));
        } else if (!identity.isWholeBackend() || base.keySet().stream().noneMatch(identity::sameBackend)) {
            boolean fails = worst(after).alwaysFailsTheRun();
            settle(identity, List.of(), after, fails ? Verdict.BROKEN : Verdict.NEW,
                    fails ? changeText(null, worstRow(after)) : null);
        }
    }

    /** The row that says that the backend of this one is not there, if so. */
    private static Optional<ResultRow> wholeBackend(Map<RowIdentity, List<ResultRow>> side, RowIdentity identity) {
        return identity.isWholeBackend()
                ? Optional.empty()
                : side.entrySet().stream()
                        .filter(entry -> entry.getKey().isWholeBackend() && entry.getKey().sameBackend(identity))
                        .map(entry -> entry.getValue().getFirst())
                        .findFirst();
    }

    /** One that failed in one of several runs failed. */
    private static ResultRow worstRow(List<ResultRow> runs) {
        return runs.stream().max(Comparator.comparingInt(row -> gravity(row.status()))).orElseThrow();
    }

    private static Status worst(List<ResultRow> runs) {
        return worstRow(runs).status();
    }

    /** The higher, the worse. */
    private static int gravity(Status status) {
        return switch (status) {
            case PASSED -> 0;
            case UNSUPPORTED, UNAVAILABLE -> 1;
            case MISTRUSTED -> 2;
            case FAILED, FELL_BACK, CRASHED -> 3;
        };
    }

    private static Verdict changed(Status before, Status after) {
        int change = Integer.compare(gravity(after), gravity(before));
        return change > 0 ? Verdict.BROKEN : change < 0 ? Verdict.MENDED : Verdict.OTHER_STATUS;
    }

    private static String changeText(Status before, ResultRow after) {
        return "%s%s%s".formatted(
                before == null ? "new, and " : before + " → ", after.status(), after.reason() == null ? "" : ": " + after.reason());
    }

    /** The pair, unless its verdict does not depend on times. */
    private Optional<Pair> compare(RowIdentity identity, List<ResultRow> before, List<ResultRow> after) {
        Status then = worst(before);
        ResultRow now = worstRow(after);
        if (then != now.status()) {
            settle(identity, before, after, changed(then, now.status()), changeText(then, now));
            return Optional.empty();
        }
        List<ResultRow> timedBefore = before.stream().filter(FileComparison::isTimed).toList();
        List<ResultRow> timedAfter = after.stream().filter(FileComparison::isTimed).toList();
        if (timedBefore.isEmpty() || timedAfter.isEmpty()) {
            boolean lost = timedAfter.isEmpty() && !timedBefore.isEmpty() && !settings.allowMissing;
            settle(identity, before, after, lost ? Verdict.MISSING : Verdict.UNTIMED,
                    lost ? "it has no time now" + (now.reason() == null ? "" : ": " + now.reason()) : null);
            return Optional.empty();
        }
        Comparability comparability = Comparability.of(Stream.concat(timedBefore.stream(), timedAfter.stream()).toList());
        List<String> hindrances = comparability.hindrances().entrySet().stream()
                .filter(entry -> !settings.despite.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .toList();
        if (!hindrances.isEmpty()) {
            settle(identity, before, after, Verdict.INCOMPARABLE, String.join(", ", hindrances));
            return Optional.empty();
        }
        if (settings.perPeak && Stream.concat(timedBefore.stream(), timedAfter.stream()).anyMatch(row -> !hasPeak(row))) {
            settle(identity, before, after, Verdict.INCOMPARABLE, "no peak was measured with it, by which --per-peak could divide");
            return Optional.empty();
        }
        return Optional.of(new Pair(
                identity, timedBefore, timedAfter, Shift.between(medians(timedBefore), medians(timedAfter)),
                Shift.between(minima(timedBefore), minima(timedAfter)), comparability.remarks()));
    }

    /** Times of a wrong answer mean nothing. */
    private static boolean isTimed(ResultRow row) {
        ResultRow.Time time = row.time();
        boolean right = row.status() == Status.PASSED || row.status() == Status.MISTRUSTED;
        return right && time != null && time.medianNs() != null && time.ci95Ns() != null && time.minNs() != null
                && Stream.of(time.medianNs(), time.minNs(), time.ci95Ns()[0], time.ci95Ns()[1]).allMatch(ns -> ns > 0 && Double.isFinite(ns));
    }

    private static boolean hasPeak(ResultRow row) {
        return row.peakGflops() != null && row.peakGflops() > 0;
    }

    private List<Interval> medians(List<ResultRow> runs) {
        return runs.stream().map(row -> {
            double unit = unit(row);
            return new Interval(row.time().medianNs() * unit, row.time().ci95Ns()[0] * unit, row.time().ci95Ns()[1] * unit);
        }).toList();
    }

    /** A minimum has no interval of its own: only runs tell how it varies. */
    private List<Interval> minima(List<ResultRow> runs) {
        ToDoubleFunction<ResultRow> minimum = row -> row.time().minNs() * unit(row);
        return runs.stream().mapToDouble(minimum).mapToObj(ns -> new Interval(ns, ns, ns)).toList();
    }

    /** What times are multiplied with: to count them in those of the peak loop, its rate will do. */
    private double unit(ResultRow row) {
        return settings.perPeak ? row.peakGflops() : 1;
    }

    /** All tests together, since of many some would show a change by chance. */
    private void judge(List<Pair> pairs) {
        double[] p = pairs.stream()
                .flatMap(pair -> Stream.of(pair.median, pair.minimum))
                .mapToDouble(Shift::p)
                .filter(value -> !Double.isNaN(value))
                .toArray();
        double[] adjusted = FalseDiscoveries.adjust(p);
        int next = 0;
        for (Pair pair : pairs) {
            boolean severalRuns = !Double.isNaN(pair.median.p());
            boolean medianMoved = severalRuns ? adjusted[next++] <= FALSE_SHARE : pair.median.apart();
            boolean minimumMoved = severalRuns ? adjusted[next++] <= FALSE_SHARE : pair.minimum.apart();
            rows.add(verdict(pair, severalRuns, medianMoved, minimumMoved));
        }
    }

    private ComparedRow verdict(Pair pair, boolean severalRuns, boolean medianMoved, boolean minimumMoved) {
        double factor = settings.factor();
        boolean medianUp = medianMoved && pair.median.ratio() >= factor;
        boolean minimumUp = minimumMoved && pair.minimum.ratio() >= factor;
        boolean medianDown = medianMoved && pair.median.ratio() <= 1 / factor;
        boolean minimumDown = minimumMoved && pair.minimum.ratio() <= 1 / factor;
        // Nobody knows how much single runs differ, so there both figures must say the same.
        boolean slower = severalRuns ? medianUp || minimumUp : medianUp && minimumUp;
        boolean faster = severalRuns ? medianDown || minimumDown : medianDown && minimumDown;
        boolean sharp = pair.median.within(factor) || (severalRuns && pair.minimum.within(factor));
        Verdict verdict = slower ? Verdict.SLOWER : faster ? Verdict.FASTER : Verdict.UNCHANGED;
        String why = slower && faster ? "one figure became slower, the other one faster" : null;
        return new ComparedRow(
                pair.identity, pair.before, pair.after, verdict, why, pair.remarks, pair.median, pair.minimum,
                sharp || slower || faster);
    }

    /** In the order of interest. */
    List<ComparedRow> rows() {
        return List.copyOf(rows);
    }

    Settings settings() {
        return settings;
    }

    /** Whether something is slower, broken or missing. */
    public boolean isWorse() {
        return rows.stream().anyMatch(row -> row.verdict().isWorse());
    }

    /** Why no time at all was compared, where times are there to be compared but must not be; empty otherwise. */
    public Optional<String> nothingComparable() {
        boolean some = rows.stream().anyMatch(row -> row.median() != null);
        return some
                ? Optional.empty()
                : rows.stream().filter(row -> row.verdict() == Verdict.INCOMPARABLE).findFirst().map(ComparedRow::why);
    }

    /** Whether a row is in both results. */
    public boolean hasCommonRows() {
        return rows.stream().anyMatch(row -> !row.base().isEmpty() && !row.fresh().isEmpty());
    }

    /** Patterns that no row of either result matches. */
    public List<RowPattern> idlePatterns() {
        List<ResultRow> all = Stream.concat(base.values().stream(), fresh.values().stream()).flatMap(List::stream).toList();
        return settings.ignored.stream().filter(pattern -> all.stream().noneMatch(pattern::matches)).toList();
    }
}
