package io.github.convgauge.cpu.winograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.Regime;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.check.Reference;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.util.SplittableRandom;
import java.util.function.LongToDoubleFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** docs/winograd.md derives the law; this holds it against data. */
class ErrorLawTest {
    private static final long SEED = 2_020;

    /** What data may look like; each is meant to make another term of the analysis large. */
    enum Data {
        NORMAL,
        /** All of one sign and nearly equal, so that roundings may all go the same way. */
        NEARLY_CONSTANT,
        /** One number that is a million times the others: all outputs of its tile see its rounding error. */
        ONE_LARGE,
        /** Neighbours that cancel but for a millionth of them, in the transforms and in the sums. */
        CANCELLING,
        /** Magnitudes from 2⁻²⁰ to 2²⁰. */
        WIDE,
        /** The largest magnitude everywhere, with any signs. */
        EXTREME;

        Tensor fill(Tensor tensor, long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            long large = random.nextLong(tensor.size());
            LongToDoubleFunction value = switch (this) {
                case NORMAL -> i -> random.nextGaussian();
                case NEARLY_CONSTANT -> i -> 1 + 1e-3 * random.nextDouble();
                case ONE_LARGE -> i -> i == large ? 1e6 : random.nextGaussian();
                case CANCELLING -> i -> (i % 2 == 0 ? 1 : -1) * 1e3 + 1e-3 * random.nextGaussian();
                case WIDE -> i -> Math.scalb(random.nextGaussian(), random.nextInt(-20, 21));
                case EXTREME -> i -> (random.nextBoolean() ? 1 : -1) * (1 - 1e-6 * random.nextDouble());
            };
            return tensor.fill(value);
        }
    }

    @Property(tries = 150)
    void holds(
            @ForAll Winograd variant, @ForAll Data xData, @ForAll Data wData, @ForAll boolean wide,
            @ForAll @IntRange(min = 1, max = 40) int ic, @ForAll @IntRange(min = 1, max = 20) int oc,
            @ForAll @IntRange(min = 3, max = 14) int ih, @ForAll @IntRange(min = 3, max = 14) int iw,
            @ForAll @IntRange(min = 0, max = 2) int padding, @ForAll long seed) throws Exception {
        ConvProblem problem = ConvProblem.parse("ic%dih%diw%doc%dkh3ph%d".formatted(ic, ih, iw, oc, padding));
        DType dtype = wide ? DType.F64 : DType.F32;
        Operands operands = new Operands(
                xData.fill(Tensor.allocate(dtype, problem.xSizes()), seed),
                wData.fill(Tensor.allocate(dtype, problem.wSizes()), seed + 1));
        Tensor y = Trial.answer(variant, problem, operands, 1);
        Trial.assertWithinBound(
                variant, problem, operands, y, "%s, x %s, w %s, seed %d".formatted(dtype, xData, wData, seed));
    }

    /**
     * The law asks no more of scale than 9·Σ|x||w| over the channels of any pixel and weight; by Cauchy and
     * Schwarz the largest Euclidean norms of both give such a number, which is far smaller for many channels.
     */
    @Property(tries = 60)
    void holdsForTheNormsOfPixels(
            @ForAll Winograd variant, @ForAll Data xData, @ForAll Data wData,
            @ForAll @IntRange(min = 1, max = 100) int ic, @ForAll @IntRange(min = 1, max = 8) int oc,
            @ForAll @IntRange(min = 3, max = 14) int ih, @ForAll long seed) throws Exception {
        ConvProblem problem = ConvProblem.parse("ic%dih%doc%dkh3ph1".formatted(ic, ih, oc));
        Operands operands = new Operands(
                xData.fill(Tensor.allocate(DType.F32, problem.xSizes()), seed),
                wData.fill(Tensor.allocate(DType.F32, problem.wSizes()), seed + 1));
        double scale = 9 * largestNorm(operands.x()) * largestNorm(operands.w().permute(0, 1, 3, 2));
        double bound = variant.bound(problem.terms(), DType.F32.unitRoundoff(), 0, scale);
        Reference reference = Trial.reference(problem, operands);
        double[] y = Trial.answer(variant, problem, operands, 1).toDoubles();
        for (int i = 0; i < y.length; i++) {
            int output = i;
            assertTrue(
                    Math.abs(y[i] - reference.y(i)) <= bound * (1 + 1e-6),
                    () -> "output %d of %s, %s, x %s, w %s, seed %d".formatted(output, problem, variant, xData, wData, seed));
        }
    }

    /** Of the lines of the last dimension. */
    private static double largestNorm(Tensor tensor) {
        double[] values = tensor.toDoubles();
        int length = (int) tensor.sizes()[3];
        double largest = 0;
        for (int line = 0; line < values.length; line += length) {
            double squares = 0;
            for (int i = line; i < line + length; i++) {
                squares += values[i] * values[i];
            }
            largest = Math.max(largest, Math.sqrt(squares));
        }
        return largest;
    }

    /**
     * One coefficient that is a quarter of a percent off, as 4.01 for 4: in f64 always outside the
     * bound, in any of the matrices.
     */
    @ParameterizedTest
    @EnumSource
    void anyWrongCoefficientFailsInF64(Winograd variant) throws Exception {
        ConvProblem problem = ConvProblem.parse("ic64ih9oc8kh3ph1");
        assertFalse(fails(variant, Matrices.of(variant), problem, DType.F64), "the true matrices");
        for (int which = 0; which < 3; which++) {
            for (int row = 0; row < matrix(Matrices.of(variant), which).length; row++) {
                for (int column = 0; column < matrix(Matrices.of(variant), which)[0].length; column++) {
                    Matrices matrices = Matrices.of(variant);
                    double[] coefficients = matrix(matrices, which)[row];
                    if (coefficients[column] != 0) {
                        coefficients[column] *= 1.0025;
                        assertTrue(
                                fails(variant, matrices, problem, DType.F64),
                                "matrix %d, (%d, %d)".formatted(which, row, column));
                    }
                }
            }
        }
    }

    /** In f32 the bound of few channels is narrow enough for the same, that of more for a grosser fault. */
    @ParameterizedTest
    @CsvSource({"F2, 1, 1.0025", "F2, 16, 1.0025", "F4, 1, 1.0025", "F4, 16, 1.05", "F4, 64, 1.2"})
    void wrongCoefficientOfTheInputFailsInF32(Winograd variant, int ic, double factor) throws Exception {
        ConvProblem problem = ConvProblem.parse("mb4ic%dih24oc16kh3ph1".formatted(ic));
        Matrices matrices = Matrices.of(variant);
        assertFalse(fails(variant, matrices, problem, DType.F32), "the true matrices");
        matrices.bt()[0][0] *= factor;
        assertTrue(fails(variant, matrices, problem, DType.F32));
    }

    private static double[][] matrix(Matrices matrices, int which) {
        return switch (which) {
            case 0 -> matrices.g();
            case 1 -> matrices.bt();
            default -> matrices.at();
        };
    }

    private static boolean fails(Winograd variant, Matrices matrices, ConvProblem problem, DType dtype) throws Exception {
        Operands operands = Fill.NORMAL.operands(problem, dtype, SEED);
        Transforms transforms = new Transforms(
                Matrices.pass(dtype, matrices.g()), Matrices.pass(dtype, matrices.bt()), Matrices.pass(dtype, matrices.at()));
        Tensor y = Trial.answer(
                variant, transforms, Regime.EAGER, problem, operands,
                Tensor.allocate(dtype, problem.ySizes()), 1, PlainProduct::of);
        return Trial.compare(variant, problem, operands, y).wrong() > 0;
    }

    /** γ(ic + 10)·64 and γ(ic + 18)·2304 of max|x|·max|w|·ic, as the documentation states them. */
    @Test
    void constantsAreThoseOfTheDocumentation() {
        double u = DType.F64.unitRoundoff();
        long terms = 9 * 7;
        assertEquals(17 * u * 64 * 7, Winograd.F2.bound(terms, u, 0, terms), 1e-12 * u * 64 * 7 * 17);
        assertEquals(25 * u * 2304 * 7, Winograd.F4.bound(terms, u, 0, terms), 1e-12 * u * 2304 * 7 * 25);
    }

    @Test
    void hasAnEnd() {
        double u = DType.F32.unitRoundoff();
        assertThrows(IllegalArgumentException.class, () -> Winograd.F4.bound(9L << 24, u, 1, 1));
    }

    @ParameterizedTest
    @EnumSource
    void isDeclared(Winograd variant) {
        assertEquals(variant.bound(90, 1e-7, 3, 5), variant.algorithm().ownLaw().orElseThrow().bound(90, 1e-7, 3, 5));
        assertFalse(variant.algorithm().exactOnIntegers());
    }
}
