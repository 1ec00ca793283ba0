package io.github.convgauge.jmh;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * A kernel's rate, measured between two of the peak, and what to think of it.
 *
 * @param errorPercent half of JMH's 99.9 % interval over the mean time; null from a single iteration
 * @param peakGflops the mean of the two
 * @param peakDriftPercent by how much the one behind is faster than the one before
 * @param judged false where the run was too short to judge
 */
record Verdict(
        String family, String name, String dtype, String problem, double gflops,
        @JsonProperty("error_percent") Double errorPercent, @JsonProperty("peak_gflops") double peakGflops,
        @JsonProperty("peak_drift_percent") double peakDriftPercent, double share, double floor, boolean judged) {
    private static final String ROW = "%-12s %-10s %-5s %9s %7s %9s %7s %6s %6s  %s";

    static final String HEADER = String.format(
            Locale.ROOT, ROW, "family", "problem", "dtype", "GFLOP/s", "± %", "peak", "drift %", "share", "floor", "verdict");

    static Verdict of(Floor floor, double nanos, double errorNanos, double peakBefore, double peakBehind, boolean judged) {
        if (!(nanos > 0) || !(peakBefore > 0) || !(peakBehind > 0)) {
            throw new IllegalArgumentException("no times of " + floor.name());
        }
        double gflops = floor.problem().flops() / nanos;
        double peak = (peakBefore + peakBehind) / 2;
        return new Verdict(
                Floor.family(floor.algorithm(), floor.problem()), floor.problem().name(), floor.dtype(), floor.problem().toString(),
                gflops, Double.isNaN(errorNanos) ? null : 100 * errorNanos / nanos, peak, 100 * (peakBehind / peakBefore - 1),
                gflops / peak, floor.share(), judged);
    }

    @JsonIgnore
    boolean isSpoiled() {
        return judged && share < floor;
    }

    String line() {
        return String.format(
                Locale.ROOT, ROW, family, name, dtype, number("%.1f", gflops), errorPercent == null ? "-" : number("%.1f", errorPercent),
                number("%.1f", peakGflops), number("%+.1f", peakDriftPercent), number("%.3f", share), number("%.3f", floor),
                !judged ? "not judged" : isSpoiled() ? "BELOW" : "ok");
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
