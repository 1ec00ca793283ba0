package io.github.convgauge.cpu.winograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.check.Checker;
import io.github.convgauge.check.Comparison;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.WorkerPool;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class WinogradConvTest {
    private static final long SEED = 20_160_627;

    static final List<String> PROBLEMS = Trial.PROBLEMS;

    @ParameterizedTest
    @FieldSource("PROBLEMS")
    void isTheConvolution(String text) throws Exception {
        ConvProblem problem = ConvProblem.parse(text);
        for (DType dtype : Trial.DTYPES) {
            Operands operands = Fill.NORMAL.operands(problem, dtype, SEED);
            for (Winograd variant : Winograd.values()) {
                Tensor y = Trial.answer(variant, problem, operands, 2);
                String what = "%s, seed %d".formatted(dtype, SEED);
                Trial.assertWithinBound(variant, problem, operands, y, what);
                // The bound is a worst case; what rounding does on average is far less.
                double relative = Trial.compare(variant, problem, operands, y).relativeL2();
                assertTrue(relative < 200 * dtype.unitRoundoff(), "%s of %s, %s: %s".formatted(variant, problem, what, relative));
            }
        }
    }

    /** Up to 64 channels the halves of F2's transforms fit beside such integers. */
    @ParameterizedTest
    @FieldSource("PROBLEMS")
    void f2IsExactOnFewChannelsOfIntegers(String text) throws Exception {
        ConvProblem problem = ConvProblem.parse(text);
        for (DType dtype : Trial.DTYPES) {
            if (dtype == DType.F32 && problem.groupIc() > 64) {
                continue;
            }
            Operands operands = Fill.INTEGER.operands(problem, dtype, SEED);
            Comparison comparison = new Checker(problem, dtype, Optional.empty()).compareExactly(
                    operands, Trial.answer(Winograd.F2, problem, operands, 3), Trial.reference(problem, operands));
            assertEquals(0, comparison.wrong(), () -> problem + ", seed " + SEED + ": " + comparison.firstWrong());
        }
    }

    @ParameterizedTest
    @FieldSource("PROBLEMS")
    void sameBitsWhateverTheThreadsAndTheRegime(String text) throws Exception {
        ConvProblem problem = ConvProblem.parse(text);
        for (DType dtype : Trial.DTYPES) {
            Operands operands = Fill.NORMAL.operands(problem, dtype, SEED);
            for (Winograd variant : Winograd.values()) {
                Tensor single = Trial.answer(variant, problem, operands, 1);
                for (int threads : new int[] {2, 3, 7}) {
                    assertSameBits(single, Trial.answer(variant, problem, operands, threads), threads + " threads, " + problem);
                }
                Tensor prepared = Trial.answer(
                        variant, variant.transforms(dtype), Regime.PREPARED, problem, operands,
                        Tensor.allocate(dtype, problem.ySizes()), 2, PlainProduct::of);
                assertSameBits(single, prepared, "prepared, " + problem);
                Tensor wholeBlocks = Trial.answer(
                        variant, variant.transforms(dtype), Regime.EAGER, problem, operands,
                        Tensor.allocate(dtype, problem.ySizes()), 2, Trial.WholeBlocks::of);
                assertSameBits(single, wholeBlocks, "a product of whole blocks of rows, " + problem);
            }
        }
    }

    /** So many tiles of so many channels that V does not fit into one wave. */
    @Test
    void wavesFollowEachOther() throws Exception {
        ConvProblem problem = ConvProblem.parse("ic2000ih18iw46oc1kh3ph1");
        Operands operands = Fill.NORMAL.operands(problem, DType.F32, SEED);
        Tensor y = Trial.answer(Winograd.F4, problem, operands, 2);
        assertTrue(Trial.compare(Winograd.F4, problem, operands, y).relativeL2() < 200 * DType.F32.unitRoundoff());
        assertSameBits(Trial.answer(Winograd.F4, problem, operands, 3), y, "3 threads");
    }

    @ParameterizedTest
    @ValueSource(strings = {"g2mb2ic6ih7iw9oc4kh3ph1", "mb2ic6ih7iw9oc5kh3ph1", "mb2ic1ih7iw9oc1kh3", "ic100ih5oc90kh3ph1"})
    void anyStrides(String text) throws Exception {
        ConvProblem problem = ConvProblem.parse(text);
        for (DType dtype : Trial.DTYPES) {
            Operands dense = Fill.NORMAL.operands(problem, dtype, SEED);
            for (Winograd variant : Winograd.values()) {
                Tensor expected = Trial.answer(variant, problem, dense, 1);
                for (int form = 0; form < 4; form++) {
                    Operands operands = new Operands(restride(dense.x(), form), restride(dense.w(), form));
                    for (Regime regime : List.of(Regime.EAGER, Regime.PREPARED)) {
                        Tensor y = restride(Tensor.allocate(dtype, problem.ySizes()), form);
                        Tensor answer = Trial.answer(
                                variant, variant.transforms(dtype), regime, problem, operands, y, 2, PlainProduct::of);
                        assertSameBits(expected, answer.copy(), "form %d of %s".formatted(form, problem));
                    }
                }
            }
        }
    }

    /** The same elements in memory: channels first, Fortran order, backwards, with gaps. */
    private static Tensor restride(Tensor dense, int form) {
        long[] s = dense.sizes();
        Tensor target = switch (form) {
            case 0 -> Tensor.allocate(dense.dtype(), s[0], s[3], s[1], s[2]).permute(0, 2, 3, 1);
            case 1 -> Tensor.allocate(dense.dtype(), dense.size()).with(Layout.fortran(s));
            case 2 -> Tensor.allocate(dense.dtype(), s).slice(1, s[1] - 1, -1, -1).slice(2, s[2] - 1, -1, -1);
            default -> gaps(dense.dtype(), s);
        };
        return target.copyFrom(dense);
    }

    private static Tensor gaps(DType dtype, long[] s) {
        return Tensor.allocate(dtype, s[0], s[1] + 2, 2 * s[2] + 3, s[3] + 5)
                .slice(1, 1, s[1] + 1).slice(2, 2, 2 + 2 * s[2], 2).slice(3, 5, s[3] + 5);
    }

    @ParameterizedTest
    @EnumSource
    void writesNothingBesideY(Winograd variant) throws Exception {
        ConvProblem problem = ConvProblem.parse("mb2ic5ih7iw8oc3kh3");
        Operands operands = Fill.NORMAL.operands(problem, DType.F32, SEED);
        Tensor y = gaps(DType.F32, problem.ySizes());
        Trial.answer(variant, variant.transforms(DType.F32), Regime.EAGER, problem, operands, y, 2, PlainProduct::of);
        Tensor unwritten = gaps(DType.F32, problem.ySizes());
        Checker.markUnwritten(unwritten);
        unwritten.copyFrom(y);
        assertSameBits(unwritten.flatStorage(), y.flatStorage(), "between the elements of y");
    }

    /** A tensor of the caller's at each execution, and the bound one untouched; the weights as they are now. */
    @ParameterizedTest
    @EnumSource
    void executesIntoAnyTensor(Winograd variant) throws Exception {
        ConvProblem problem = ConvProblem.parse("mb2ic5ih7iw8oc19kh3ph1");
        Operands operands = Fill.NORMAL.operands(problem, DType.F32, SEED);
        Tensor expected = Trial.answer(variant, problem, operands, 1);
        Tensor bound = Tensor.allocate(DType.F32, problem.ySizes());
        try (WorkerPool pool = new WorkerPool(2);
                WinogradConv eager = conv(variant, Regime.EAGER, problem, operands, bound, pool);
                WinogradConv prepared = conv(variant, Regime.PREPARED, problem, operands, bound, pool)) {
            for (int form = 0; form < 4; form++) {
                Tensor other = restride(Tensor.allocate(DType.F32, problem.ySizes()), form);
                eager.execute(other);
                assertSameBits(expected, other.copy(), "form " + form);
            }
            assertSameBits(Tensor.allocate(DType.F32, problem.ySizes()), bound, "the bound y was written");
            Tensor other = Tensor.allocate(DType.F32, problem.ySizes());
            operands.w().fill(i -> 0);
            prepared.execute(other);
            assertSameBits(expected, other, "prepared weights");
            eager.execute(other);
            assertEquals(0, Trial.compare(variant, problem, operands, other).l2(), "eager weights");
            assertThrows(IllegalArgumentException.class, () -> eager.execute(Tensor.allocate(DType.F64, problem.ySizes())));
            assertThrows(IllegalArgumentException.class, () -> eager.execute(Tensor.allocate(DType.F32, 2, 7, 8, 18)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mb2ic5ih27iw18oc19kh3ph1", "ic300ih7oc90kh3ph1"})
    void profileHasEveryStage(String text) throws Exception {
        ConvProblem problem = ConvProblem.parse(text);
        Operands operands = Fill.NORMAL.operands(problem, DType.F32, SEED);
        Tensor y = Tensor.allocate(DType.F32, problem.ySizes());
        List<String> stages = List.of("input_transform", "gemm", "output_transform");
        try (WorkerPool pool = new WorkerPool(2);
                WinogradConv eager = conv(Winograd.F4, Regime.EAGER, problem, operands, y, pool);
                WinogradConv prepared = conv(Winograd.F4, Regime.PREPARED, problem, operands, y, pool)) {
            assertEquals(stages, List.copyOf(prepared.profile().keySet()));
            assertEquals("weight_transform", List.copyOf(eager.profile().keySet()).getFirst());
            assertEquals(stages, List.copyOf(eager.profile().keySet()).subList(1, 4));
            assertTrue(eager.profile().values().stream().allMatch(nanos -> nanos > 0));
            Trial.assertWithinBound(Winograd.F4, problem, operands, y, "profiled");
        }
    }

    /** Vectors are objects until the JIT compiler has seen to it that they are not, which may take a while. */
    @ParameterizedTest
    @ValueSource(strings = {"mb2ic3ih5iw7oc3kh3ph1", "ic64ih3oc64kh3ph1"})
    void allocatesNothingOnceItIsCompiled(String text) throws Exception {
        ConvProblem problem = ConvProblem.parse(text);
        Operands operands = Fill.NORMAL.operands(problem, DType.F32, SEED);
        Tensor dense = Tensor.allocate(DType.F32, problem.ySizes());
        for (Tensor y : List.of(dense, restride(dense, 0))) {
            try (WorkerPool pool = new WorkerPool(1);
                    WinogradConv conv = conv(Winograd.F4, Regime.PREPARED, problem, operands, y, pool)) {
                long giveUp = System.nanoTime() + 20_000_000_000L;
                long bytes;
                do {
                    bytes = allocated(conv, 100);
                } while (bytes >= 100 && System.nanoTime() < giveUp);
                assertTrue(bytes < 100, bytes + " bytes in 100 executions");
            }
        }
    }

    @Test
    void refusesToRunOnceItIsClosed() throws Exception {
        ConvProblem problem = ConvProblem.parse("ic4ih5oc4kh3");
        Operands operands = Fill.NORMAL.operands(problem, DType.F32, SEED);
        Tensor y = Tensor.allocate(DType.F32, problem.ySizes());
        try (WorkerPool pool = new WorkerPool(1)) {
            for (Regime regime : List.of(Regime.EAGER, Regime.PREPARED)) {
                WinogradConv conv = conv(Winograd.F4, regime, problem, operands, y, pool);
                conv.close();
                assertEquals("the convolution is closed", assertThrows(IllegalStateException.class, conv::execute).getMessage());
                conv.close();
            }
        }
    }

    private static long allocated(WinogradConv conv, int executions) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < executions; i++) {
            conv.execute();
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @ParameterizedTest
    @ValueSource(strings = {"ic1ih5oc1kh1", "ic1ih5oc1kh3kw2", "ic1ih5oc1kh3sh2", "ic1ih5iw7oc1kh3dw1"})
    void refusesWhatTheTransformsAreNotFor(String text) {
        ConvProblem problem = ConvProblem.parse(text);
        Operands operands = Fill.NORMAL.operands(problem, DType.F32, SEED);
        UnsupportedConvException refused =
                assertThrows(UnsupportedConvException.class, () -> Trial.answer(Winograd.F2, problem, operands, 1));
        assertEquals(Winograd.refusal(problem), Optional.of(refused.getMessage()));
    }

    @Test
    void refusesWhatDoesNotFit() {
        ConvProblem problem = ConvProblem.parse("ic64ih5oc64kh3");
        Operands operands = Fill.NORMAL.operands(problem, DType.F32, SEED);
        Tensor y = Tensor.allocate(DType.F32, problem.ySizes());
        try (WorkerPool pool = new WorkerPool(1)) {
            assertThrows(UnsupportedConvException.class, () -> new WinogradConv(
                    Winograd.F4, Regime.EAGER, Output.REUSED, problem, operands.x(), operands.w(), y, pool, 500_000, PlainProduct::of));
        }
    }

    private static WinogradConv conv(
            Winograd variant, Regime regime, ConvProblem problem, Operands operands, Tensor y, WorkerPool pool)
            throws UnsupportedConvException {
        return new WinogradConv(
                variant, regime, Output.REUSED, problem, operands.x(), operands.w(), y, pool, Long.MAX_VALUE, PlainProduct::of);
    }

    private static void assertSameBits(Tensor expected, Tensor actual, String what) {
        assertEquals(-1, expected.storage().mismatch(actual.storage()), () -> "first byte that differs: " + what);
    }
}
