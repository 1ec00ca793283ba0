package io.github.convgauge.cpu.gemm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.check.Checker;
import io.github.convgauge.check.Comparison;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.check.Reference;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.WorkerPool;
import io.github.convgauge.cpu.direct.Blocking;
import io.github.convgauge.cpu.kernel.Access;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GemmConvTest {
    private static final List<DType> DTYPES = List.of(DType.F32, DType.F64);
    private static final List<Regime> REGIMES = List.of(Regime.EAGER, Regime.PREPARED);
    private static final List<String> BLOCKINGS = List.of("128b:3x2", "256b:6x2", "512b:8x2", "512b:15x1");
    /** Its packed weights take whole vectors, which unchecked kernels copy. */
    private static final ConvProblem POINTWISE = ConvProblem.parse("mb2ic32ih9oc32kh1");

    private static ConvSpec spec(ConvProblem problem, DType dtype, Regime regime, Output output, int threads) {
        return new ConvSpec(problem, dtype, Device.HOST_ID, "im2col+gemm", regime, output, threads);
    }

    private static ConvSpec spec(ConvProblem problem, DType dtype, Regime regime) {
        return spec(problem, dtype, regime, Output.REUSED, 2);
    }

    private static GemmConv conv(ConvSpec spec, Operands operands, Tensor y, WorkerPool pool) throws UnsupportedConvException {
        return new GemmConv(spec, operands.x(), operands.w(), y, pool, Long.MAX_VALUE);
    }

    /** Integers against the definition, with every access of every kernel checked. */
    @ParameterizedTest
    @ValueSource(strings = {
        "ic1ih1oc1kh1",
        "mb2ic17ih5iw3oc33kh1",
        "ic3ih5iw7oc17kh3ph1",
        "ic29ih6oc31kh3", // 261 terms: a tile and a rest
        "mb2ic6ih11iw9oc7oh5ow9kh3kw2sh2sw1ph1pw2dh0dw3",
        "ic16ih4oc40kh1sh2",
        "g2mb2ic6ih7iw9oc10kh3ph1",
        "g5ic5ih6iw5oc5kh3ph1", // one channel a group
        "g2ic64ih3oc66kh1", // no copy but for the groups
    })
    void isExactOnIntegers(String text) throws UnsupportedConvException {
        ConvProblem problem = ConvProblem.parse(text);
        int threads = 1;
        for (DType dtype : DTYPES) {
            Operands operands = Fill.INTEGER.operands(problem, dtype, 5);
            for (String blocking : BLOCKINGS) {
                for (Regime regime : REGIMES) {
                    for (int form = 0; form < FORMS; form++) {
                        Operands lying = new Operands(
                                as(dtype, form, problem.xSizes()).copyFrom(operands.x()),
                                as(dtype, form, problem.wSizes()).copyFrom(operands.w()));
                        Tensor y = as(dtype, form, problem.ySizes());
                        Checker.markUnwritten(y);
                        threads = threads % 3 + 1;
                        try (WorkerPool pool = new WorkerPool(threads);
                                GemmConv conv = new GemmConv(
                                        spec(problem, dtype, regime, Output.REUSED, threads), lying.x(), lying.w(), y, pool,
                                        Long.MAX_VALUE, Blocking.parse(blocking), Access.CHECKED)) {
                            conv.execute();
                        }
                        assertExact(problem, dtype, operands, y, "%s %s %s, form %d, %d threads".formatted(
                                dtype, blocking, regime, form, threads));
                    }
                }
            }
        }
    }

    private static final int FORMS = 3;

    /** (n, h, w, c) dense; in the order of channels first; and backwards with room between images, rows and places. */
    private static Tensor as(DType dtype, int form, long[] s) {
        return switch (form) {
            case 0 -> Tensor.allocate(dtype, s);
            case 1 -> Tensor.allocate(dtype, s[0], s[3], s[1], s[2]).permute(0, 2, 3, 1);
            case 2 -> Tensor.allocate(dtype, s[0] + 1, s[1] + 2, s[2] + 1, s[3] + 1)
                    .slice(0, 0, s[0]).slice(1, s[1], 0, -1).slice(2, 0, s[2]).slice(3, 1, s[3] + 1);
            default -> throw new AssertionError(form);
        };
    }

    private static void assertExact(ConvProblem problem, DType dtype, Operands operands, Tensor y, String what) {
        Reference reference = Reference.compute(problem, operands, Arena.ofAuto().allocate(Reference.bytes(problem), Double.BYTES));
        Comparison comparison = new Checker(problem, dtype, Optional.empty()).compareExactly(operands, y, reference);
        assertEquals(0, comparison.wrong(), () -> "%s, %s: %s".formatted(problem, what, comparison.firstWrong()));
    }

    /** Eager packs the weights that are there now, prepared those that were. */
    @Test
    void regimesDifferInWhichWeightsTheyUse() throws UnsupportedConvException {
        for (Regime regime : REGIMES) {
            Operands operands = new Operands(
                    Tensor.allocate(DType.F32, POINTWISE.xSizes()).fill(i -> 1),
                    Tensor.allocate(DType.F32, POINTWISE.wSizes()).fill(i -> 1));
            Tensor y = Tensor.allocate(DType.F32, POINTWISE.ySizes());
            try (WorkerPool pool = new WorkerPool(2); GemmConv conv = conv(spec(POINTWISE, DType.F32, regime), operands, y, pool)) {
                operands.w().fill(i -> 2);
                conv.execute();
            }
            assertEquals(regime == Regime.EAGER ? 64 : 32, y.getDouble(1, 2, 3, 4), regime.label());
        }
    }

    @Test
    void profilesItsStages() throws UnsupportedConvException {
        assertEquals(List.of("pack", "pad", "im2col", "gemm"), stages("g3mb2ic6ih9oc6kh3ph1", Regime.EAGER));
        assertEquals(List.of("pad", "im2col", "gemm"), stages("g3mb2ic6ih9oc6kh3ph1", Regime.PREPARED));
        assertEquals(List.of("im2col", "gemm"), stages("ic6ih9oc6kh1sh2", Regime.PREPARED));
        assertEquals(List.of("gemm"), stages("ic6ih9oc6kh1", Regime.PREPARED));
    }

    private static List<String> stages(String text, Regime regime) throws UnsupportedConvException {
        ConvProblem problem = ConvProblem.parse(text);
        Operands operands = Fill.NORMAL.operands(problem, DType.F64, 3);
        Tensor y = Tensor.allocate(DType.F64, problem.ySizes());
        try (WorkerPool pool = new WorkerPool(2); GemmConv conv = conv(spec(problem, DType.F64, regime), operands, y, pool)) {
            conv.execute();
            double[] executed = y.toDoubles();
            Checker.markUnwritten(y);
            List<String> stages = List.copyOf(conv.profile().keySet());
            assertArrayEquals(executed, y.toDoubles(), "the profiled run has another answer");
            return stages;
        }
    }

    @Test
    void refusesAColumnMatrixThatDoesNotFit() {
        ConvProblem problem = ConvProblem.parse("ic8ih9oc8kh3");
        Operands operands = Fill.NORMAL.operands(problem, DType.F32, 1);
        try (WorkerPool pool = new WorkerPool(1)) {
            String message = assertThrows(UnsupportedConvException.class, () -> new GemmConv(
                    spec(problem, DType.F32, Regime.EAGER), operands.x(), operands.w(),
                    Tensor.allocate(DType.F32, problem.ySizes()), pool, 1)).getMessage();
            assertTrue(message.startsWith("the column matrix takes "), message);
        }
    }

    @Test
    void refusesRegimesAndOutputsThatItDoesNotHave() {
        assertEquals("im2col+gemm on the CPU is eager or prepared, not resident", refusal(Regime.RESIDENT, Output.REUSED));
        assertEquals(
                "im2col+gemm writes into the y that it is given: its output is reused, not fresh",
                refusal(Regime.EAGER, Output.FRESH));
    }

    private static String refusal(Regime regime, Output output) {
        Operands operands = Fill.NORMAL.operands(POINTWISE, DType.F32, 1);
        try (WorkerPool pool = new WorkerPool(1)) {
            return assertThrows(UnsupportedConvException.class, () -> conv(
                    spec(POINTWISE, DType.F32, regime, output, 1), operands, Tensor.allocate(DType.F32, POINTWISE.ySizes()), pool))
                    .getMessage();
        }
    }

    /** Unchecked kernels would take an array's offset for an address. */
    @Test
    void refusesTensorsOnTheHeap() {
        Operands operands = Fill.NORMAL.operands(POINTWISE, DType.F32, 1);
        Tensor y = Tensor.allocate(DType.F32, POINTWISE.ySizes());
        assertOffHeapNeeded(onHeap(operands.x()), operands.w(), y);
        assertOffHeapNeeded(operands.x(), onHeap(operands.w()), y);
        assertOffHeapNeeded(operands.x(), operands.w(), onHeap(y));
    }

    private static void assertOffHeapNeeded(Tensor x, Tensor w, Tensor y) {
        try (WorkerPool pool = new WorkerPool(1)) {
            assertEquals(
                    "a tensor over an array on the heap; the kernels need off-heap memory",
                    assertThrows(IllegalArgumentException.class, () -> new GemmConv(
                            spec(POINTWISE, DType.F32, Regime.EAGER), x, w, y, pool, Long.MAX_VALUE)).getMessage());
        }
    }

    private static Tensor onHeap(Tensor tensor) {
        return Tensor.over(
                MemorySegment.ofArray(new float[Math.toIntExact(tensor.size())]), DType.F32, Layout.contiguous(tensor.sizes()));
    }

    /** Unchecked kernels would write to memory that is no longer theirs. */
    @Test
    void closedMeansClosed() throws UnsupportedConvException {
        Operands operands = Fill.NORMAL.operands(POINTWISE, DType.F32, 1);
        Tensor y = Tensor.allocate(DType.F32, POINTWISE.ySizes());
        for (Regime regime : REGIMES) {
            try (WorkerPool pool = new WorkerPool(2)) {
                PreparedConv conv = conv(spec(POINTWISE, DType.F32, regime), operands, y, pool);
                conv.close();
                conv.close();
                assertEquals("the convolution is closed", assertThrows(IllegalStateException.class, conv::execute).getMessage());
                assertThrows(IllegalStateException.class, conv::profile);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ic4ih5oc3kh3", "ic4ih5oc3kh1sh2", "ic4ih5oc3kh1ph1", "g2ic4ih5oc4kh1"})
    void theProductAloneRefusesWhatNeedsACopy(String text) {
        ConvProblem problem = ConvProblem.parse(text);
        Operands operands = Fill.NORMAL.operands(problem, DType.F32, 1);
        assertNeedsCopy(problem, operands.x(), operands.w());
    }

    @Test
    void theProductAloneRefusesAnInputThatIsNoMatrix() {
        ConvProblem problem = ConvProblem.parse("mb2ic4ih5oc3kh1");
        Operands operands = Fill.NORMAL.operands(problem, DType.F32, 1);
        assertNeedsCopy(problem, as(DType.F32, 1, problem.xSizes()), operands.w());
    }

    private static void assertNeedsCopy(ConvProblem problem, Tensor x, Tensor w) {
        ConvSpec spec = new ConvSpec(problem, DType.F32, Device.HOST_ID, "gemm", Regime.EAGER, Output.REUSED, 1);
        try (WorkerPool pool = new WorkerPool(1)) {
            assertEquals(
                    "gemm multiplies x as it lies: it does 1x1 kernels with stride 1, no padding and one group, over a contiguous x",
                    assertThrows(UnsupportedConvException.class, () -> GemmConv.withoutCopy(
                            spec, x, w, Tensor.allocate(DType.F32, problem.ySizes()), pool, Long.MAX_VALUE)).getMessage());
        }
    }

    @Test
    void theProductAloneIsExactAndNeedsNoMemoryForColumns() throws UnsupportedConvException {
        ConvProblem problem = ConvProblem.parse("mb2ic37ih5oc35kh1");
        for (DType dtype : DTYPES) {
            Operands operands = Fill.INTEGER.operands(problem, dtype, 3);
            Tensor y = Tensor.allocate(dtype, problem.ySizes());
            Checker.markUnwritten(y);
            ConvSpec spec = new ConvSpec(problem, dtype, Device.HOST_ID, "gemm", Regime.PREPARED, Output.REUSED, 3);
            try (WorkerPool pool = new WorkerPool(3);
                    GemmConv conv = GemmConv.withoutCopy(spec, operands.x(), operands.w(), y, pool, 1)) {
                conv.execute();
                assertExact(problem, dtype, operands, y, dtype.label());
                assertEquals(List.of("gemm"), List.copyOf(conv.profile().keySet()));
            }
        }
    }
}
