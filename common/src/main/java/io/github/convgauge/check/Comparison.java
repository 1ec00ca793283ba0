package io.github.convgauge.check;

import java.util.List;
import java.util.Optional;

/**
 * An output held against its reference.
 *
 * @param wrong outputs outside their bound (in the exact tier: not equal)
 * @param firstWrong the first ten of them
 * @param unwritten outputs that still hold what they were filled with
 * @param maxErrorOverBound the largest |ŷ − y| / bound
 * @param l2 the Euclidean norm of ŷ − y
 * @param relativeL2 l2 over the norm of y; 0 where both are 0
 * @param maxUlp the largest |ŷ − y| in units in the last place of y, in the dtype of ŷ
 * @param zeros the share of expected zeros, or of outputs so small that 0 is within their bound, among
 *     the outputs that see the input at all
 * @param unbounded outputs for which there is no bound, because their sum may overflow or is not
 *     finite to begin with; none of them is wrong, and the figures above leave them out where they can
 */
public record Comparison(
        long wrong, List<Mismatch> firstWrong, long unwritten,
        double maxErrorOverBound, double l2, double relativeL2, double maxUlp, double zeros, long unbounded) {
    /** Above this share of zeros an answer is not believed; benchdnn's limit. */
    static final double MAX_ZEROS = 0.30;

    /** Why agreement here would prove little, if so. */
    public Optional<String> distrust() {
        if (unbounded > 0) {
            return Optional.of(unbounded + " outputs have no error bound: their sums are not finite or may overflow");
        }
        return zeros > MAX_ZEROS
                ? Optional.of(String.format(
                        "%.0f %% of the expected outputs are zero or too small to tell; more than %.0f %% cannot tell right from wrong",
                        100 * zeros, 100 * MAX_ZEROS))
                : unwritten > 0 && wrong == 0
                        ? Optional.of(unwritten + " outputs were never written and could not be told from the expected ones")
                        : Optional.empty();
    }
}
