package io.github.convgauge.cli.run;

import io.github.convgauge.measure.StopRule;
import io.github.convgauge.measure.Summary;
import io.github.convgauge.worker.Reply;
import java.util.ArrayList;
import java.util.List;

/** The samples of one racer, round by round. */
final class Timing {
    private final List<double[]> rounds = new ArrayList<>();
    private final List<Integer> blocks = new ArrayList<>();
    private long cpuNanos;
    private long wallNanos;
    private boolean settled;

    void warmed(boolean steady) {
        settled = steady;
    }

    void add(Reply.Sampled slice) {
        rounds.add(slice.nanos());
        blocks.add(slice.block());
        if (slice.cpuNanos() > 0) {
            cpuNanos += slice.cpuNanos();
            wallNanos += slice.wallNanos();
        }
    }

    boolean enough(StopRule rule) {
        return rule.enough(rounds, blocks);
    }

    boolean isEmpty() {
        return rounds.isEmpty();
    }

    boolean settled() {
        return settled;
    }

    List<double[]> rounds() {
        return rounds;
    }

    Summary summary(long seed) {
        return Summary.of(rounds, seed);
    }

    /** Processor time over wall time while timed, or null where it was not measured. */
    Double cores() {
        return wallNanos == 0 ? null : (double) cpuNanos / wallNanos;
    }
}
