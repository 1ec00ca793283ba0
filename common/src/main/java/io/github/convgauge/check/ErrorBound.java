package io.github.convgauge.check;

import io.github.convgauge.backend.ErrorLaw;
import io.github.convgauge.tensor.DType;

/**
 * How far a computed output may be from the reference. docs/methodology.md derives it.
 *
 * <p>For a sum of n products in floating point with unit roundoff u, in any order, with or without
 * fused multiply-adds, |ŷ − y| ≤ γ(n)·Σ|x||w| with γ(n) = n·u/(1 − n·u) (Higham, Accuracy and
 * Stability of Numerical Algorithms, 2nd ed., section 3.1).
 */
final class ErrorBound {
    /** The law of algorithms that sum the products of the definition. */
    static final ErrorLaw SUMMATION = (terms, u, absSum, scale) -> gamma(terms, u) * absSum;

    private final ErrorLaw law;
    private final DType dtype;
    private final long terms;
    private final double scale;
    private final double gamma64;

    /** @param scale as in {@link ErrorLaw} */
    ErrorBound(ErrorLaw law, DType dtype, long terms, double scale) {
        this.law = law;
        this.dtype = dtype;
        this.terms = terms;
        this.scale = scale;
        this.gamma64 = gamma(terms, DType.F64.unitRoundoff());
    }

    /** γ(n) = n·u/(1 − n·u). */
    static double gamma(long n, double u) {
        double nu = n * u;
        if (nu >= 1) {
            throw new IllegalArgumentException("sums of %d products have no bound at u = %s".formatted(n, u));
        }
        return nu / (1 - nu);
    }

    /**
     * The bound of one output.
     *
     * @param y the reference
     * @param absSum the reference's Σ|x||w|, which is itself rounded: it may be too small by γ64
     */
    double of(double y, double absSum) {
        double sum = absSum * (1 + 2 * gamma64);
        // Each product and each sum may be flushed, where they are not fused.
        double flushedToZero = 2 * terms * dtype.minNormal();
        return law.bound(terms, dtype.unitRoundoff(), sum, scale) + ofReference(y, sum) + flushedToZero;
    }

    /** The reference's own error: a plain sum in fp64 for narrower dtypes, a compensated one for fp64. */
    private double ofReference(double y, double sum) {
        return dtype == DType.F64
                ? DType.F64.unitRoundoff() * Math.abs(y) + gamma64 * gamma64 * sum
                : gamma64 * sum;
    }
}
