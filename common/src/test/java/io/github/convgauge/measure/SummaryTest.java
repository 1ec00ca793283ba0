package io.github.convgauge.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SummaryTest {
    private static final double[] ELEVEN = {100, 103, 98, 101, 250, 99, 102, 97, 100.5, 3, 101.5};

    @Test
    void agreesWithNumPy() {
        // import numpy as np  # 2.4
        // x = np.array([100., 103, 98, 101, 250, 99, 102, 97, 100.5, 3, 101.5])
        // q1, q3 = np.percentile(x, [25, 75]); i = q3 - q1
        // np.median(x), i, x.min(), ((x < q1 - 1.5 * i) | (x > q3 + 1.5 * i)).sum()  -> 100.5, 3.25, 3.0, 2
        Summary summary = Summary.of(ELEVEN, 1);
        assertEquals(100.5, summary.medianNs());
        assertEquals(3.25, summary.iqrNs());
        assertEquals(3.0, summary.minNs());
        assertEquals(2, summary.outliers());
        assertEquals(11, summary.samples(), "outliers are counted, not dropped");
    }

    @Test
    void evenCountsAgreeWithNumPy() {
        // y = np.array([1., 2, 3, 10]); q1, q3 = np.percentile(y, [25, 75])
        // np.median(y), q3 - q1, q3 + 1.5 * (q3 - q1)  -> 2.5, 3.0, 9.25
        Summary summary = Summary.of(new double[] {10, 1, 3, 2}, 1);
        assertEquals(2.5, summary.medianNs());
        assertEquals(3.0, summary.iqrNs());
        assertEquals(1, summary.outliers());
    }

    @Test
    void onTheFenceIsInside() {
        // The quartiles are 2 and 4, so the upper fence is 4 + 1.5 * 2 = 7.
        assertEquals(0, Summary.of(new double[] {2, 2, 2, 3, 4, 4, 7}, 1).outliers());
        assertEquals(1, Summary.of(new double[] {2, 2, 2, 3, 4, 4, 7.001}, 1).outliers());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, -7, 123456789})
    void theIntervalIsThatOfTheExactBootstrapDistribution(long seed) {
        // The median of a resample of n = 11 is at most the k-th smallest with probability
        // P(Bin(11, k/11) >= 6): 97: .007, 98: .051, ..., 101.5: .949, 102: .993. From Python:
        // [sum(comb(11, j) * (k/11)**j * (1 - k/11)**(11 - j) for j in range(6, 12)) for k in range(12)]
        Summary summary = Summary.of(ELEVEN, seed);
        assertEquals(98, summary.ci95LowNs());
        assertEquals(102, summary.ci95HighNs());
        assertEquals(2 / 100.5, summary.relativeHalfWidth(), 1e-15);
    }

    @Test
    void resamplesOfEvenSizeHaveTheMeanOfTheTwoInTheMiddle() {
        // All 6**6 resamples of 1 to 6, counted in Python: the median is at most 1 with probability .009, 1.5: .035,
        // ..., 5: .965, 5.5: .991.
        Summary summary = Summary.of(new double[] {1, 2, 3, 4, 5, 6}, 1);
        assertEquals(List.of(1.5, 5.5), List.of(summary.ci95LowNs(), summary.ci95HighNs()));
    }

    @Test
    void wholeRoundsAreDrawn() {
        // Five rounds of 40 equal samples, at 1 to 5. The median of five drawn rounds is 1 with
        // probability P(Bin(5, 0.2) >= 3) = 0.058, above 0.025, and 5 likewise. Were the 200 samples drawn one by one,
        // it would be below 3 with probability P(Bin(200, 0.4) >= 100) = 0.002 only.
        List<double[]> rounds = DoubleStream.of(1, 2, 3, 4, 5)
                .mapToObj(level -> DoubleStream.generate(() -> level).limit(40).toArray())
                .toList();
        Summary byRounds = Summary.of(rounds, 5);
        assertEquals(List.of(1.0, 5.0), List.of(byRounds.ci95LowNs(), byRounds.ci95HighNs()));
        Summary pooled = Summary.of(rounds.stream().flatMapToDouble(Arrays::stream).toArray(), 5);
        assertEquals(List.of(3.0, 3.0), List.of(pooled.ci95LowNs(), pooled.ci95HighNs()));
        assertEquals(byRounds.medianNs(), pooled.medianNs());
    }

    @Test
    void samplesAreDrawnWithinRounds() {
        // Two equal rounds: without a second stage every resample would be both of them, with the median 3.
        double[] round = {1, 2, 3, 4, 5};
        Summary summary = Summary.of(List.of(round, round), 3);
        assertTrue(summary.ci95LowNs() < 3 && summary.ci95HighNs() > 3, summary.toString());
    }

    @Test
    void theIntervalHoldsTheTrueMedianAboutNineteenTimesInTwenty() {
        int inside = 0;
        int trials = 1000;
        for (int seed = 0; seed < trials; seed++) {
            // Skewed as times are: a floor and an exponential tail. Its median is 100 + 10 ln 2.
            SplittableRandom random = new SplittableRandom(seed);
            double[] nanos = random.doubles(60).map(u -> 100 - 10 * Math.log(1 - u)).toArray();
            inside += holds(Summary.of(nanos, seed), 100 + 10 * Math.log(2)) ? 1 : 0;
        }
        // The standard error of 0.95 over 1000 trials is 0.007.
        assertEquals(0.95, inside / (double) trials, 0.025);
    }

    @Test
    void theIntervalHoldsItAlsoWhereRoundsDiffer() {
        int byRounds = 0;
        int pooled = 0;
        int trials = 300;
        for (int seed = 0; seed < trials; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<double[]> rounds = new ArrayList<>();
            for (int r = 0; r < 12; r++) {
                double level = 100 + random.nextGaussian();
                rounds.add(DoubleStream.generate(() -> level + random.nextGaussian()).limit(40).toArray());
            }
            byRounds += holds(Summary.of(rounds, seed), 100) ? 1 : 0;
            pooled += holds(Summary.of(rounds.stream().flatMapToDouble(Arrays::stream).toArray(), seed), 100) ? 1 : 0;
        }
        assertEquals(0.95, byRounds / (double) trials, 0.06);
        assertTrue(pooled < 0.5 * trials, "samples of one round are not independent, yet it held %d times".formatted(pooled));
    }

    @Test
    void theSeedDecidesTheInterval() {
        double[] nanos = new SplittableRandom(1).doubles(51).toArray();
        assertEquals(Summary.of(nanos, 7), Summary.of(nanos, 7));
        assertNotEquals(Summary.of(nanos, 7), Summary.of(nanos, 8));
    }

    @Test
    void roundsMayBeUnequalOrEmpty() {
        Summary summary = Summary.of(List.of(new double[] {5}, new double[0], new double[] {1, 2, 3}), 1);
        assertEquals(4, summary.samples());
        assertEquals(2.5, summary.medianNs());
        assertEquals(1, summary.ci95LowNs());
        assertEquals(5, summary.ci95HighNs());
    }

    @Test
    void tiesAreCounted() {
        Summary summary = Summary.of(new double[] {7, 7, 7, 7}, 1);
        assertEquals(new Summary(7, 0, 7, 7, 7, 4, 0), summary);
        assertEquals(0, summary.relativeHalfWidth());
    }

    @Test
    void oneSampleHasNoInterval() {
        Summary summary = Summary.of(new double[] {42}, 1);
        assertEquals(new Summary(42, 0, 42, 42, 42, 1, 0), summary);
        assertEquals(Double.POSITIVE_INFINITY, summary.relativeHalfWidth());
    }

    @Test
    void nothingIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Summary.of(new double[0], 1));
        assertThrows(IllegalArgumentException.class, () -> Summary.of(List.of(), 1));
    }

    @Test
    void theSamplesAreLeftAsTheyWere() {
        double[] nanos = ELEVEN.clone();
        Summary.of(nanos, 1);
        assertEquals(Arrays.toString(ELEVEN), Arrays.toString(nanos));
    }

    private static boolean holds(Summary summary, double truth) {
        return summary.ci95LowNs() <= truth && truth <= summary.ci95HighNs();
    }
}
