package io.github.convgauge.check;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How far an answer is from the reference, as result lines carry it. Figures that are not finite
 * (an output was NaN) are null, since JSON has no such numbers.
 *
 * @param tier the last tier reached: {@code exact}, {@code bound} or {@code repeat}; the figures
 *     are those of the row's own data once it got as far as {@code bound}
 * @param l2VsPytorch norm of the difference to PyTorch's answer (notebook way), where there is one
 */
public record Agreement(
        String tier,
        @JsonProperty("max_err_over_bound") Double maxErrorOverBound,
        @JsonProperty("rel_l2") Double relativeL2,
        @JsonProperty("l2") Double l2,
        @JsonProperty("max_ulp") Double maxUlp,
        @JsonProperty("l2_vs_pytorch") Double l2VsPytorch) {

    /** @param l2VsYardstick NaN where there is nothing to compare with */
    public static Agreement of(String tier, Comparison comparison, double l2VsYardstick) {
        return new Agreement(
                tier,
                finite(comparison.maxErrorOverBound()),
                finite(comparison.relativeL2()),
                finite(comparison.l2()),
                finite(comparison.maxUlp()),
                finite(l2VsYardstick));
    }

    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
