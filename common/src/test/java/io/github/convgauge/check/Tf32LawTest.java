package io.github.convgauge.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.Tf32;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bound of TF32 against what tensor cores may do at worst, in software. */
class Tf32LawTest {
    private static final ConvProblem PROBLEM = ConvProblem.parse("mb2ic19ih9iw8oc7kh3ph1");
    private static final long SEED = 32;

    /** The low 13 bits of f32 are what TF32 lacks: cut off, or rounded to nearest, ties away from zero. */
    private static final IntUnaryOperator CUT = bits -> bits & ~0x1fff;
    private static final IntUnaryOperator NEAREST = bits -> bits + 0x1000 & ~0x1fff;

    private static Tensor convolve(Operands operands, IntUnaryOperator toTf32) {
        ConvProblem p = PROBLEM;
        Tensor y = Tensor.allocate(DType.F32, p.ySizes());
        double[] x = operands.x().toDoubles();
        double[] w = operands.w().toDoubles();
        return y.fill(output -> {
            int o = (int) (output % p.oc());
            int j = (int) (output / p.oc() % p.ow());
            int i = (int) (output / p.oc() / p.ow() % p.oh());
            int n = (int) (output / p.oc() / p.ow() / p.oh());
            float sum = 0;
            for (int a = 0; a < p.kh(); a++) {
                for (int b = 0; b < p.kw(); b++) {
                    int h = i + a - p.padTop();
                    int v = j + b - p.padLeft();
                    for (int c = 0; c < p.ic() && h >= 0 && h < p.ih() && v >= 0 && v < p.iw(); c++) {
                        double product = (double) tf32(x[((n * p.ih() + h) * p.iw() + v) * p.ic() + c], toTf32)
                                * tf32(w[((a * p.kw() + b) * p.ic() + c) * p.oc() + o], toTf32);
                        sum = cutToFloat(sum + product);
                    }
                }
            }
            return sum;
        });
    }

    private static float tf32(double value, IntUnaryOperator toTf32) {
        return Float.intBitsToFloat(toTf32.applyAsInt(Float.floatToRawIntBits((float) value)));
    }

    /** Towards zero, as tensor cores sum. */
    private static float cutToFloat(double value) {
        float nearest = (float) value;
        return Math.abs(nearest) > Math.abs(value) ? Math.nextAfter(nearest, 0) : nearest;
    }

    private static Comparison compare(Fill fill, IntUnaryOperator toTf32, boolean lawOfTf32) {
        Operands operands = fill.operands(PROBLEM, DType.F32, SEED);
        Reference reference = Reference.compute(
                PROBLEM, operands, Arena.ofAuto().allocate(Reference.bytes(PROBLEM), 8));
        Checker checker = new Checker(PROBLEM, DType.F32, lawOfTf32 ? Optional.of(Tf32.LAW) : Optional.empty());
        Tensor y = convolve(operands, toTf32);
        return fill == Fill.INTEGER
                ? checker.compareExactly(operands, y, reference)
                : checker.compareWithinBound(operands, y, reference);
    }

    @Test
    void bothWaysToRoundAreWithinIt() {
        for (Fill fill : new Fill[] {Fill.UNIFORM, Fill.NORMAL}) {
            assertEquals(0, compare(fill, CUT, true).wrong());
            assertEquals(0, compare(fill, NEAREST, true).wrong());
        }
        // All of one sign and cut off, the errors add up: the bound must not be many times what can happen.
        assertTrue(compare(Fill.UNIFORM, CUT, true).maxErrorOverBound() > 0.2);
    }

    /** A row that is meant to be f32 and is TF32 does not pass: what PyTorch does where nobody looks. */
    @Test
    void tf32IsNotF32() {
        assertTrue(compare(Fill.UNIFORM, CUT, false).wrong() > 0);
        assertTrue(compare(Fill.UNIFORM, NEAREST, false).wrong() > 0);
    }

    /** They have five bits, and TF32 has eleven. */
    @Test
    void smallIntegersAreExact() {
        assertEquals(0, compare(Fill.INTEGER, CUT, true).wrong());
        assertEquals(0, compare(Fill.INTEGER, NEAREST, true).wrong());
    }

    @Test
    void itIsForF32From80On() throws Exception {
        Tf32.require(spec(DType.F32), OptionalInt.of(80));
        Tf32.require(spec(DType.F32), OptionalInt.of(120));
        assertEquals("TF32 is a form of f32, not of f64", refusal(DType.F64, OptionalInt.of(90)));
        assertEquals("TF32 needs compute capability 8.0, and the device has 7.5", refusal(DType.F32, OptionalInt.of(75)));
        assertEquals(
                "TF32 needs compute capability 8.0, and the device does not say which it has",
                refusal(DType.F32, OptionalInt.empty()));
    }

    private static String refusal(DType dtype, OptionalInt capability) {
        return assertThrows(UnsupportedConvException.class, () -> Tf32.require(spec(dtype), capability)).getMessage();
    }

    private static ConvSpec spec(DType dtype) {
        return new ConvSpec(PROBLEM, dtype, "0", "any", Regime.RESIDENT, Output.REUSED, 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1 << 22, Long.MAX_VALUE})
    void sumsBeyondAnyBoundAreAnError(long terms) {
        assertThrows(IllegalArgumentException.class, () -> Tf32.LAW.bound(terms, 0x1p-24, 1, 0));
    }
}
