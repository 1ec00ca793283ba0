package io.github.convgauge.measure;

import java.util.List;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * By how much a time moved from one set of runs to another: the ratio of the two geometric means of the
 * runs' medians, with what is known of its uncertainty.
 *
 * <p>Runs are the units, since what differs between two processes (where memory came to lie, what the JIT compiled
 * when, which variant a tuner chose) is shared by all samples of one and is in no interval of one. With several runs on
 * both sides this is Welch's t test on the logarithms of their medians, whose variances need not be equal; with one run on a side, its
 * spread is taken to be that of the other side. How well a run knows its own median is part of the spread of runs
 * already, but a few runs may agree by chance: their variance is never taken to be less than that of their own intervals.
 *
 * @param ratio new over base: above 1 is slower
 * @param low lower end of the ratio's 95 % interval
 * @param high its upper end
 * @param p probability of a ratio at least as far from 1 if nothing had changed; NaN where there is one run on each side, since nobody
 *     knows how much runs differ
 * @param apart whether the intervals of the two single runs do not overlap; true where there are more runs, which {@code p} judges
 */
public record Shift(double ratio, double low, double high, double p, boolean apart) {
    /** Half a 95 % interval in standard errors, where runs' own intervals are turned back into them. */
    private static final double NORMAL_95 = 1.959963984540054;
    private static final double UPPER_95 = 0.975;

    /**
     * The shift between two sets of runs.
     *
     * @param base one interval of the median for each run, none of them empty; all above 0
     * @param fresh the same of the runs that are compared with them
     * @throws IllegalArgumentException if a side has no run
     */
    public static Shift between(List<Interval> base, List<Interval> fresh) {
        if (base.isEmpty() || fresh.isEmpty()) {
            throw new IllegalArgumentException("a side has no run");
        }
        Side before = Side.of(base);
        Side after = Side.of(fresh);
        double difference = after.mean - before.mean;
        if (before.runs == 1 && after.runs == 1) {
            double half = NORMAL_95 * Math.sqrt(before.ownVariance + after.ownVariance);
            boolean apart = base.getFirst().isBelow(fresh.getFirst()) || fresh.getFirst().isBelow(base.getFirst());
            return new Shift(Math.exp(difference), Math.exp(difference - half), Math.exp(difference + half), Double.NaN, apart);
        }
        // A single run is as uncertain as one of the other side's.
        double varianceBefore = before.runs > 1 ? before.varianceOfMean() : Math.max(after.variance, before.ownVariance);
        double varianceAfter = after.runs > 1 ? after.varianceOfMean() : Math.max(before.variance, after.ownVariance);
        double error = Math.sqrt(varianceBefore + varianceAfter);
        if (error == 0) {
            return new Shift(Math.exp(difference), Math.exp(difference), Math.exp(difference), difference == 0 ? 1 : 0, true);
        }
        TDistribution t = TDistribution.of(freedom(before, varianceBefore, after, varianceAfter));
        double half = t.inverseCumulativeProbability(UPPER_95) * error;
        return new Shift(
                Math.exp(difference), Math.exp(difference - half), Math.exp(difference + half),
                2 * t.survivalProbability(Math.abs(difference) / error), true);
    }

    /** Degrees of freedom after Welch and Satterthwaite; those of the other side where one has a single run. */
    private static double freedom(Side before, double varianceBefore, Side after, double varianceAfter) {
        if (before.runs == 1) {
            return after.runs - 1;
        }
        if (after.runs == 1) {
            return before.runs - 1;
        }
        double sum = varianceBefore + varianceAfter;
        return sum * sum / (varianceBefore * varianceBefore / (before.runs - 1) + varianceAfter * varianceAfter / (after.runs - 1));
    }

    /** Whether no change at all is outside of what this says: the whole interval lies within the factor, up or down. */
    public boolean within(double factor) {
        return low >= 1 / factor && high <= factor;
    }

    /**
     * The logarithms of one side's medians.
     *
     * @param variance of one run around another, of the sample; 0 with one run
     * @param ownVariance of a run's median as its own interval has it, on average
     */
    private record Side(int runs, double mean, double variance, double ownVariance) {
        static Side of(List<Interval> intervals) {
            double[] logs = intervals.stream().mapToDouble(interval -> Math.log(interval.median())).toArray();
            double mean = 0;
            for (double log : logs) {
                mean += log / logs.length;
            }
            double squares = 0;
            for (double log : logs) {
                squares += (log - mean) * (log - mean);
            }
            double own = intervals.stream().mapToDouble(Side::ownVariance).average().orElseThrow();
            return new Side(logs.length, mean, logs.length > 1 ? squares / (logs.length - 1) : 0, own);
        }

        private static double ownVariance(Interval interval) {
            double error = (Math.log(interval.high()) - Math.log(interval.low())) / (2 * NORMAL_95);
            return error * error;
        }

        double varianceOfMean() {
            return Math.max(variance, ownVariance) / runs;
        }
    }
}
