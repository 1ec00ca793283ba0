package io.github.convgauge.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FillTest {
    private static final ConvProblem PROBLEM = ConvProblem.parse("mb2ic3ih7iw5oc4kh3");

    @ParameterizedTest
    @EnumSource(Fill.class)
    void aSeedIsItsData(Fill fill) {
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            Operands once = fill.operands(PROBLEM, dtype, 7);
            Operands again = fill.operands(PROBLEM, dtype, 7);
            Operands other = fill.operands(PROBLEM, dtype, 8);
            assertEquals(dtype, once.x().dtype());
            assertArrayEquals(PROBLEM.xSizes(), once.x().sizes());
            assertArrayEquals(PROBLEM.wSizes(), once.w().sizes());
            assertArrayEquals(once.x().toDoubles(), again.x().toDoubles());
            assertArrayEquals(once.w().toDoubles(), again.w().toDoubles());
            assertFalse(Arrays.equals(once.x().toDoubles(), other.x().toDoubles()), "x of another seed");
            assertFalse(Arrays.equals(once.w().toDoubles(), other.w().toDoubles()), "w of another seed");
            assertEquals(fill, Fill.ofLabel(fill.label()));
        }
    }

    /** A w that begins like x would hide a swap of the two. */
    @ParameterizedTest
    @EnumSource(Fill.class)
    void xAndWAreOfDifferentStreams(Fill fill) {
        Operands operands = fill.operands(PROBLEM, DType.F64, 7);
        double[] x = operands.x().toDoubles();
        double[] w = operands.w().toDoubles();
        int same = 0;
        for (int i = 0; i < w.length; i++) {
            same += x[i] == w[i] ? 1 : 0;
        }
        assertTrue(same < w.length / 4, same + " of " + w.length + " are the same");
    }

    /** The widest of a saved run is written, and narrower rows are said to use its rounded values. */
    @ParameterizedTest
    @EnumSource(value = Fill.class, names = {"UNIFORM", "NORMAL"})
    void f32IsF64Rounded(Fill fill) {
        double[] wide = fill.operands(PROBLEM, DType.F64, 7).x().toDoubles();
        double[] narrow = fill.operands(PROBLEM, DType.F32, 7).x().toDoubles();
        for (int i = 0; i < wide.length; i++) {
            assertEquals((float) wide[i], narrow[i]);
        }
    }

    @Test
    void uniformIsInZeroToOne() {
        double[] x = Fill.UNIFORM.operands(ConvProblem.parse("ic100ih100oc1kh1"), DType.F64, 3).x().toDoubles();
        assertTrue(Arrays.stream(x).allMatch(value -> value >= 0 && value < 1));
        assertEquals(0.5, Arrays.stream(x).average().orElseThrow(), 0.01);
        assertEquals(1.0 / 12, Arrays.stream(x).map(value -> (value - 0.5) * (value - 0.5)).average().orElseThrow(), 0.002);
    }

    @Test
    void normalHasMeanZeroAndVarianceOne() {
        double[] x = Fill.NORMAL.operands(ConvProblem.parse("ic100ih100oc1kh1"), DType.F64, 3).x().toDoubles();
        assertEquals(0, Arrays.stream(x).average().orElseThrow(), 0.01);
        assertEquals(1, Arrays.stream(x).map(value -> value * value).average().orElseThrow(), 0.02);
    }

    /** ResNeXt and the like reach sums of 20 800 products; f32 has room for 28² of each. */
    @Test
    void amplitudesOfKnownSums() {
        assertEquals(28, Fill.amplitude(ConvProblem.parse("ic832ih5oc1kh5"), DType.F32));
        assertEquals(32, Fill.amplitude(ConvProblem.parse("ic832ih5oc1kh5"), DType.F64));
        assertEquals(32, Fill.amplitude(ConvProblem.parse("ic8ih32oc16kh3"), DType.F32));
        assertEquals(1, Fill.amplitude(ConvProblem.parse("ic16777216ih1oc1kh1"), DType.F32));
        assertEquals(0, Fill.amplitude(ConvProblem.parse("ic16777217ih1oc1kh1"), DType.F32));
        assertFalse(Fill.canBeExact(ConvProblem.parse("ic16777217ih1oc1kh1"), DType.F32));
        assertTrue(Fill.canBeExact(ConvProblem.parse("ic16777217ih1oc1kh1"), DType.F64));
    }

    /** No order of summation can leave the integers that the dtype holds, and no larger amplitude would do. */
    @Property(tries = 300, seed = "42")
    void partialSumsOfIntegersStayExact(
            @ForAll @IntRange(min = 1, max = 11) int kh, @ForAll @IntRange(min = 1, max = 11) int kw,
            @ForAll @IntRange(min = 1, max = 4096) int ic) {
        ConvProblem problem = ConvProblem.parse("ic%dih11oc1kh%dkw%d".formatted(ic, kh, kw));
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            long a = Fill.amplitude(problem, dtype);
            long room = 1L << dtype.digits();
            assertTrue(a >= 1 && a <= 32, dtype + " " + a);
            assertTrue(problem.terms() * a * a <= room, dtype + " " + a);
            assertTrue(a == 32 || problem.terms() * (a + 1) * (a + 1) > room, dtype + " " + a);
        }
    }

    @Test
    void integersUseAllOfTheirAmplitudeAndNoZero() {
        ConvProblem problem = ConvProblem.parse("ic832ih5oc2kh5");
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            int a = Fill.amplitude(problem, dtype);
            Operands operands = Fill.INTEGER.operands(problem, dtype, 11);
            for (double[] values : new double[][] {operands.x().toDoubles(), operands.w().toDoubles()}) {
                assertTrue(Arrays.stream(values).allMatch(v -> v != 0 && v == Math.rint(v) && Math.abs(v) <= a));
                assertEquals(a, Arrays.stream(values).max().orElseThrow());
                assertEquals(-a, Arrays.stream(values).min().orElseThrow());
            }
        }
    }

    @Test
    void integersThatCannotBeExactAreRefused() {
        ConvProblem problem = ConvProblem.parse("ic16777217ih1oc1kh1");
        String message = assertThrows(
                IllegalArgumentException.class, () -> Fill.INTEGER.operands(problem, DType.F32, 1)).getMessage();
        assertTrue(message.contains("16777217") && message.contains("f32"), message);
    }

    @Test
    void unknownFillsAreNamed() {
        String message = assertThrows(IllegalArgumentException.class, () -> Fill.ofLabel("ones")).getMessage();
        assertEquals("unknown fill 'ones'; there are uniform, normal and integer", message);
    }
}
