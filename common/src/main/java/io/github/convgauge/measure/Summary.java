package io.github.convgauge.measure;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.statistics.descriptive.Median;
import org.apache.commons.statistics.descriptive.Quantile;
import org.apache.commons.statistics.descriptive.Quantile.EstimationMethod;

/**
 * What the samples of one row say.
 *
 * @param medianNs median over all samples of all rounds, in nanoseconds
 * @param iqrNs third less first quartile (Hyndman and Fan's type 7, as NumPy's percentile)
 * @param minNs the smallest
 * @param ci95LowNs lower end of the 95 % interval of the median, a percentile bootstrap by rounds
 *     (see {@link #of(List, long)})
 * @param ci95HighNs its upper end
 * @param samples how many there are
 * @param outliers how many of them lie more than 1.5 interquartile ranges below the first or above
 *     the third quartile (Tukey, Exploratory Data Analysis, 1977); they are counted, never dropped
 */
public record Summary(
        double medianNs, double iqrNs, double minNs, double ci95LowNs, double ci95HighNs, int samples, int outliers) {
    private static final int RESAMPLES = 1000;
    private static final double FENCE = 1.5;

    /** Samples of one round only: the interval then knows nothing of how rounds differ. */
    public static Summary of(double[] nanos, long seed) {
        return of(List.of(nanos), seed);
    }

    /**
     * Summarizes the samples of interleaved rounds.
     *
     * <p>Samples inside a round are correlated, since they share what the machine did just then. A
     * bootstrap of single samples would take a thousand of them for a thousand independent ones and give
     * an interval far too narrow. Here whole rounds are drawn, then samples within each (1000
     * resamples). Few rounds tell little about how rounds differ, so the interval of two or three of
     * them is still too narrow; that of a single sample is the sample itself.
     *
     * @param rounds samples by round, in nanoseconds; empty rounds are passed over
     * @param seed of the resampling
     * @throws IllegalArgumentException if there is no sample
     */
    public static Summary of(List<double[]> rounds, long seed) {
        return of(rounds, seed, RESAMPLES);
    }

    /** With fewer resamples than the result deserves, for decisions that are taken again and again. */
    static Summary of(List<double[]> rounds, long seed, int resamples) {
        List<double[]> taken = rounds.stream().filter(round -> round.length > 0).toList();
        if (taken.isEmpty()) {
            throw new IllegalArgumentException("there is no sample to summarize");
        }
        double[] all = taken.stream().flatMapToDouble(Arrays::stream).toArray();
        double[] quartiles = quartiles(all);
        double iqr = quartiles[1] - quartiles[0];
        double lowFence = quartiles[0] - FENCE * iqr;
        double highFence = quartiles[1] + FENCE * iqr;
        double[] interval = new MedianBootstrap(taken).interval95(resamples, seed);
        return new Summary(
                median(all), iqr, Arrays.stream(all).min().orElseThrow(), interval[0], interval[1], all.length,
                (int) Arrays.stream(all).filter(t -> t < lowFence || t > highFence).count());
    }

    /** Half the width of the interval, over the median; infinite for a single sample, which has none. */
    public double relativeHalfWidth() {
        return samples < 2 ? Double.POSITIVE_INFINITY : (ci95HighNs - ci95LowNs) / 2 / medianNs;
    }

    static double median(double[] values) {
        return Median.withDefaults().evaluate(values);
    }

    /** The first and the third. */
    static double[] quartiles(double[] values) {
        return Quantile.withDefaults().with(EstimationMethod.HF7).evaluate(values, 0.25, 0.75);
    }
}
