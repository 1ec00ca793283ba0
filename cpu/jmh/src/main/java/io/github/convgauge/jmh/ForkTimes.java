package io.github.convgauge.jmh;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.statistics.descriptive.Median;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * The times of one benchmark, by fork. JMH's own score and error take all iterations of all forks as if they were
 * independent; but those of one fork share what its JIT compiler made of the code and where memory came to lie, and one fork of
 * several may be slow from end to end. Here each fork counts once: the time is the median of the forks' means, so that one slow
 * fork does not move it, and is told apart instead.
 *
 * @param nanos mean time of one execution in each fork, in the order that they ran
 * @param halfWidth half of the 95 % interval of their mean (Student's t over forks; over the iterations of a single fork),
 *     in nanoseconds; NaN from a single iteration
 */
record ForkTimes(List<Double> nanos, double halfWidth) {
    private static final double OUTSIDE_95 = 0.05;

    /**
     * Reads {@code primaryMetric.rawData}: by fork, by iteration.
     *
     * @throws IllegalArgumentException if it holds no times, or one that is none
     */
    static ForkTimes of(JsonNode rawData) {
        List<double[]> forks = new ArrayList<>();
        for (JsonNode fork : rawData) {
            double[] iterations = new double[fork.size()];
            for (int i = 0; i < iterations.length; i++) {
                iterations[i] = fork.get(i).asDouble(Double.NaN);
            }
            forks.add(iterations);
        }
        return of(forks);
    }

    static ForkTimes of(List<double[]> forks) {
        boolean timed = !forks.isEmpty() && forks.stream().allMatch(fork -> fork.length > 0
                && Arrays.stream(fork).allMatch(nanos -> nanos > 0 && nanos < Double.POSITIVE_INFINITY));
        if (!timed) {
            throw new IllegalArgumentException("it has no time of each iteration of each fork");
        }
        double[] means = forks.stream().mapToDouble(fork -> Arrays.stream(fork).average().orElseThrow()).toArray();
        return new ForkTimes(
                Arrays.stream(means).boxed().toList(), halfWidth(means.length > 1 ? means : forks.getFirst()));
    }

    private static double halfWidth(double[] values) {
        if (values.length < 2) {
            return Double.NaN;
        }
        double mean = Arrays.stream(values).average().orElseThrow();
        double variance = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum() / (values.length - 1);
        return TDistribution.of(values.length - 1).inverseSurvivalProbability(OUTSIDE_95 / 2) * Math.sqrt(variance / values.length);
    }

    int forks() {
        return nanos.size();
    }

    /** Of one execution. */
    double median() {
        return Median.withDefaults().evaluate(nanos.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
