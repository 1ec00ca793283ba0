package io.github.convgauge.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CheckerTest {
    private static final ConvProblem PROBLEM = ConvProblem.parse("mb2ic3ih5iw6oc4kh3kw2");

    /** One problem with its operands, its reference and an answer that starts out as the reference rounded. */
    private static final class Case {
        private final ConvProblem problem;
        private final Operands operands;
        private final Reference reference;
        private final Tensor y;
        private final Checker checker;

        Case(ConvProblem problem, Operands operands) {
            this.problem = problem;
            this.operands = operands;
            reference = ReferenceTest.reference(problem, operands);
            DType dtype = operands.x().dtype();
            y = Tensor.allocate(dtype, problem.ySizes()).fill(reference::y);
            checker = new Checker(problem, dtype, Optional.empty());
        }

        Case(ConvProblem problem, DType dtype, Fill fill) {
            this(problem, fill.operands(problem, dtype, 42));
        }

        Case(double... values) {
            this(ConvProblem.parse("ic1ih1iw%doc1kh1".formatted(values.length)), new Operands(
                    Tensor.allocate(DType.F64, 1, 1, values.length, 1).fill(i -> values[(int) i]),
                    Tensor.allocate(DType.F64, 1, 1, 1, 1).fill(i -> 1)));
        }

        Comparison bound() {
            return checker.compareWithinBound(operands, y, reference);
        }

        Comparison exact() {
            return checker.compareExactly(operands, y, reference);
        }

        double boundOf(long output) {
            return new ErrorBound(ErrorBound.SUMMATION, y.dtype(), problem.terms(), 0)
                    .of(reference.y(output), reference.absSum(output));
        }

        long output(long... index) {
            return ((index[0] * problem.oh() + index[1]) * problem.ow() + index[2]) * problem.oc() + index[3];
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F32", "F64"})
    void theRoundedReferencePasses(DType dtype) {
        for (Fill fill : Fill.values()) {
            Comparison comparison = new Case(PROBLEM, dtype, fill).bound();
            assertEquals(0, comparison.wrong());
            assertEquals(List.of(), comparison.firstWrong());
            assertTrue(comparison.maxErrorOverBound() < 0.5, comparison.toString());
            assertEquals(Optional.empty(), comparison.distrust());
        }
        assertEquals(0, new Case(PROBLEM, dtype, Fill.INTEGER).exact().wrong());
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F32", "F64"})
    void oneElementOffByMoreThanItsBoundIsSeenAndNamed(DType dtype) {
        Case data = new Case(PROBLEM, dtype, Fill.NORMAL);
        long output = data.output(1, 2, 3, 2);
        double expected = data.reference.y(output);
        double bound = data.boundOf(output);
        data.y.setDouble(expected + 3 * bound, 1, 2, 3, 2);
        Comparison comparison = data.bound();
        assertEquals(1, comparison.wrong());
        assertEquals(3, comparison.maxErrorOverBound(), 0.5);
        Mismatch mismatch = comparison.firstWrong().getFirst();
        assertEquals(
                new Mismatch(1, 2, 3, 2, expected, data.y.getDouble(1, 2, 3, 2), bound, true), mismatch);
        assertTrue(mismatch.toString().startsWith("n1 h2 w3 c2: expected " + expected + ", got "), mismatch.toString());
    }

    /** In f64 the bound itself can be hit: a neighbour beyond it is wrong, and it is not. */
    @Test
    void exactlyAtTheBoundPasses() {
        Case data = new Case(0, 1, 2);
        // Of the output that is 0, so that 0 + bound is the bound to the last bit.
        double bound = data.boundOf(0);
        assertTrue(bound > 0);
        data.y.setDouble(bound, 0, 0, 0, 0);
        assertEquals(0, data.bound().wrong());
        assertEquals(1, data.bound().maxErrorOverBound());
        data.y.setDouble(-bound, 0, 0, 0, 0);
        assertEquals(0, data.bound().wrong());
        data.y.setDouble(Math.nextUp(bound), 0, 0, 0, 0);
        assertEquals(1, data.bound().wrong());
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F32", "F64"})
    void oneUnitInTheLastPlaceFailsTheExactTierOnly(DType dtype) {
        Case data = new Case(PROBLEM, dtype, Fill.INTEGER);
        double expected = data.reference.y(0);
        data.y.setDouble(dtype == DType.F32 ? Math.nextUp((float) expected) : Math.nextUp(expected), 0, 0, 0, 0);
        Comparison comparison = data.exact();
        assertEquals(1, comparison.wrong());
        assertEquals(0, comparison.firstWrong().getFirst().bound());
        assertEquals(1, comparison.maxUlp(), 0.51);
        assertEquals(0, data.bound().wrong());
    }

    @Test
    void notANumberIsWrongAndNoMaximumHidesIt() {
        for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            Case data = new Case(PROBLEM, DType.F32, Fill.INTEGER);
            data.y.setDouble(value, 0, 1, 2, 3);
            for (Comparison comparison : List.of(data.bound(), data.exact())) {
                assertEquals(1, comparison.wrong(), "" + value);
                assertEquals(0, comparison.unwritten(), "" + value);
                assertTrue(comparison.firstWrong().getFirst().written());
                assertFalse(Double.isFinite(comparison.maxErrorOverBound()), "" + value);
                assertFalse(Double.isFinite(comparison.l2()), "" + value);
                Agreement agreement = Agreement.of("bound", comparison, Double.NaN);
                assertEquals(new Agreement("bound", null, null, null, null, null), agreement, "JSON has no such numbers");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F32", "F64"})
    void whatWasNeverWrittenIsTold(DType dtype) {
        Case data = new Case(PROBLEM, dtype, Fill.NORMAL);
        Tensor answer = Tensor.allocate(dtype, PROBLEM.ySizes());
        Checker.markUnwritten(answer);
        answer.slice(3, 0, 3).copyFrom(data.y.slice(3, 0, 3));
        Comparison comparison = data.checker.compareWithinBound(data.operands, answer, data.reference);
        assertEquals(PROBLEM.mb() * PROBLEM.oh() * PROBLEM.ow(), comparison.unwritten());
        assertEquals(comparison.unwritten(), comparison.wrong());
        assertEquals(3, comparison.firstWrong().getFirst().c());
        assertTrue(comparison.firstWrong().getFirst().toString().endsWith("(never written)"));
    }

    /** The mark lies between the elements of a view, too, or they would not be told from the written ones. */
    @Test
    void allOfTheStorageIsMarked() {
        Tensor wide = Tensor.allocate(DType.F32, 2, 6);
        Checker.markUnwritten(wide.slice(1, 1, 3));
        for (double value : wide.toDoubles()) {
            assertTrue(Double.isNaN(value));
        }
    }

    @Test
    void swappedElementsAreBothSeen() {
        Case data = new Case(PROBLEM, DType.F64, Fill.UNIFORM);
        double left = data.y.getDouble(0, 1, 1, 0);
        double right = data.y.getDouble(0, 1, 2, 0);
        data.y.setDouble(right, 0, 1, 1, 0);
        data.y.setDouble(left, 0, 1, 2, 0);
        List<Mismatch> wrong = data.bound().firstWrong();
        assertEquals(2, wrong.size());
        assertEquals(List.of(1L, 2L), wrong.stream().map(Mismatch::w).toList());
        assertEquals(wrong.getFirst().got(), wrong.getLast().expected(), 1e-12);
    }

    @Test
    void theFirstTenAreKeptInOrderAndAllAreCounted() {
        Case data = new Case(PROBLEM, DType.F64, Fill.NORMAL);
        data.y.slice(2, 1, 2).fill(i -> 1e6);
        Comparison comparison = data.bound();
        assertEquals(PROBLEM.mb() * PROBLEM.oh() * PROBLEM.oc(), comparison.wrong());
        List<String> expected = IntStream.range(0, 10)
                .mapToObj(k -> "n0 h%d w1 c%d".formatted(k / PROBLEM.oc(), k % PROBLEM.oc()))
                .toList();
        assertEquals(expected, comparison.firstWrong().stream()
                .map(m -> "n%d h%d w%d c%d".formatted(m.n(), m.h(), m.w(), m.c())).toList());
    }

    /** An output of any strides is compared element by element. */
    @Test
    void outputsAreReadThroughTheirStrides() {
        Case data = new Case(PROBLEM, DType.F32, Fill.NORMAL);
        Tensor channelsFirst = data.y.permute(0, 3, 1, 2).copy().permute(0, 2, 3, 1);
        assertEquals(0, data.checker.compareWithinBound(data.operands, channelsFirst, data.reference).wrong());
        channelsFirst.setDouble(99, 1, 0, 2, 3);
        Mismatch mismatch = data.checker.compareWithinBound(data.operands, channelsFirst, data.reference).firstWrong().getFirst();
        assertEquals("n1 h0 w2 c3", "n%d h%d w%d c%d".formatted(mismatch.n(), mismatch.h(), mismatch.w(), mismatch.c()));
    }

    /** y is 1, 2, 3, 4; the first is 3 ulp above, the last 1 ulp below. */
    @Test
    void figuresAreThoseComputedByHand() {
        Case data = new Case(1, 2, 3, 4);
        data.y.setDouble(1 + 3 * 0x1p-52, 0, 0, 0, 0);
        data.y.setDouble(4 - 0x1p-50, 0, 0, 3, 0);
        Comparison comparison = data.bound();
        double l2 = 5 * 0x1p-52; // the root of 3² and 4²
        assertEquals(3, comparison.maxUlp());
        assertEquals(l2, comparison.l2(), 1e-30);
        assertEquals(l2 / Math.sqrt(30), comparison.relativeL2(), 1e-30);
        // The bound of y = S = 1 is γ(1) + u, about 2u, and 3 ulp are 6u.
        assertEquals(3, comparison.maxErrorOverBound(), 1e-9);
    }

    @Test
    void ulpsAreThoseOfTheDtype() {
        ConvProblem problem = ConvProblem.parse("ic1ih1iw2oc1kh1");
        Case data = new Case(problem, new Operands(
                Tensor.allocate(DType.F32, 1, 1, 2, 1).fill(i -> i + 1),
                Tensor.allocate(DType.F32, 1, 1, 1, 1).fill(i -> 1)));
        data.y.setDouble(2 + 2 * 0x1p-22, 0, 0, 1, 0);
        assertEquals(2, data.bound().maxUlp());
    }

    @Test
    void nothingWrongIsZeroEverywhere() {
        Comparison comparison = new Case(0, 1).exact();
        assertEquals(0, comparison.maxErrorOverBound());
        assertEquals(0, comparison.l2());
        assertEquals(0, comparison.relativeL2());
        assertEquals(0, comparison.maxUlp());
    }

    /** Of ten outputs, three zeros are 30 % and still trusted; four are not. */
    @Test
    void moreThanThirtyPercentZerosAreNotTrusted() {
        Comparison three = new Case(0, 0, 0, 4, 5, 6, 7, 8, 9, 10).bound();
        assertEquals(0.3, three.zeros());
        assertEquals(Optional.empty(), three.distrust());
        Comparison four = new Case(0, 0, 0, 0, 5, 6, 7, 8, 9, 10).bound();
        assertEquals(0.4, four.zeros());
        assertEquals(
                "40 % of the expected outputs are zero or too small to tell; more than 30 % cannot tell right from wrong",
                four.distrust().orElseThrow());
        assertEquals(0, four.wrong());
    }

    /** Products below the smallest normal number may all be flushed: an answer of 0 would pass, so none is trusted. */
    @Test
    void whatMayBeFlushedToZeroIsNotTrusted() {
        ConvProblem problem = ConvProblem.parse("ic3ih4oc2kh2");
        Operands tiny = new Operands(
                Fill.NORMAL.operands(problem, DType.F32, 1).x().copy(), Fill.NORMAL.operands(problem, DType.F32, 1).w().copy());
        for (Tensor tensor : List.of(tiny.x(), tiny.w())) {
            double[] values = tensor.toDoubles();
            tensor.fill(i -> values[(int) i] * 1e-21);
        }
        Reference reference = Reference.compute(problem, tiny, Arena.ofAuto().allocate(Reference.bytes(problem), 8));
        Tensor zeros = Tensor.allocate(DType.F32, problem.ySizes());
        Comparison comparison = new Checker(problem, DType.F32, Optional.empty()).compareWithinBound(tiny, zeros, reference);
        assertEquals(0, comparison.wrong());
        assertTrue(comparison.distrust().orElse("").startsWith("100 % of the expected outputs are zero or too small"), comparison.toString());
    }

    /** DeepBench has it: 40 of its 49 outputs lie in the padding, and those that do not are all there is to judge. */
    @Test
    void outputsThatSeeOnlyPaddingDoNotCount() {
        ConvProblem oddity = ConvProblem.parse("ic5ih7oc3kh1sh2ph3");
        Case data = new Case(oddity, DType.F32, Fill.UNIFORM);
        double[] y = data.y.toDoubles();
        assertEquals(49 * 3 - 9 * 3, IntStream.range(0, y.length).filter(i -> y[i] == 0).count());
        Comparison comparison = data.bound();
        assertEquals(0, comparison.zeros());
        assertEquals(Optional.empty(), comparison.distrust());
        data.y.setDouble(1, 0, 0, 0, 0);
        assertEquals(1, data.bound().wrong(), "they must be zero all the same");
    }

    /** Six outputs with taps at i − 3 and i − 1 of inputs 0 and 1: the outer two see neither, and two meet only the 0. */
    @Test
    void eachBorderCountsWhatItSees() {
        ConvProblem problem = ConvProblem.parse("ic1ih2iw1oc1kh2kw1sh1sw1ph3pw0dh1dw0");
        double[] x = {0, 1};
        Case data = new Case(problem, new Operands(
                Tensor.allocate(DType.F64, problem.xSizes()).fill(i -> x[(int) i]),
                Tensor.allocate(DType.F64, problem.wSizes()).fill(i -> i + 1)));
        assertEquals(0.5, data.bound().zeros());
    }

    @Test
    void whatSeesNothingAtAllIsNotTrusted() {
        ConvProblem problem = ConvProblem.parse("ic1ih1iw1oc1oh1ow1kh1kw1sh3ph1pw0");
        Case data = new Case(problem, DType.F64, Fill.UNIFORM);
        assertEquals(1, data.bound().zeros());
        assertTrue(data.bound().distrust().isPresent());
    }

    /** Infinities and overflow void every bound: whoever is judged there is not to blame, and not trusted either. */
    @Test
    void whatMayOverflowHasNoBound() {
        ConvProblem problem = ConvProblem.parse("ic2ih1iw2oc1kh1");
        double[] x = {1e38, 3e38, 1, 2};
        Case data = new Case(problem, new Operands(
                Tensor.allocate(DType.F32, problem.xSizes()).fill(i -> x[(int) i]),
                Tensor.allocate(DType.F32, problem.wSizes()).fill(i -> 1 + i)));
        assertEquals(Double.POSITIVE_INFINITY, data.y.getDouble(0, 0, 0, 0));
        Comparison comparison = data.bound();
        assertEquals(0, comparison.wrong());
        assertEquals(1, comparison.unbounded());
        assertEquals("1 outputs have no error bound: their sums are not finite or may overflow", comparison.distrust().orElseThrow());
        data.y.setDouble(6, 0, 0, 1, 0);
        assertEquals(1, data.bound().wrong(), "the other output has one");

        Case infinite = new Case(1, Double.POSITIVE_INFINITY, Double.NaN);
        assertEquals(0, infinite.bound().wrong());
        assertEquals(2, infinite.bound().unbounded());
        assertEquals(0, infinite.bound().maxErrorOverBound());
    }

    @Test
    void anOwnLawIsGivenTheScale() {
        Operands operands = Fill.NORMAL.operands(PROBLEM, DType.F32, 1);
        Case data = new Case(PROBLEM, operands);
        double[] seen = new double[1];
        Checker own = new Checker(PROBLEM, DType.F32, Optional.of((terms, u, absSum, scale) -> {
            seen[0] = scale;
            return 1e3;
        }));
        data.y.setDouble(500, 0, 0, 0, 0);
        assertEquals(0, own.compareWithinBound(operands, data.y, data.reference).wrong());
        double largest = 0;
        for (int n = 0; n < PROBLEM.mb(); n++) {
            for (int i = 0; i < PROBLEM.ih(); i++) {
                for (int j = 0; j < PROBLEM.iw(); j++) {
                    for (int g = 0; g < PROBLEM.g(); g++) {
                        double squares = 0;
                        for (int c = 0; c < PROBLEM.groupIc(); c++) {
                            squares += Math.pow(operands.x().getDouble(n, i, j, g * PROBLEM.groupIc() + c), 2);
                        }
                        largest = Math.max(largest, Math.sqrt(squares));
                    }
                }
            }
        }
        double largestWeight = 0;
        for (int a = 0; a < PROBLEM.kh(); a++) {
            for (int b = 0; b < PROBLEM.kw(); b++) {
                for (int o = 0; o < PROBLEM.oc(); o++) {
                    double squares = 0;
                    for (int c = 0; c < PROBLEM.groupIc(); c++) {
                        squares += Math.pow(operands.w().getDouble(a, b, c, o), 2);
                    }
                    largestWeight = Math.max(largestWeight, Math.sqrt(squares));
                }
            }
        }
        double expected = PROBLEM.kh() * PROBLEM.kw() * largest * largestWeight;
        assertEquals(expected, seen[0], 1e-12 * expected);
    }

    @Test
    void thereIsNoBoundForIntegers() {
        assertThrows(IllegalArgumentException.class, () -> new Checker(PROBLEM, DType.I32, Optional.empty()));
    }

    @Test
    void agreementKeepsFiniteFigures() {
        Comparison comparison = new Comparison(0, List.of(), 0, 0.25, 1e-12, 1e-14, 3, 0, 0);
        assertEquals(new Agreement("repeat", 0.25, 1e-14, 1e-12, 3.0, 2e-12), Agreement.of("repeat", comparison, 2e-12));
        assertNull(Agreement.of("repeat", comparison, Double.NaN).l2VsPytorch());
    }

    @Test
    void numbersAreWrittenInOneWayEverywhere() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            assertEquals(
                    "67 % of the expected outputs are zero or too small to tell; more than 30 % cannot tell right from wrong",
                    new Case(0, 0, 1).bound().distrust().orElseThrow());
            assertEquals("n0 h0 w0 c0: expected 1.5, got 2.5, bound 0.5", new Mismatch(0, 0, 0, 0, 1.5, 2.5, 0.5, true).toString());
        } finally {
            Locale.setDefault(before);
        }
    }
}
