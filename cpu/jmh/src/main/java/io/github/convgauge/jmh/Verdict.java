package io.github.convgauge.jmh;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * A kernel's rate, measured beside the peak's, and what to think of it.
 *
 * @param errorPercent half of JMH's 99.9 % interval over the mean time
 * @param judged false where the run was too short to judge
 */
record Verdict(
        String kernel, String problem, double gflops, @JsonProperty("error_percent") double errorPercent,
        @JsonProperty("peak_gflops") double peakGflops, double share, double floor, boolean judged) {
    static Verdict of(Floor floor, double nanos, double errorNanos, double peakGflops, boolean judged) {
        if (!(nanos > 0) || !(peakGflops > 0)) {
            throw new IllegalArgumentException("no times of " + floor.name());
        }
        double gflops = floor.problem().flops() / nanos;
        return new Verdict(
                floor.name(), floor.problem().toString(), gflops, 100 * errorNanos / nanos, peakGflops, gflops / peakGflops,
                floor.share(), judged);
    }

    boolean isSpoiled() {
        return judged && share < floor;
    }

    String line() {
        return String.format(Locale.ROOT, "%-40s %8.1f GFLOP/s ±%4.1f %%  peak %8.1f  share %5.3f  floor %5.3f  %s",
                kernel, gflops, errorPercent, peakGflops, share, floor, !judged ? "not judged" : isSpoiled() ? "BELOW" : "ok");
    }
}
