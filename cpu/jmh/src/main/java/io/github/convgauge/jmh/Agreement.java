package io.github.convgauge.jmh;

import io.github.convgauge.measure.Interval;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.apache.commons.statistics.descriptive.Median;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Whether JMH and our sampler say the same of a kernel. They take turns, in each of which either times it in a JVM of its own; a JVM is one
 * observation of its side, since what differs between two JVMs is shared by all samples of one. A side is known by the median over its JVMs of their medians, or
 * minima ({@link Figure}), with the interval of that median that order statistics give (Conover, Practical Nonparametric Statistics, 1999, section 3.2): what C2 makes of a kernel
 * is a third slower in the one or other JVM, which moves a mean, and makes its interval so wide that nothing can be said. The interval is never taken to be
 * narrower than what the JVMs know of their own figures, nor than {@link #LEAST_HALF} on either side: the sampler stops at that, so that it promises no more.
 *
 * <p>They agree when the two intervals overlap, and disagree when they do not. Neither is said where too few turns count, or where an
 * interval is so wide that it would overlap with anything. Whether a turn counts hangs on the peak beside it and on how
 * sure either is of its own median, not on what these medians are.
 *
 * @param why what keeps it from being decided; empty where it is
 * @param turns that were taken
 * @param counted those of them that count
 * @param jmh median and its interval of at least 95 %, in nanoseconds, of the turns that count; of all where fewer than two do
 * @param sampler the same
 * @param ratio sampler's median over JMH's
 * @param peakMoved by how much the fastest measurement of the peak is above the slowest: 0.03 is 3 %
 */
record Agreement(
        Outcome outcome, String why, int turns, int counted, Interval jmh, Interval sampler, double ratio, double peakMoved) {
    enum Outcome {
        AGREE, DISAGREE, NOT_DECIDED;

        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** Turns that must count: the smallest and the largest of five enclose the median with less than 95 %. */
    static final int FEWEST = 6;
    /**
     * A turn whose {@linkplain Figure#tellingPeak telling} peak was slower than the fastest of all by more than this was not quiet: whatever slowed the
     * peak slows kernels too.
     */
    static final double QUIET = 0.05;
    /** A median whose interval reaches further on either side tells too little: of a JVM, and of a side. */
    static final double PRECISE = 0.05;
    /** The target of {@link io.github.convgauge.measure.StopRule#standard()}. */
    static final double LEAST_HALF = 0.01;

    /** So many parts must have reached a minimum. */
    private static final int CONFIRMED = 3;
    private static final double OUTSIDE_95 = 0.05;
    private static final double NORMAL_95 = 1.959963984540054;

    /**
     * Either has timed the kernel once.
     *
     * @param peakGflops before, between and behind
     * @param jmhFirst who was first
     * @param jmh the median of a fork, in nanoseconds, with what the fork knows of it
     * @param sampler the same of a JVM of the sampler's
     * @param settled whether its warm-up did
     */
    record Turn(List<Double> peakGflops, boolean jmhFirst, Interval jmh, Interval sampler, boolean settled) {
        private static final int PEAKS = 3;

        /** @throws IllegalArgumentException if a time or a peak is missing, or none */
        Turn {
            if (peakGflops == null || peakGflops.size() != PEAKS || !peakGflops.stream().allMatch(Agreement::isRate)
                    || !isTime(jmh) || !isTime(sampler)) {
                throw new IllegalArgumentException(
                        "a time or one of the three peaks of a turn is not a positive number, or an interval does not hold its median");
            }
            peakGflops = List.copyOf(peakGflops);
        }

        double slowestPeak() {
            return Collections.min(peakGflops);
        }

        double fastestPeak() {
            return Collections.max(peakGflops);
        }

        private boolean isQuiet(double fastest, Figure figure) {
            return figure.tellingPeak(this) >= fastest / (1 + QUIET);
        }

        private boolean isSteady() {
            return settled && halfWidth(jmh) <= PRECISE && halfWidth(sampler) <= PRECISE;
        }
    }

    /**
     * @param figure of the times of the turns, which says how much of a turn must have been quiet
     * @throws IllegalArgumentException if there is no turn
     */
    static Agreement of(List<Turn> turns, Figure figure) {
        double fastest = turns.stream().mapToDouble(Turn::fastestPeak).max()
                .orElseThrow(() -> new IllegalArgumentException("there is no turn"));
        double moved = fastest / turns.stream().mapToDouble(Turn::slowestPeak).min().orElseThrow() - 1;
        List<Turn> quiet = turns.stream().filter(turn -> turn.isQuiet(fastest, figure)).toList();
        List<Turn> counted = quiet.stream().filter(Turn::isSteady).toList();
        List<Turn> shown = counted.size() > 1 ? counted : turns;
        Interval jmh = side(shown.stream().map(Turn::jmh).toList());
        Interval sampler = side(shown.stream().map(Turn::sampler).toList());
        String why = "";
        if (counted.size() < FEWEST) {
            why = String.format(
                    Locale.ROOT, "%d of %d turns count, and %d must: beside %d the machine was not quiet (the peak was more than %.0f %% below its"
                    + " fastest), and in %d of the others a JVM was not sure of its figure to ±%.0f %%, or did not settle",
                    counted.size(), turns.size(), FEWEST, turns.size() - quiet.size(), 100 * QUIET, quiet.size() - counted.size(), 100 * PRECISE);
        } else if (halfWidth(jmh) > PRECISE) {
            why = wide("the forks of JMH", jmh);
        } else if (halfWidth(sampler) > PRECISE) {
            why = wide("the JVMs of the sampler", sampler);
        }
        Outcome outcome = !why.isEmpty() ? Outcome.NOT_DECIDED
                : jmh.isBelow(sampler) || sampler.isBelow(jmh) ? Outcome.DISAGREE : Outcome.AGREE;
        return new Agreement(outcome, why, turns.size(), counted.size(), jmh, sampler, sampler.median() / jmh.median(), moved);
    }

    private static String wide(String who, Interval interval) {
        return String.format(
                Locale.ROOT, "%s differ too much: their interval is ±%.1f %%, and ±%.0f %% are tolerated", who, 100 * halfWidth(interval), 100 * PRECISE);
    }

    /** One JVM's median, with the interval of Student's t over the logarithms of those of several parts of its samples. */
    static Interval ofParts(double figure, double[] ofParts) {
        double half = halfWidth(ofParts);
        return new Interval(figure, figure * Math.exp(-half), figure * Math.exp(half));
    }

    /**
     * One JVM's minimum, known as well as parts of its samples reach it: up to the third smallest of their minima, and as far below. A mean over parts would tell how often
     * the machine disturbed them, which a minimum does not hang on.
     */
    static Interval ofMinima(double[] ofParts) {
        double[] sorted = ofParts.clone();
        Arrays.sort(sorted);
        double reached = sorted.length < CONFIRMED ? Double.POSITIVE_INFINITY : sorted[CONFIRMED - 1] / sorted[0];
        return new Interval(sorted[0], sorted[0] / reached, sorted[0] * reached);
    }

    private static Interval side(List<Interval> jvms) {
        double[] sorted = jvms.stream().mapToDouble(Interval::median).sorted().toArray();
        double median = Median.withDefaults().evaluate(sorted);
        double ownVariance = jvms.stream().mapToDouble(jvm -> {
            double error = Math.log(jvm.high() / jvm.low()) / (2 * NORMAL_95);
            return error * error;
        }).average().orElseThrow();
        double least = Math.exp(Math.max(Math.log1p(LEAST_HALF), NORMAL_95 * Math.sqrt(ownVariance / sorted.length)));
        int outside = outside(sorted.length);
        double low = outside < 0 ? 0 : sorted[outside];
        double high = outside < 0 ? Double.POSITIVE_INFINITY : sorted[sorted.length - 1 - outside];
        return new Interval(median, Math.min(low, median / least), Math.max(high, median * least));
    }

    /** How many of the smallest, and of the largest, lie outside an interval that holds the median with 95 % or more; −1 if all together do not. */
    private static int outside(int values) {
        BinomialDistribution below = BinomialDistribution.of(values, 0.5);
        int outside = -1;
        while (below.cumulativeProbability(outside + 1) <= OUTSIDE_95 / 2) {
            outside++;
        }
        return outside;
    }

    /** Of the 95 % interval of the mean logarithm, Student's. */
    private static double halfWidth(double[] times) {
        if (times.length < 2) {
            return Double.POSITIVE_INFINITY;
        }
        double[] logs = Arrays.stream(times).map(Math::log).toArray();
        double mean = Arrays.stream(logs).average().orElseThrow();
        double variance = Arrays.stream(logs).map(log -> (log - mean) * (log - mean)).sum() / (logs.length - 1);
        return TDistribution.of(logs.length - 1).inverseSurvivalProbability(OUTSIDE_95 / 2) * Math.sqrt(variance / logs.length);
    }

    /** The longer one. */
    private static double halfWidth(Interval interval) {
        return Math.max(interval.high() / interval.median(), interval.median() / interval.low()) - 1;
    }

    private static boolean isRate(Double value) {
        return value != null && value > 0 && value < Double.POSITIVE_INFINITY;
    }

    private static boolean isTime(Interval interval) {
        return interval != null && isRate(interval.low()) && isRate(interval.high())
                && interval.low() <= interval.median() && interval.median() <= interval.high();
    }
}
