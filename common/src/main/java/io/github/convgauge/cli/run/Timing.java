package io.github.convgauge.cli.run;

import io.github.convgauge.measure.Slice;
import io.github.convgauge.measure.StopRule;
import io.github.convgauge.measure.Summary;
import java.util.ArrayList;
import java.util.List;

/** The samples of one racer, round by round. */
final class Timing {
    private static final long LEAST_WALL_NANOS = 400_000_000;

    private final List<Slice> slices = new ArrayList<>();
    private long cpuNanos;
    private long wallNanos;
    private boolean settled;

    void warmed(boolean steady) {
        settled = steady;
    }

    void add(Slice slice) {
        slices.add(slice);
        if (slice.cpuNanos() >= 0) {
            cpuNanos += slice.cpuNanos();
            wallNanos += slice.wallNanos();
        }
    }

    boolean enough(StopRule rule, long seed) {
        return rule.enough(slices, seed);
    }

    boolean isEmpty() {
        return slices.isEmpty();
    }

    boolean settled() {
        return settled;
    }

    List<double[]> rounds() {
        return slices.stream().map(Slice::nanos).toList();
    }

    Summary summary(long seed) {
        return Summary.of(rounds(), seed);
    }

    /**
     * Processor time over wall time while timed, or null where that was too short to tell: the
     * clock behind it ticks every 10 ms, and the JIT compiler's last work counts too.
     */
    Double cores() {
        return wallNanos < LEAST_WALL_NANOS ? null : (double) cpuNanos / wallNanos;
    }
}
