package io.github.convgauge.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.PeakLoop;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CpuBackendTest {
    private static final long GIB = 1L << 30;
    private static final ConvProblem SMALL = ConvProblem.parse("mb2ic3ih5iw7oc5kh3kw2ph1");

    private final CpuBackend backend = new CpuBackend();

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void isFoundAsAService() {
        List<Backend> found = ServiceLoader.load(Backend.class).stream().map(ServiceLoader.Provider::get).toList();
        assertEquals(1, found.size());
        assertInstanceOf(CpuBackend.class, found.getFirst());
        assertEquals("cpu", found.getFirst().name());
        assertEquals(List.of(Device.host()), backend.devices());
        assertEquals(Rows.ALGORITHMS, backend.algorithms().stream().map(Algorithm::name).toList());
    }

    @Test
    void startSaysHowToGetTheVectorModule() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp", System.getProperty("java.class.path"), StartWithoutVectorModule.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        assertEquals(
                "this JVM was started without the module jdk.incubator.vector; start it with --add-modules=jdk.incubator.vector",
                output.strip());
    }

    /** Run in a JVM of its own. */
    static final class StartWithoutVectorModule {
        private StartWithoutVectorModule() {}

        public static void main(String[] args) {
            try (CpuBackend plain = new CpuBackend()) {
                BackendUnavailableException e = assertThrows(BackendUnavailableException.class, plain::start);
                System.out.println(e.getMessage() + "; " + e.mend());
            }
        }
    }

    @Test
    void refusesWhatItDoesNotDo() {
        Operands operands = Fill.NORMAL.operands(SMALL, DType.F32, 1);
        Tensor y = Tensor.allocate(DType.F32, SMALL.ySizes());
        ConvSpec prepared = new ConvSpec(SMALL, DType.F32, Device.HOST_ID, "kxk", Regime.PREPARED, Output.REUSED, 1);
        assertEquals(
                "kxk uses the weights as they lie: it is eager, not prepared",
                assertThrows(UnsupportedConvException.class, () -> backend.prepare(prepared, operands.x(), operands.w(), y))
                        .getMessage());
        ConvSpec unknown = Rows.spec(SMALL, DType.F32, "winograd", 1);
        assertThrows(IllegalArgumentException.class, () -> backend.prepare(unknown, operands.x(), operands.w(), y));
        ConvSpec elsewhere = new ConvSpec(SMALL, DType.F32, "gpu0", "kxk", Regime.EAGER, Output.REUSED, 1);
        assertThrows(IllegalArgumentException.class, () -> backend.prepare(elsewhere, operands.x(), operands.w(), y));
        ConvSpec noThreads = Rows.spec(SMALL, DType.F32, "kxk", 0);
        assertThrows(IllegalArgumentException.class, () -> backend.prepare(noThreads, operands.x(), operands.w(), y));
        assertEquals(
                "w is f32 (2, 5, 7, 3); the problem needs f32 (3, 2, 3, 5)",
                assertThrows(IllegalArgumentException.class, () -> backend.prepare(
                        Rows.spec(SMALL, DType.F32, "kxk", 1), operands.x(), operands.x(), y)).getMessage());
    }

    @Test
    void kxkSaysThatItDoesNoGroups() {
        ConvProblem grouped = ConvProblem.parse("g2ic4ih3oc4kh3");
        assertEquals(
                "kxk multiplies all input channels with all output channels at each tap, and g2 keeps them apart",
                assertThrows(UnsupportedConvException.class, () -> Rows.answer(backend, grouped, DType.F32, "kxk", 1, 1))
                        .getMessage());
    }

    /** Strides of 0 make tensors of any size out of one element. */
    private static Tensor huge(DType dtype, long[] sizes) {
        return Tensor.allocate(dtype, 1, 1, 1, 1).expand(sizes);
    }

    @Test
    void im2colSaysThatTheColumnMatrixIsTooLarge() {
        ConvProblem p = ConvProblem.parse("mb64ic64ih256oc64kh3ph1");
        assertEquals(
                "the column matrix takes 9.0 GiB beside 3.0 GiB of tensors, and this machine has 11.9 GiB of memory",
                refusal(p, 12 * GIB - GIB / 8));
        assertEquals(
                "the column matrix takes 9.0 GiB beside 3.0 GiB of tensors, and this machine has 2.0 GiB of memory",
                refusal(p, 2 * GIB));
    }

    private static String refusal(ConvProblem p, long memory) {
        try (CpuBackend small = new CpuBackend(memory)) {
            return assertThrows(UnsupportedConvException.class, () -> small.prepare(
                            Rows.spec(p, DType.F32, "im2col", 1),
                            huge(DType.F32, p.xSizes()), huge(DType.F32, p.wSizes()), huge(DType.F32, p.ySizes())))
                    .getMessage();
        }
    }

    @Test
    void pointwiseNeedsNoMemoryForColumns() throws UnsupportedConvException {
        ConvProblem p = ConvProblem.parse("ic4ih5oc3kh1");
        try (CpuBackend tiny = new CpuBackend(1)) {
            Tensor y = Rows.answer(tiny, p, DType.F64, "im2col", 2, 3);
            assertEquals(-1, y.storage().mismatch(Rows.answer(tiny, p, DType.F64, "im2col", 1, 3).storage()));
            Operands operands = Fill.NORMAL.operands(p, DType.F64, 3);
            try (PreparedConv conv = tiny.prepare(Rows.spec(p, DType.F64, "im2col", 2), operands.x(), operands.w(), y)) {
                assertEquals(List.of("gemm"), List.copyOf(conv.profile().keySet()));
            }
        }
    }

    @Test
    void im2colProfilesItsStages() throws UnsupportedConvException {
        assertEquals(List.of("pad", "im2col", "gemm"), stages("g3mb2ic6ih9oc6kh3ph1"));
        assertEquals(List.of("im2col", "gemm"), stages("ic6ih9oc6kh3"));
        assertEquals(List.of("im2col", "gemm"), stages("ic6ih9oc6kh1sh2"));
    }

    private List<String> stages(String text) throws UnsupportedConvException {
        ConvProblem p = ConvProblem.parse(text);
        Operands operands = Fill.NORMAL.operands(p, DType.F64, 3);
        Tensor expected = Rows.answer(backend, p, DType.F64, "im2col", 2, 3);
        Tensor y = Tensor.allocate(DType.F64, p.ySizes());
        try (PreparedConv conv = backend.prepare(Rows.spec(p, DType.F64, "im2col", 2), operands.x(), operands.w(), y)) {
            var nanos = conv.profile();
            nanos.forEach((stage, time) -> assertTrue(time > 0, stage));
            assertEquals(-1, expected.storage().mismatch(y.storage()), "the profiled run has another answer");
            return List.copyOf(nanos.keySet());
        }
    }

    /** Weights in channels-first order are no matrix; NumPy's reshape would copy them, and so do we. */
    @Test
    void im2colCopiesWeightsThatAreNoMatrix() throws UnsupportedConvException {
        Operands operands = Fill.INTEGER.operands(SMALL, DType.F32, 5);
        Tensor permuted = Tensor.allocate(DType.F32, 5, 3, 3, 2).permute(2, 3, 1, 0).copyFrom(operands.w());
        Tensor expected = Tensor.allocate(DType.F32, SMALL.ySizes());
        Tensor y = Tensor.allocate(DType.F32, SMALL.ySizes());
        ConvSpec spec = Rows.spec(SMALL, DType.F32, "im2col", 2);
        try (PreparedConv conv = backend.prepare(spec, operands.x(), operands.w(), expected);
                PreparedConv strided = backend.prepare(spec, operands.x(), permuted, y)) {
            conv.execute();
            assertEquals(List.of("weights", "pad", "im2col", "gemm"), List.copyOf(strided.profile().keySet()));
        }
        assertEquals(-1, expected.storage().mismatch(y.storage()));
    }

    /** Channels first, Fortran order and backwards at once, with everything that a problem can have but groups. */
    @Test
    void stridesOfTheTensorsAndOfTheProblemTogether() throws UnsupportedConvException {
        ConvProblem p = ConvProblem.parse("mb2ic6ih11iw9oc7oh5ow9kh3kw2sh2sw1ph1pw2dh0dw3");
        for (DType dtype : Rows.DTYPES) {
            Operands operands = Fill.INTEGER.operands(p, dtype, 13);
            Tensor x = Tensor.allocate(dtype, 2, 6, 11, 9).permute(0, 2, 3, 1).slice(2, 8, -1, -1).copyFrom(operands.x());
            Tensor w = Tensor.allocate(dtype, operands.w().size())
                    .with(Layout.fortran(p.wSizes())).slice(0, 2, -1, -1).copyFrom(operands.w());
            Tensor expected = Tensor.allocate(dtype, p.ySizes());
            try (PreparedConv conv = backend.prepare(
                    Rows.spec(p, dtype, "naive", 1), operands.x(), operands.w(), expected)) {
                conv.execute();
            }
            for (String algorithm : Rows.algorithms(p)) {
                Tensor y = Tensor.allocate(dtype, expected.size())
                        .with(Layout.fortran(p.ySizes())).slice(1, p.oh() - 1L, -1, -1);
                try (PreparedConv conv = backend.prepare(Rows.spec(p, dtype, algorithm, 3), x, w, y)) {
                    conv.execute();
                }
                assertEquals(-1, expected.storage().mismatch(y.copy().storage()), algorithm + " " + dtype);
            }
        }
    }

    /** x and w may change between executions: nothing of them is kept. */
    @Test
    void readsItsInputsAnew() throws UnsupportedConvException {
        for (String algorithm : Rows.algorithms(SMALL)) {
            Operands operands = Fill.NORMAL.operands(SMALL, DType.F64, 7);
            Tensor x = operands.x().copy();
            Tensor w = operands.w().copy();
            Tensor y = Tensor.allocate(DType.F64, SMALL.ySizes());
            try (PreparedConv conv = backend.prepare(Rows.spec(SMALL, DType.F64, algorithm, 2), x, w, y)) {
                conv.execute();
                x.fill(i -> 1);
                w.fill(i -> 1);
                conv.execute();
            }
            // Far from the border each output now counts its terms.
            assertEquals(SMALL.terms(), y.getDouble(1, 2, 3, 4), algorithm);
        }
    }

    /** y at the very end, and at the very start, of a storage full of a pattern. */
    @Test
    void writesNothingAroundTheOutput() throws UnsupportedConvException {
        ConvProblem p = ConvProblem.parse("mb3ic5ih7iw5oc7kh3ph1");
        long count = 3 * 7 * 5 * 7;
        int guard = 64;
        for (String algorithm : Rows.ALGORITHMS) {
            for (DType dtype : Rows.DTYPES) {
                Tensor expected = Rows.answer(backend, p, dtype, algorithm, 1, 11);
                Operands operands = Fill.NORMAL.operands(p, dtype, 11);
                for (long offset : new long[] {0, guard}) {
                    Tensor storage = Tensor.allocate(dtype, count + guard).fill(i -> 99);
                    Tensor y = storage.with(Layout.of(p.ySizes(), expected.layout().strides(), offset));
                    try (PreparedConv conv = backend.prepare(
                            Rows.spec(p, dtype, algorithm, 3), operands.x(), operands.w(), y)) {
                        conv.execute();
                    }
                    assertEquals(-1, expected.storage().mismatch(y.copy().storage()), algorithm + " " + dtype);
                    double[] around = storage.slice(0, offset == 0 ? count : 0, offset == 0 ? count + guard : guard).toDoubles();
                    for (double value : around) {
                        assertEquals(99, value, algorithm + " " + dtype);
                    }
                }
            }
        }
    }

    @Test
    void allocatesNothingWhileItExecutes() throws UnsupportedConvException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Operands operands = Fill.NORMAL.operands(SMALL, DType.F32, 7);
        Tensor y = Tensor.allocate(DType.F32, SMALL.ySizes());
        for (String algorithm : Rows.algorithms(SMALL)) {
            try (PreparedConv conv = backend.prepare(Rows.spec(SMALL, DType.F32, algorithm, 1), operands.x(), operands.w(), y)) {
                long bytes = Long.MAX_VALUE;
                // Until the JIT compiler is through, vectors are objects.
                for (long start = System.nanoTime(); bytes >= 1000 && System.nanoTime() - start < 30_000_000_000L;) {
                    long before = threads.getCurrentThreadAllocatedBytes();
                    for (int i = 0; i < 1000; i++) {
                        conv.execute();
                    }
                    bytes = threads.getCurrentThreadAllocatedBytes() - before;
                }
                assertTrue(bytes < 1000, "%s: %d bytes in 1000 executions".formatted(algorithm, bytes));
            }
        }
    }

    @Test
    void closedMeansClosed() throws UnsupportedConvException {
        Operands operands = Fill.NORMAL.operands(SMALL, DType.F32, 7);
        Tensor y = Tensor.allocate(DType.F32, SMALL.ySizes());
        PreparedConv conv = backend.prepare(Rows.spec(SMALL, DType.F32, "im2col", 2), operands.x(), operands.w(), y);
        conv.execute();
        conv.close();
        conv.close();
        assertThrows(IllegalStateException.class, conv::execute);
        PreparedConv other = backend.prepare(Rows.spec(SMALL, DType.F32, "naive", 2), operands.x(), operands.w(), y);
        other.execute();
        backend.close();
        assertThrows(IllegalStateException.class, other::execute);
    }

    @Test
    void anExceptionOfAHelperArrives() throws UnsupportedConvException {
        try (Arena confined = Arena.ofConfined()) {
            Tensor x = Tensor.allocate(confined, DType.F32, SMALL.xSizes());
            Tensor w = Tensor.allocate(DType.F32, SMALL.wSizes());
            Tensor y = Tensor.allocate(DType.F32, SMALL.ySizes());
            try (PreparedConv conv = backend.prepare(Rows.spec(SMALL, DType.F32, "naive", 2), x, w, y)) {
                assertThrows(WrongThreadException.class, conv::execute);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void peakIsWhatAProcessorCanDo(DType dtype) {
        for (int threads : new int[] {1, 2}) {
            PeakLoop loop = backend.peak(Device.HOST_ID, dtype, threads).orElseThrow();
            // From a 2 GHz core with one 128-bit multiply-add a cycle to a 6 GHz one with two of 512 bits, with room.
            double lanes = dtype == DType.F64 ? 1 : 2;
            double gflops = 0;
            long patience = System.nanoTime() + 30_000_000_000L; // for the JIT compiler, on a busy machine
            while (gflops < 4 * lanes && System.nanoTime() < patience) {
                gflops = Math.max(gflops, timeOnce(loop));
            }
            for (int i = 0; i < 100; i++) {
                gflops = Math.max(gflops, timeOnce(loop));
            }
            assertTrue(gflops > 4 * lanes && gflops < 250 * lanes * threads, "%s, %d threads: %f GF/s".formatted(dtype, threads, gflops));
        }
    }

    private static double timeOnce(PeakLoop loop) {
        long start = System.nanoTime();
        loop.execute();
        return loop.flops() / (System.nanoTime() - start);
    }

    @Test
    void copyIsWhatAMemoryCanDo() {
        for (int threads : new int[] {1, 2}) {
            // Not a multiple of pages and threads.
            try (CpuCopy copy = (CpuCopy) backend.copy(Device.HOST_ID, (64 << 20) + 1, threads).orElseThrow()) {
                assertTrue(copy.bytes() > 2.0 * (64 << 20) && copy.bytes() < 2.1 * (64 << 20));
                assertFalse(copy.isCopied());
                double best = 0;
                for (int i = 0; i < 10; i++) {
                    long start = System.nanoTime();
                    copy.execute();
                    best = Math.max(best, copy.bytes() / (System.nanoTime() - start));
                }
                assertTrue(copy.isCopied());
                // From an old laptop to many channels of fast memory; what is left out is far above.
                assertTrue(best > 0.5 && best < 2000, "%d threads: %f GB/s".formatted(threads, best));
            }
        }
    }

    @Test
    void thereIsNoPeakOfIntegers() {
        assertTrue(backend.peak(Device.HOST_ID, DType.I32, 1).isEmpty());
        assertThrows(IllegalArgumentException.class, () -> backend.peak("gpu0", DType.F32, 1));
    }
}
