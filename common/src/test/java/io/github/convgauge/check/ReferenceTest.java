package io.github.convgauge.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.conv.AwkwardProblems;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The truth has to be true: it is held against sums without any rounding, and against another formulation. */
class ReferenceTest {
    private static final BigDecimal U64 = new BigDecimal(0x1p-53);

    private static final List<String> TINY = List.of(
            "ic1ih1oc1kh1",
            "mb2ic3ih4iw5oc2kh3kw2",
            "mb2ic4ih5iw4oc6g2kh3kw2sh2sw1ph1pw2dh0dw1",
            "ic3ih5oc6g3kh2sh3ph1dh1",
            "ic5ih7oc3kh1sh2ph3",
            "ic2ih6iw9oc3oh7ow11kh4kw5ph1pw2",
            "ic4ih8iw10oc2oh4ow5kh3sh2",
            "ic40ih3oc2kh3");

    static Reference reference(ConvProblem problem, Operands operands) {
        return Reference.compute(problem, operands, Arena.ofAuto().allocate(Reference.bytes(problem), 8));
    }

    /** y and S of one output without rounding, straight from the definition. */
    private record Exact(BigDecimal y, BigDecimal absSum) {
        static Exact of(ConvProblem p, Operands data, int n, int i, int j, int o) {
            BigDecimal y = BigDecimal.ZERO;
            BigDecimal absSum = BigDecimal.ZERO;
            for (int a = 0; a < p.kh(); a++) {
                for (int b = 0; b < p.kw(); b++) {
                    for (int c = 0; c < p.groupIc(); c++) {
                        int h = i * p.sh() + a * (p.dh() + 1) - p.padTop();
                        int w = j * p.sw() + b * (p.dw() + 1) - p.padLeft();
                        if (h >= 0 && h < p.ih() && w >= 0 && w < p.iw()) {
                            double left = data.x().getDouble(n, h, w, c + p.groupIc() * (o / p.groupOc()));
                            BigDecimal product = new BigDecimal(left).multiply(new BigDecimal(data.w().getDouble(a, b, c, o)));
                            y = y.add(product);
                            absSum = absSum.add(product.abs());
                        }
                    }
                }
            }
            return new Exact(y, absSum);
        }
    }

    private static BigDecimal gamma(long n) {
        BigDecimal nu = U64.multiply(BigDecimal.valueOf(n));
        return nu.divide(BigDecimal.ONE.subtract(nu), MathContext.DECIMAL128);
    }

    private static void assertWithin(BigDecimal bound, BigDecimal expected, double got, String what) {
        BigDecimal error = new BigDecimal(got).subtract(expected).abs();
        assertTrue(error.compareTo(bound) <= 0, () -> "%s: got %s, error %s, bound %s"
                .formatted(what, got, error.round(new MathContext(4)), bound.round(new MathContext(4))));
    }

    /**
     * What methodology promises of the reference: u·|y| + γ²·S of f64 operands (Ogita, Rump and Oishi,
     * proposition 5.5), γ·S of f32 ones, whose products are exact in fp64.
     */
    private static void holdsItsBound(ConvProblem p, Operands data, String what) {
        Reference reference = reference(p, data);
        BigDecimal gamma = gamma(p.terms());
        long output = 0;
        for (int n = 0; n < p.mb(); n++) {
            for (int i = 0; i < p.oh(); i++) {
                for (int j = 0; j < p.ow(); j++) {
                    for (int o = 0; o < p.oc(); o++, output++) {
                        Exact exact = Exact.of(p, data, n, i, j, o);
                        String where = "%s, output %d of %s".formatted(what, output, p);
                        BigDecimal bound = data.x().dtype() == DType.F64
                                ? U64.multiply(exact.y.abs()).add(gamma.multiply(gamma).multiply(exact.absSum))
                                : gamma.multiply(exact.absSum);
                        assertWithin(bound, exact.y, reference.y(output), where);
                        assertWithin(gamma.multiply(exact.absSum), exact.absSum, reference.absSum(output), "S of " + where);
                    }
                }
            }
        }
    }

    /** Each pair of products cancels all but its last bits, over 60 binary orders of magnitude. */
    private static Operands illConditioned(ConvProblem problem, DType dtype, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] last = {0};
        Tensor x = Tensor.allocate(dtype, problem.xSizes()).fill(i -> {
            last[0] = i % 2 == 0
                    ? Math.scalb(random.nextGaussian(), random.nextInt(-30, 30))
                    : -last[0] * (1 + 0x1p-20 * random.nextInt(3));
            return last[0];
        });
        Tensor w = Tensor.allocate(dtype, problem.wSizes()).fill(i -> 1 + 0x1p-22 * random.nextInt(-3, 4));
        return new Operands(x, w);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void holdsItsBoundOnRealData(long seed) {
        for (String text : TINY) {
            ConvProblem problem = ConvProblem.parse(text);
            for (DType dtype : List.of(DType.F32, DType.F64)) {
                for (Fill fill : Fill.values()) {
                    holdsItsBound(problem, fill.operands(problem, dtype, seed), "%s %s seed %d".formatted(fill, dtype, seed));
                }
                holdsItsBound(problem, illConditioned(problem, dtype, seed), "ill-conditioned %s seed %d".formatted(dtype, seed));
            }
        }
    }

    /** Where a plain sum in fp64 would be wrong in every digit, the compensated one is right in nearly all. */
    @Test
    void f64IsSummedAsInTwiceThePrecision() {
        ConvProblem problem = ConvProblem.parse("ic4ih1oc1kh1");
        double[] x = {0x1p60, 1, -0x1p60, 0x1p-20};
        Operands data = new Operands(
                Tensor.allocate(DType.F64, problem.xSizes()).fill(i -> x[(int) i]),
                Tensor.allocate(DType.F64, problem.wSizes()).fill(i -> 1));
        assertEquals(1 + 0x1p-20, reference(problem, data).y(0));
    }

    /** What rounding drops of each product counts as well: (1 + 2⁻³⁰)² less its leading bits is 2⁻⁶⁰. */
    @Test
    void f64ProductsAreNotRounded() {
        ConvProblem problem = ConvProblem.parse("ic2ih1oc1kh1");
        double e = 1 + 0x1p-30;
        double[] x = {e, -1 - 0x1p-29};
        double[] w = {e, 1};
        Operands data = new Operands(
                Tensor.allocate(DType.F64, problem.xSizes()).fill(i -> x[(int) i]),
                Tensor.allocate(DType.F64, problem.wSizes()).fill(i -> w[(int) i]));
        assertEquals(0x1p-60, reference(problem, data).y(0));
    }

    /** Scatters each input into the outputs that it reaches, where the reference gathers. */
    private static double[] scattered(ConvProblem p, Operands data) {
        double[] y = new double[p.mb() * p.oh() * p.ow() * p.oc()];
        for (int n = 0; n < p.mb(); n++) {
            for (int h = 0; h < p.ih(); h++) {
                for (int a = 0; a < p.kh(); a++) {
                    int above = h + p.padTop() - a * (p.dh() + 1);
                    if (above % p.sh() != 0 || above < 0 || above / p.sh() >= p.oh()) {
                        continue;
                    }
                    for (int w = 0; w < p.iw(); w++) {
                        for (int b = 0; b < p.kw(); b++) {
                            int left = w + p.padLeft() - b * (p.dw() + 1);
                            if (left % p.sw() != 0 || left < 0 || left / p.sw() >= p.ow()) {
                                continue;
                            }
                            int place = (n * p.oh() + above / p.sh()) * p.ow() + left / p.sw();
                            for (int c = 0; c < p.ic(); c++) {
                                double value = data.x().getDouble(n, h, w, c);
                                int group = c / p.groupIc();
                                for (int o = group * p.groupOc(); o < (group + 1) * p.groupOc(); o++) {
                                    y[place * p.oc() + o] += value * data.w().getDouble(a, b, c % p.groupIc(), o);
                                }
                            }
                        }
                    }
                }
            }
        }
        return y;
    }

    @Test
    void agreesWithTheScatteredFormOnEveryAwkwardProblem() {
        List<ConvProblem> problems = AwkwardProblems.grid();
        for (int k = 0; k < problems.size(); k++) {
            ConvProblem problem = problems.get(k);
            Operands data = Fill.INTEGER.operands(problem, k % 2 == 0 ? DType.F32 : DType.F64, k);
            Reference reference = reference(problem, data);
            double[] expected = scattered(problem, data);
            for (int i = 0; i < expected.length; i++) {
                if (expected[i] != reference.y(i)) {
                    assertEquals(expected[i], reference.y(i), "output %d of %s, seed %d".formatted(i, problem, k));
                }
            }
        }
    }

    /** Fortran order, channels first: the operands' strides are honoured. */
    @Test
    void readsThroughStrides() {
        ConvProblem problem = ConvProblem.parse("mb2ic3ih4iw5oc2kh3kw2");
        Operands dense = Fill.NORMAL.operands(problem, DType.F64, 5);
        Operands strided = new Operands(
                Tensor.allocate(DType.F64, dense.x().size()).with(Layout.fortran(problem.xSizes())).copyFrom(dense.x()),
                dense.w().permute(3, 2, 0, 1).copy().permute(2, 3, 1, 0));
        Reference expected = reference(problem, dense);
        Reference got = reference(problem, strided);
        for (long i = 0; i < problem.ySizes()[0] * problem.oh() * problem.ow() * problem.oc(); i++) {
            assertEquals(expected.y(i), got.y(i));
            assertEquals(expected.absSum(i), got.absSum(i));
        }
    }

    @Test
    void zeroShareLeavesOutWhatSeesNoProduct() {
        // Outputs 0 and 4 see padding only; of the other three, one cancels.
        ConvProblem problem = ConvProblem.parse("ic2ih1iw3oc1kh1kw1ph0pw1");
        double[] x = {1, 1, 1, 2, 3, 3};
        Operands data = new Operands(
                Tensor.allocate(DType.F64, problem.xSizes()).fill(i -> x[(int) i]),
                Tensor.allocate(DType.F64, problem.wSizes()).fill(i -> i == 0 ? 2 : -1));
        assertEquals(1.0 / 3, reference(problem, data).zeroShare());
    }

    @Test
    void memoryOfAnotherSizeIsRefused() {
        ConvProblem problem = ConvProblem.parse("ic1ih2oc1kh1");
        assertEquals(64, Reference.bytes(problem));
        assertThrows(IllegalArgumentException.class, () -> Reference.open(problem, Arena.ofAuto().allocate(72, 8)));
    }
}
