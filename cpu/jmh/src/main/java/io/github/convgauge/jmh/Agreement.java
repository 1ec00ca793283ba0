package io.github.convgauge.jmh;

import io.github.convgauge.measure.Interval;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Whether JMH and our sampler say the same of a kernel. Each timed it in several JVMs, in turns; a JVM is one observation of
 * its side, since what differs between two JVMs is shared by all samples of one. A side's interval is that of Student's t over the
 * logarithms of its JVMs' medians, whose variance is never taken to be less than that of the JVMs' own intervals, and which is never narrower than
 * {@value #LEAST_HALF} on either side: the sampler stops at that, so that it promises no more.
 *
 * <p>They agree when the two intervals overlap, and disagree when they do not. Neither is said where the machine was not quiet,
 * or where an interval is so wide that it would overlap with anything.
 *
 * @param why what keeps it from being decided; empty where it is
 * @param jmh median and 95 % interval, in nanoseconds
 * @param sampler the same
 * @param ratio sampler's median over JMH's
 * @param peakMoved by how much the fastest measurement of the peak is above the slowest: 0.03 is 3 %
 */
record Agreement(Outcome outcome, String why, Interval jmh, Interval sampler, double ratio, double peakMoved) {
    enum Outcome {
        AGREE, DISAGREE, NOT_DECIDED;

        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** Above this the machine was not quiet: kernels that move as the peak does have moved by as much. */
    static final double QUIET = 0.05;
    /** An interval that reaches further on either side tells too little. */
    static final double PRECISE = 0.05;
    /** The target of {@link io.github.convgauge.measure.StopRule#standard()}. */
    static final double LEAST_HALF = 0.01;

    /** Fewer JVMs have no spread, or one that is mostly chance. */
    static final int FEWEST_JVMS = 3;
    private static final double OUTSIDE_95 = 0.05;
    private static final double NORMAL_95 = 1.959963984540054;

    /**
     * What was measured of a kernel in one go.
     *
     * @param peakGflops between the JVMs, in order
     * @param jmh the median of each of JMH's forks, in nanoseconds, with what the fork knows of it
     * @param sampler the same of each JVM of the sampler's
     * @param settled of how many of the sampler's JVMs the warm-up settled
     */
    record Attempt(List<Double> peakGflops, List<Interval> jmh, List<Interval> sampler, int settled) {
        /** @throws IllegalArgumentException if there are too few JVMs or peaks to say anything, or a time is none */
        Attempt {
            boolean enough = peakGflops != null && jmh != null && sampler != null
                    && peakGflops.size() > 1 && jmh.size() >= FEWEST_JVMS && sampler.size() >= FEWEST_JVMS;
            if (!enough) {
                throw new IllegalArgumentException("an attempt has two peaks and %d JVMs of each side at the least".formatted(FEWEST_JVMS));
            }
            boolean timed = peakGflops.stream().allMatch(Agreement::isRate) && jmh.stream().allMatch(Agreement::isTime)
                    && sampler.stream().allMatch(Agreement::isTime) && settled >= 0 && settled <= sampler.size();
            if (!timed) {
                throw new IllegalArgumentException("a time or a peak is not a positive number, or an interval does not hold its median");
            }
            peakGflops = List.copyOf(peakGflops);
            jmh = List.copyOf(jmh);
            sampler = List.copyOf(sampler);
        }
    }

    static Agreement of(Attempt attempt) {
        Interval jmh = side(attempt.jmh);
        Interval sampler = side(attempt.sampler);
        double[] peaks = attempt.peakGflops.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        double moved = peaks[peaks.length - 1] / peaks[0] - 1;
        String why = "";
        if (moved > QUIET) {
            why = percent("the machine was not quiet: the peak moved by %.1f %%, and %.0f %% are tolerated", moved, QUIET);
        } else if (halfWidth(jmh) > PRECISE) {
            why = percent("the forks of JMH differ too much: its interval is ±%.1f %%, and ±%.0f %% are tolerated", halfWidth(jmh), PRECISE);
        } else if (halfWidth(sampler) > PRECISE) {
            why = percent("the JVMs of the sampler differ too much: its interval is ±%.1f %%, and ±%.0f %% are tolerated", halfWidth(sampler), PRECISE);
        } else if (attempt.settled < attempt.sampler.size()) {
            why = "the sampler's warm-up never settled in %d of %d JVMs".formatted(attempt.sampler.size() - attempt.settled, attempt.sampler.size());
        }
        Outcome outcome = !why.isEmpty() ? Outcome.NOT_DECIDED
                : jmh.isBelow(sampler) || sampler.isBelow(jmh) ? Outcome.DISAGREE : Outcome.AGREE;
        return new Agreement(outcome, why, jmh, sampler, sampler.median() / jmh.median(), moved);
    }

    /**
     * Of several attempts the first that decides counts, so that nobody tries until the answer pleases; else the last.
     *
     * @throws IllegalArgumentException if there is none
     */
    static Agreement ofAll(List<Attempt> attempts) {
        if (attempts.isEmpty()) {
            throw new IllegalArgumentException("there is no attempt");
        }
        List<Agreement> agreements = attempts.stream().map(Agreement::of).toList();
        return agreements.stream().filter(agreement -> agreement.outcome != Outcome.NOT_DECIDED).findFirst().orElse(agreements.getLast());
    }

    /** One JVM's median, with the interval of Student's t over the logarithms of several parts of its samples. */
    static Interval ofParts(double median, double[] partMedians) {
        double half = halfWidth(partMedians, 0);
        return new Interval(median, median * Math.exp(-half), median * Math.exp(half));
    }

    private static Interval side(List<Interval> jvms) {
        double[] medians = jvms.stream().mapToDouble(Interval::median).toArray();
        double ownVariance = jvms.stream().mapToDouble(jvm -> {
            double error = Math.log(jvm.high() / jvm.low()) / (2 * NORMAL_95);
            return error * error;
        }).average().orElseThrow();
        double half = Math.max(Math.log1p(LEAST_HALF), halfWidth(medians, ownVariance));
        double center = Math.exp(Arrays.stream(medians).map(Math::log).average().orElseThrow());
        return new Interval(center, center * Math.exp(-half), center * Math.exp(half));
    }

    /** Of the 95 % interval of the mean logarithm. */
    private static double halfWidth(double[] times, double leastVariance) {
        if (times.length < 2) {
            return Double.POSITIVE_INFINITY;
        }
        double[] logs = Arrays.stream(times).map(Math::log).toArray();
        double mean = Arrays.stream(logs).average().orElseThrow();
        double variance = Arrays.stream(logs).map(log -> (log - mean) * (log - mean)).sum() / (logs.length - 1);
        return TDistribution.of(logs.length - 1).inverseSurvivalProbability(OUTSIDE_95 / 2)
                * Math.sqrt(Math.max(variance, leastVariance) / logs.length);
    }

    private static double halfWidth(Interval interval) {
        return interval.high() / interval.median() - 1;
    }

    private static boolean isRate(Double value) {
        return value != null && value > 0 && value < Double.POSITIVE_INFINITY;
    }

    private static boolean isTime(Interval interval) {
        return interval != null && isRate(interval.low()) && isRate(interval.high())
                && interval.low() <= interval.median() && interval.median() <= interval.high();
    }

    private static String percent(String words, double is, double tolerated) {
        return String.format(Locale.ROOT, words, 100 * is, 100 * tolerated);
    }
}
