package io.github.convgauge.measure;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How long one row takes compared with another: below 1, the first is faster. Each round gives one
 * ratio, that of the two rows' medians in it, so that what slows the machine down for a while slows
 * both and cancels.
 *
 * @param median of the rounds' ratios
 * @param low their first quartile
 * @param high their third quartile
 */
public record Ratio(double median, double low, double high) {
    /**
     * The ratio over the rounds that both rows have.
     *
     * @param numeratorRounds samples by round; the index is the round, and a row that missed one has
     *     an empty array there
     * @param denominatorRounds the same, of the row that is compared with
     * @throws IllegalArgumentException if they have no round in common
     */
    public static Ratio of(List<double[]> numeratorRounds, List<double[]> denominatorRounds) {
        double[] ratios = IntStream.range(0, Math.min(numeratorRounds.size(), denominatorRounds.size()))
                .filter(r -> numeratorRounds.get(r).length > 0 && denominatorRounds.get(r).length > 0)
                .mapToDouble(r -> Summary.median(numeratorRounds.get(r)) / Summary.median(denominatorRounds.get(r)))
                .toArray();
        if (ratios.length == 0) {
            throw new IllegalArgumentException("the two rows have no round in common, so there is no ratio");
        }
        double[] quartiles = Summary.quartiles(ratios);
        return new Ratio(Summary.median(ratios), quartiles[0], quartiles[1]);
    }
}
