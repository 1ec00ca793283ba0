package io.github.convgauge.measure;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.apache.commons.statistics.descriptive.Quantile;
import org.apache.commons.statistics.descriptive.Quantile.EstimationMethod;

/**
 * The percentile bootstrap interval of a median (Efron and Tibshirani, An Introduction to the
 * Bootstrap, 1993, chapter 13), by rounds: samples of one round share the state that the machine was
 * in, so a round that is drawn brings its own samples, not those of others. Each resample draws as
 * many rounds as there are, with replacement, and then from each as many samples as it has, again
 * with replacement (Davison and Hinkley, Bootstrap Methods and their Application, 1997, section
 * 3.8). With one round this is the ordinary bootstrap.
 *
 * <p>It works on ranks: a resample is how often each sorted sample was drawn, and its median is found
 * by adding up, which costs one pass and no sorting.
 */
final class MedianBootstrap {
    private static final double LOW = 0.025;
    private static final double HIGH = 0.975;

    private final double[] sorted;
    private final int[][] ranks;
    private final int[] drawn;

    /** @param rounds none of them empty */
    MedianBootstrap(List<double[]> rounds) {
        sorted = rounds.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
        ranks = rounds.stream()
                .map(round -> Arrays.stream(round).mapToInt(value -> Arrays.binarySearch(sorted, value)).toArray())
                .toArray(int[][]::new);
        drawn = new int[sorted.length];
    }

    /** The ends of the 95 % interval. */
    double[] interval95(int resamples, long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        double[] medians = new double[resamples];
        for (int i = 0; i < resamples; i++) {
            medians[i] = medianOfResample(random);
        }
        return Quantile.withDefaults().with(EstimationMethod.HF7).withCopy(false).evaluate(medians, LOW, HIGH);
    }

    private double medianOfResample(RandomGenerator random) {
        Arrays.fill(drawn, 0);
        long total = 0;
        for (int r = 0; r < ranks.length; r++) {
            int[] round = ranks[random.nextInt(ranks.length)];
            for (int s = 0; s < round.length; s++) {
                drawn[round[random.nextInt(round.length)]]++;
            }
            total += round.length;
        }
        return (atRank((total - 1) / 2) + atRank(total / 2)) / 2;
    }

    /** The value of the resample that has this many drawn before it. */
    private double atRank(long before) {
        long seen = drawn[0];
        int i = 0;
        while (seen <= before) {
            seen += drawn[++i];
        }
        return sorted[i];
    }
}
