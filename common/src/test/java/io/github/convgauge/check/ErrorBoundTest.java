package io.github.convgauge.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.ErrorLaw;
import io.github.convgauge.tensor.DType;
import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;

class ErrorBoundTest {
    private static final double U32 = 0x1p-24;
    private static final double U64 = 0x1p-53;

    @Test
    void gammaIsHighams() {
        for (long n : new long[] {1, 2, 72, 20_800, 1L << 23}) {
            for (double u : new double[] {U32, U64}) {
                BigDecimal nu = new BigDecimal(u).multiply(BigDecimal.valueOf(n));
                double expected = nu.divide(BigDecimal.ONE.subtract(nu), MathContext.DECIMAL128).doubleValue();
                assertEquals(expected, ErrorBound.gamma(n, u), 4 * Math.ulp(expected), "n " + n + ", u " + u);
            }
        }
    }

    @Test
    void gammaHasAnEnd() {
        assertThrows(IllegalArgumentException.class, () -> ErrorBound.gamma(1L << 24, U32));
        assertThrows(IllegalArgumentException.class, () -> ErrorBound.gamma(1L << 25, U32));
        assertTrue(ErrorBound.gamma((1L << 24) - 1, U32) > 1e6);
    }

    /** γ(n)·S, the reference's own error, and what lies below the normal numbers: each has its part. */
    @Test
    void f32AddsThePlainSumOfTheReference() {
        ErrorBound bound = new ErrorBound(ErrorBound.SUMMATION, DType.F32, 72, 0);
        double expected = ErrorBound.gamma(72, U32) * 10 + ErrorBound.gamma(72, U64) * 10 + 2 * 72 * Float.MIN_NORMAL;
        assertEquals(expected, bound.of(3, 10), 1e-12 * expected);
        assertEquals(2 * 72 * Float.MIN_NORMAL, bound.of(0, 0));
    }

    @Test
    void f64AddsTheCompensatedSumOfTheReference() {
        ErrorBound bound = new ErrorBound(ErrorBound.SUMMATION, DType.F64, 72, 0);
        double gamma = ErrorBound.gamma(72, U64);
        double expected = gamma * 10 + U64 * 3 + gamma * gamma * 10;
        assertEquals(expected, bound.of(-3, 10), 1e-12 * expected);
        assertTrue(bound.of(-3, 10) > expected - 1e-12 * expected);
        assertEquals(2 * 72 * Double.MIN_NORMAL, bound.of(0, 0));
    }

    @Test
    void anAlgorithmMayBringItsOwnLaw() {
        ErrorLaw norms = (terms, u, absSum, scale) -> 7 * u * scale + 0 * terms * absSum;
        double bound = new ErrorBound(norms, DType.F32, 9, 1000).of(0, 1);
        assertEquals(7 * U32 * 1000, bound, 1e-9 * bound);
    }
}
