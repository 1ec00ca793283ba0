package io.github.convgauge.jmh;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A rate, measured between two of its yardstick, and what to think of it.
 *
 * @param gflops in the median fork; null for copies
 * @param gbytes billions of bytes that are read and written in a second, in the median fork; null for what computes
 * @param errorPercent half of the 95 % interval over the time, see {@link ForkTimes}; null from a single iteration
 * @param peakGflops the mean of the two; null for copies
 * @param peakGbytes the mean of the two, of plain copies of as many bytes; null for what computes
 * @param peakDriftPercent by how much the one behind is faster than the one before
 * @param share of the yardstick
 * @param forkShares the same of each fork
 * @param floor null where there is none
 * @param judged false where the run was too short to judge
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Verdict(
        String family, String name, String dtype, String problem, Double gflops, Double gbytes,
        @JsonProperty("error_percent") Double errorPercent,
        @JsonProperty("peak_gflops") Double peakGflops, @JsonProperty("peak_gbytes") Double peakGbytes,
        @JsonProperty("peak_drift_percent") double peakDriftPercent, double share,
        @JsonProperty("fork_shares") List<Double> forkShares, Double floor, boolean judged) {
    private static final String ROW = "%%-12s %%-%ds %%-5s %%9s %%-8s %%7s %%9s %%7s %%6s %%6s  %%s";
    private static final String NAME = "problem";

    /**
     * @param floor empty where there is none
     * @param yardBefore rate of the yardstick before it, in operations or bytes a nanosecond; {@code yardBehind} behind it
     * @param isLong whether all three were measured long enough to judge
     * @throws IllegalArgumentException if a time or rate is none
     */
    static Verdict of(Subject subject, Optional<Floor> floor, ForkTimes times, double yardBefore, double yardBehind, boolean isLong) {
        double nanos = times.median();
        if (!(nanos > 0) || !(yardBefore > 0) || !(yardBehind > 0)) {
            throw new IllegalArgumentException("no times of " + subject.name());
        }
        double rate = subject.amount() / nanos;
        double yard = (yardBefore + yardBehind) / 2;
        boolean copy = subject.kind() == Subject.Kind.COPY;
        return new Verdict(
                subject.family(), subject.problemName(), subject.dtype().label(), subject.problem().toString(),
                copy ? null : rate, copy ? rate : null,
                Double.isNaN(times.halfWidth()) ? null : Double.valueOf(100 * times.halfWidth() / nanos),
                copy ? null : yard, copy ? yard : null, 100 * (yardBehind / yardBefore - 1), rate / yard,
                times.nanos().stream().map(fork -> subject.amount() / fork / yard).toList(),
                floor.map(Floor::share).orElse(null), isLong && floor.isPresent());
    }

    /** Below its floor in the median fork. */
    @JsonIgnore
    boolean isSpoiled() {
        return judged && share < floor;
    }

    /** Forks below the floor, where the median one is not. */
    @JsonIgnore
    long slowForks() {
        return judged && !isSpoiled() ? forkShares.stream().filter(fork -> fork < floor).count() : 0;
    }

    /** A table, one line each. */
    static List<String> lines(List<Verdict> verdicts) {
        int width = verdicts.stream().mapToInt(verdict -> verdict.name.length()).reduce(NAME.length() + 3, Math::max);
        List<String> lines = new ArrayList<>();
        lines.add(row(width, "family", NAME, "dtype", "rate", "unit", "± %", "peak", "drift %", "share", "floor", "verdict"));
        verdicts.forEach(verdict -> lines.add(verdict.line(width)));
        return lines;
    }

    private String line(int width) {
        boolean copy = gbytes != null;
        return row(
                width, family, name, dtype, number("%.1f", copy ? gbytes : gflops), copy ? "GB/s" : "GFLOP/s",
                errorPercent == null ? "-" : number("%.1f", errorPercent), number("%.1f", copy ? peakGbytes : peakGflops),
                number("%+.1f", peakDriftPercent), number("%.3f", share), floor == null ? "-" : number("%.3f", floor), words());
    }

    private String words() {
        if (floor == null) {
            return "no floor";
        }
        if (!judged) {
            return "not judged";
        }
        if (isSpoiled()) {
            return "BELOW";
        }
        return slowForks() == 0 ? "ok" : "ok, but %d of %d forks below".formatted(slowForks(), forkShares.size());
    }

    private static String row(int width, Object... cells) {
        return String.format(Locale.ROOT, ROW.formatted(width), cells);
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
