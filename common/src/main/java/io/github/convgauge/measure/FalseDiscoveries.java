package io.github.convgauge.measure;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Many tests at once: of hundreds of rows in which nothing changed, some have a small p by chance. Adjusts p values so
 * that, where those up to a level are called changes, the expected share of false ones among them is at most that level
 * (Benjamini and Hochberg, Controlling the False Discovery Rate, Journal of the Royal Statistical Society B 57(1), 1995). Where
 * nothing changed at all, every call is false, and the level bounds the probability of a single one.
 */
public final class FalseDiscoveries {
    private FalseDiscoveries() {}

    /** The adjusted values, in the order of the given ones. */
    public static double[] adjust(double[] p) {
        int[] order = IntStream.range(0, p.length).boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> p[i]).reversed())
                .mapToInt(Integer::intValue).toArray();
        double[] adjusted = new double[p.length];
        double least = 1;
        for (int i = 0; i < order.length; i++) {
            int rank = order.length - i;
            least = Math.min(least, p[order[i]] * order.length / rank);
            adjusted[order[i]] = least;
        }
        return adjusted;
    }
}
