package io.github.convgauge.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RatioTest {
    private static final double[] NONE = {};

    @Test
    void agreesWithNumPy() {
        // num = [[10, 11, 12], [20, 22, 21, 40], [9, 9]]; den = [[5, 5, 6], [10, 10], [3, 4, 5], [1]]
        // r = [np.median(a) / np.median(b) for a, b in zip(num, den)]
        // np.median(r), np.percentile(r, [25, 75])  -> 2.2, [2.175, 2.225]
        Ratio ratio = Ratio.of(
                List.of(new double[] {10, 11, 12}, new double[] {20, 22, 21, 40}, new double[] {9, 9}),
                List.of(new double[] {5, 5, 6}, new double[] {10, 10}, new double[] {3, 4, 5}, new double[] {1}));
        assertEquals(2.2, ratio.median(), 1e-15);
        assertEquals(2.175, ratio.low(), 1e-15);
        assertEquals(2.225, ratio.high(), 1e-15);
    }

    @Test
    void aMachineThatSlowsDownForBothCancels() {
        List<double[]> fast = IntStream.range(1, 8).mapToObj(r -> new double[] {3.0 * r * r}).toList();
        List<double[]> slow = IntStream.range(1, 8).mapToObj(r -> new double[] {6.0 * r * r}).toList();
        assertEquals(new Ratio(0.5, 0.5, 0.5), Ratio.of(fast, slow));
        assertEquals(new Ratio(2, 2, 2), Ratio.of(slow, fast));
    }

    @Test
    void onlyRoundsThatBothHaveCount() {
        assertEquals(
                new Ratio(3, 3, 3),
                Ratio.of(
                        List.of(new double[] {1}, NONE, new double[] {30}, new double[] {1000}),
                        List.of(NONE, new double[] {1}, new double[] {10})));
    }

    @Test
    void withoutACommonRoundThereIsNone() {
        assertThrows(IllegalArgumentException.class, () -> Ratio.of(List.of(), List.of()));
        assertThrows(
                IllegalArgumentException.class,
                () -> Ratio.of(List.of(new double[] {1}, NONE), List.of(NONE, new double[] {1})));
    }
}
