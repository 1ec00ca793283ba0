package io.github.convgauge.measure;

import java.util.Arrays;
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
 * <p>A whole run may fall into a time when the machine is busy, and one such run hides what four others show. What disturbs a run only ever
 * makes it slower. From five runs on each side on, the test is therefore made as well without the slowest two fifths of either side, in the way of
 * Yuen (The two-sample trimmed t for unequal population variances, Biometrika 61(1), 1974), who trims both ends alike; of the two tests the one that
 * knows more counts, which is the one with the narrower interval, and its p is doubled, since there were two chances. Simulations in docs/compare.md and ShiftTest show that it keeps its promise.
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
    private static final double OUTSIDE_95 = 0.05;
    /** Runs of which two fifths are whole ones. */
    private static final int FEWEST_TO_TRIM = 5;

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
        Shift plain = test(before, after, 1, freedom(before, after));
        if (base.size() < FEWEST_TO_TRIM || fresh.size() < FEWEST_TO_TRIM) {
            return plain;
        }
        Shift whole = test(before, after, 2, freedom(before, after));
        Side lowBefore = Side.trimmed(base);
        Side lowAfter = Side.trimmed(fresh);
        // Welch's degrees are too many for trimmed samples of unlike sizes (simulated: three times the errors, with 5 and 20 runs).
        double freedom = base.size() == fresh.size() ? freedom(lowBefore, lowAfter) : Math.min(lowBefore.runs, lowAfter.runs) - 1;
        Shift trimmed = test(lowBefore, lowAfter, 2, freedom);
        return trimmed.high / trimmed.low < whole.high / whole.low ? trimmed : whole;
    }

    /** One of several tests at once: p is multiplied with their number, and intervals are as much wider. */
    private static Shift test(Side before, Side after, int tests, double freedom) {
        double difference = after.mean - before.mean;
        double error = Math.sqrt(before.varianceBeside(after) + after.varianceBeside(before));
        if (error == 0) {
            return new Shift(Math.exp(difference), Math.exp(difference), Math.exp(difference), difference == 0 ? 1 : 0, true);
        }
        TDistribution t = TDistribution.of(freedom);
        double half = t.inverseSurvivalProbability(OUTSIDE_95 / 2 / tests) * error;
        return new Shift(
                Math.exp(difference), Math.exp(difference - half), Math.exp(difference + half),
                Math.min(1, 2 * tests * t.survivalProbability(Math.abs(difference) / error)), true);
    }

    /** Degrees of freedom after Welch and Satterthwaite; those of the other side where one has a single run. */
    private static double freedom(Side before, Side after) {
        if (before.runs == 1) {
            return after.runs - 1;
        }
        double varianceBefore = before.varianceBeside(after);
        double varianceAfter = after.varianceBeside(before);
        double sum = varianceBefore + varianceAfter;
        if (after.runs == 1 || sum == 0) {
            return before.runs - 1;
        }
        return sum * sum / (varianceBefore * varianceBefore / (before.runs - 1) + varianceAfter * varianceAfter / (after.runs - 1));
    }

    /** Whether no change at all is outside of what this says: the whole interval lies within the factor, up or down. */
    public boolean within(double factor) {
        return low >= 1 / factor && high <= factor;
    }

    /**
     * The logarithms of one side's medians.
     *
     * @param runs how many count: without those that are trimmed
     * @param variance of one run around another; 0 with one run
     * @param ownVariance of a run's median as its own interval has it, on average
     */
    private record Side(int runs, double mean, double variance, double varianceOfMean, double ownVariance) {
        /** Of the mean; a single run is as uncertain as one of the other side's. */
        double varianceBeside(Side other) {
            return runs > 1 ? varianceOfMean : Math.max(other.variance, ownVariance);
        }

        static Side of(List<Interval> intervals) {
            double[] logs = logs(intervals);
            double mean = mean(logs);
            double variance = variance(logs, mean);
            double own = own(intervals);
            return new Side(logs.length, mean, variance, Math.max(variance, own) / logs.length, own);
        }

        /** Without the slowest two fifths; for their variance, these are taken to be as slow as the slowest that is kept. */
        static Side trimmed(List<Interval> intervals) {
            double[] logs = logs(intervals);
            int kept = logs.length - 2 * logs.length / FEWEST_TO_TRIM;
            double mean = mean(Arrays.copyOf(logs, kept));
            Arrays.fill(logs, kept, logs.length, logs[kept - 1]);
            double variance = variance(logs, mean(logs));
            double own = own(intervals);
            double ofMean = variance * (logs.length - 1) / kept / (kept - 1);
            return new Side(kept, mean, variance, Math.max(ofMean, own / kept), own);
        }

        /** In ascending order. */
        private static double[] logs(List<Interval> intervals) {
            return intervals.stream().mapToDouble(interval -> Math.log(interval.median())).sorted().toArray();
        }

        private static double mean(double[] logs) {
            return Arrays.stream(logs).sum() / logs.length;
        }

        private static double variance(double[] logs, double mean) {
            return logs.length == 1 ? 0 : Arrays.stream(logs).map(log -> (log - mean) * (log - mean)).sum() / (logs.length - 1);
        }

        private static double own(List<Interval> intervals) {
            return intervals.stream().mapToDouble(interval -> {
                double error = (Math.log(interval.high()) - Math.log(interval.low())) / (2 * NORMAL_95);
                return error * error;
            }).average().orElseThrow();
        }
    }
}
