package io.github.convgauge.opencl;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.FellBackException;
import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.check.Checker;
import io.github.convgauge.check.Comparison;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.check.Reference;
import io.github.convgauge.cl.Assembly;
import io.github.convgauge.cl.Cl;
import io.github.convgauge.cl.ClContext;
import io.github.convgauge.cl.ClDevice;
import io.github.convgauge.cl.ClPlatform;
import io.github.convgauge.cl.DeviceConv;
import io.github.convgauge.cl.DeviceTensor;
import io.github.convgauge.cl.RequiresOpenCl;
import io.github.convgauge.cl.Resources;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.openclc.Constants;
import io.github.convgauge.openclc.Program;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresOpenCl
class OpenClBackendTest {
    private static final ConvProblem SMALL = ConvProblem.parse("mb2ic3ih7iw6oc5kh3kw2ph1");
    private static final long MIB = 1L << 20;

    private static OpenClBackend backend;

    @BeforeAll
    static void start() throws Exception {
        backend = new OpenClBackend();
        backend.start();
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private static OpenClBackend limited(UnaryOperator<ClDevice.Limits> limits) throws Exception {
        OpenClBackend other = new OpenClBackend(limits);
        other.start();
        return other;
    }

    @Test
    void devicesSayWhatTheyAre() {
        for (Device device : backend.devices()) {
            assertTrue(device.id().matches("[a-z0-9-]+-[0-9]+"), device.id());
            assertFalse(device.name().isBlank());
            assertEquals(
                    List.of("compute units", "driver", "f64", "largest allocation", "local memory", "max work-group",
                            "memory", "platform", "type"),
                    List.copyOf(device.facts().keySet()));
            device.facts().forEach((fact, value) -> assertFalse(value.isBlank(), fact));
        }
        List<String> ids = backend.devices().stream().map(Device::id).toList();
        assertEquals(ids.stream().distinct().toList(), ids);
        List<String> hardware = backend.devices().stream().map(Device::hardware).toList();
        assertEquals(hardware.stream().distinct().toList(), hardware);
    }

    @Test
    void versionsNameBindingPlatformAndFlags() {
        Map<String, String> versions = backend.versions();
        assertTrue(versions.containsKey("LWJGL"));
        assertTrue(versions.get("OpenCL C options").contains("-cl-std=CL1.2"));
        backend.devices().forEach(device -> assertTrue(
                versions.values().stream().anyMatch(version -> device.facts().get("platform").endsWith(version))));
    }

    @Test
    void pointwiseNeedsNoColumns() throws Exception {
        for (String algorithm : List.of("im2col+gemm", "im2col+gemm-tiled")) {
            assertEquals(List.of("gemm"), stages("mb2ic4ih5oc8kh1", algorithm), algorithm);
            assertEquals(List.of("im2col", "gemm"), stages("mb2ic4ih5oc8kh1sh2", algorithm), algorithm);
            assertEquals(List.of("im2col", "gemm"), stages("g2mb2ic4ih5oc16kh1", algorithm), algorithm);
            assertEquals(List.of("pad", "im2col", "gemm"), stages("mb2ic4ih5oc8kh1ph1", algorithm), algorithm);
        }
        assertEquals(List.of("direct"), stages("mb2ic4ih5oc8kh1ph1", "direct-blocked"));
    }

    private static List<String> stages(String problem, String algorithm) throws Exception {
        try (PreparedConv conv = Rows.prepare(backend, ConvProblem.parse(problem), DType.F32, algorithm, Regime.RESIDENT)) {
            return conv.kernels().stream().map(KernelSource::name).toList();
        }
    }

    /** Weights that fill no vector are packed: once where they stay, each time where they move. */
    @Test
    void packingBelongsToTheExecutionOnlyEndToEnd() throws Exception {
        for (Regime regime : Rows.REGIMES) {
            try (PreparedConv conv = Rows.prepare(backend, SMALL, DType.F32, "direct-blocked", regime)) {
                assertEquals("weights", conv.kernels().getFirst().name());
                List<String> expected = switch (regime) {
                    case RESIDENT -> List.of("direct", "dispatch", "kernel", "driver_compile");
                    case WEIGHTS_RESIDENT -> List.of("copy_in", "direct", "copy_out", "dispatch", "kernel", "driver_compile");
                    default -> List.of("copy_in", "weights", "direct", "copy_out", "dispatch", "kernel", "driver_compile");
                };
                assertEquals(expected, List.copyOf(conv.profile().keySet()), regime.label());
            }
        }
    }

    @Test
    void profileAddsUp() throws Exception {
        for (String algorithm : Rows.ALGORITHMS) {
            for (Regime regime : Rows.REGIMES) {
                try (PreparedConv conv = Rows.prepare(backend, SMALL, DType.F32, algorithm, regime)) {
                    conv.execute();
                    Map<String, Long> nanos = conv.profile();
                    String row = algorithm + " " + regime.label() + " " + nanos;
                    nanos.forEach((stage, time) -> assertTrue(time > 0 || stage.equals("dispatch"), row));
                    long kernels = nanos.entrySet().stream()
                            .filter(e -> List.of("weights", "pad", "im2col", "gemm", "direct").contains(e.getKey()))
                            .mapToLong(Map.Entry::getValue)
                            .sum();
                    assertEquals(kernels, nanos.get(PreparedConv.KERNEL_STAGE), row);
                    assertEquals(regime != Regime.RESIDENT, nanos.containsKey("copy_in"), row);
                    assertEquals(regime != Regime.RESIDENT, nanos.containsKey("copy_out"), row);
                }
            }
        }
    }

    @Test
    void kernelsAreTheCompiledOnes() throws Exception {
        try (PreparedConv conv = Rows.prepare(backend, SMALL, DType.F64, "im2col+gemm", Regime.RESIDENT)) {
            List<KernelSource> kernels = conv.kernels();
            assertEquals(List.of("weights", "pad", "im2col", "gemm"), kernels.stream().map(KernelSource::name).distinct().toList());
            for (KernelSource kernel : kernels) {
                assertEquals("cl", kernel.extension());
                assertEquals(List.of("function", "options", "global", "local"), List.copyOf(kernel.facts().keySet()));
                assertTrue(kernel.text().contains("kernel void " + kernel.facts().get("function") + "("), kernel.text());
                String options = kernel.facts().get("options");
                assertTrue(options.startsWith("-cl-std=CL1.2 ") && options.contains(" -DREAL_BITS=64"), options);
            }
            String gemm = kernels.getLast().facts().get("options");
            assertTrue(gemm.contains(" -DK=18 ") && gemm.contains(" -DM=98 ") && gemm.contains(" -DN=5 "), gemm);
        }
    }

    @Test
    void proofNamesTheDeviceAndItsTime() throws Exception {
        try (PreparedConv conv = Rows.prepare(backend, SMALL, DType.F32, "direct", Regime.RESIDENT)) {
            String proof = conv.proof().orElseThrow();
            assertTrue(proof.startsWith(backend.devices().getFirst().name()), proof);
            assertTrue(proof.matches(".* [1-9][0-9]* ns in the kernels by its own clock"), proof);
        }
    }

    /** Rows whose kernels write nothing, which no former answer may cover up. */
    @Test
    void whatNoKernelWritesIsSeen() throws Exception {
        Operands operands = Fill.NORMAL.operands(SMALL, DType.F32, 5);
        Reference reference = Reference.compute(SMALL, operands, Arena.ofAuto().allocate(Reference.bytes(SMALL), 8));
        Checker checker = new Checker(SMALL, DType.F32, Optional.empty());
        List<ClDevice> devices = ClPlatform.devices();
        for (Regime regime : Rows.REGIMES) {
            Tensor y = Tensor.allocate(DType.F32, SMALL.ySizes());
            try (PreparedConv conv = backend.prepare(
                    Rows.spec(backend, SMALL, DType.F32, "direct", regime), operands.x(), operands.w(), y)) {
                conv.execute();
                assertEquals(0, checker.compareWithinBound(operands, conv.output(), reference).wrong());
            }
            DeviceTensor x = DeviceTensor.asItLies("x", operands.x());
            DeviceTensor w = DeviceTensor.asItLies("w", operands.w());
            // Starts out with the right answer, on the host and on the device.
            DeviceTensor out = DeviceTensor.asItLies("y", y);
            try (ClContext context = new ClContext(devices.getFirst())) {
                Resources resources = new Resources(context);
                List.of(x, w, out).forEach(tensor -> tensor.allocate(resources));
                try (DeviceConv idle = new DeviceConv(resources, regime, x, w, out, new Assembly(List.of(), List.of()))) {
                    Checker.markUnwritten(y);
                    idle.uploadOutput();
                    idle.execute();
                    Comparison comparison = checker.compareWithinBound(operands, idle.output(), reference);
                    assertEquals(y.size(), comparison.unwritten(), regime.label());
                    FellBackException e = assertThrows(FellBackException.class, idle::proof);
                    assertTrue(e.getMessage().endsWith("counted no time in the kernels"), e.getMessage());
                }
            }
        }
    }

    @Test
    void residentReadsItsInputsOnceAndOthersAnew() throws Exception {
        for (Regime regime : Rows.REGIMES) {
            for (String algorithm : Rows.ALGORITHMS) {
                Tensor x = Tensor.allocate(DType.F32, SMALL.xSizes()).fill(i -> 1);
                Tensor w = Tensor.allocate(DType.F32, SMALL.wSizes()).fill(i -> 1);
                Tensor y = Tensor.allocate(DType.F32, SMALL.ySizes());
                try (PreparedConv conv = backend.prepare(Rows.spec(backend, SMALL, DType.F32, algorithm, regime), x, w, y)) {
                    x.fill(i -> 2);
                    w.fill(i -> 3);
                    conv.execute();
                    double perTerm = switch (regime) {
                        case RESIDENT -> 1;
                        case WEIGHTS_RESIDENT -> 2;
                        default -> 6;
                    };
                    // Far from the border each output has all its terms.
                    assertEquals(perTerm * SMALL.terms(), conv.output().getDouble(1, 3, 3, 4), algorithm + " " + regime.label());
                }
            }
        }
    }

    /** Strides of 0 make tensors of any size out of one element. */
    private static Tensor huge(DType dtype, long[] sizes) {
        return Tensor.allocate(dtype, 1, 1, 1, 1).expand(sizes);
    }

    private static String refusal(OpenClBackend where, String problem, DType dtype, String algorithm) {
        ConvProblem p = ConvProblem.parse(problem);
        return assertThrows(UnsupportedConvException.class, () -> where.prepare(
                        Rows.spec(where, p, dtype, algorithm, Regime.RESIDENT),
                        huge(dtype, p.xSizes()), huge(dtype, p.wSizes()), huge(dtype, p.ySizes())))
                .getMessage();
    }

    @Test
    void saysWhatDoesNotFit() throws Exception {
        String problem = "mb64ic8ih64oc8kh3ph1"; // columns of 64·64·64·72 f32, 72 MiB, a frame of 8.5
        try (OpenClBackend small = limited(l -> new ClDevice.Limits(
                        1024 * MIB, 64 * MIB, l.localMemory(), l.workGroup(), l.workItems(), l.f64()))) {
            assertEquals(
                    "the column matrix takes 72.0 MiB, and the device's largest single allocation is 64.0 MiB",
                    refusal(small, problem, DType.F32, "im2col+gemm"));
        }
        try (OpenClBackend small = limited(l -> new ClDevice.Limits(
                        80 * MIB, 80 * MIB, l.localMemory(), l.workGroup(), l.workItems(), l.f64()))) {
            assertEquals(
                    "x, w, y, the column matrix, the padded x take 80.5 MiB, and the device has 80.0 MiB of memory",
                    refusal(small, problem, DType.F32, "im2col+gemm-tiled"));
        }
    }

    @Test
    void refusesWhatAnIntCannotCount() {
        assertEquals(
                "the column matrix takes 2415919104 elements, and the kernels count with 32 bits, up to 2147483647",
                refusal(backend, "mb64ic64ih256oc64kh3ph1", DType.F32, "im2col+gemm"));
        assertEquals(
                "x takes 2147483648 elements, and the kernels count with 32 bits, up to 2147483647",
                refusal(backend, "ic1ih2iw1073741824oc1kh1sh2", DType.F32, "direct"));
    }

    /** Two elements so far apart in a file with a hole between them. */
    @Test
    void refusesStridesThatAnIntCannotCount(@TempDir Path folder) throws Exception {
        ConvProblem p = ConvProblem.parse("ic1ih1iw2oc1kh1kw2");
        Tensor w = Tensor.allocate(DType.F32, p.wSizes());
        Tensor y = Tensor.allocate(DType.F32, p.ySizes());
        try (Arena arena = Arena.ofConfined();
                FileChannel file = FileChannel.open(folder.resolve("hole"), CREATE, READ, WRITE)) {
            long last = Integer.MAX_VALUE;
            MemorySegment storage = file.map(FileChannel.MapMode.READ_WRITE, 0, (last + 1) * Float.BYTES, arena);
            Tensor x = Tensor.over(storage, DType.F32, Layout.of(p.xSizes(), new long[] {last, last, -last, last}, last));
            for (String algorithm : Rows.ALGORITHMS) {
                assertEquals(
                        "x takes 2147483648 elements, and the kernels count with 32 bits, up to 2147483647",
                        assertThrows(UnsupportedConvException.class, () -> backend.prepare(
                                Rows.spec(backend, p, DType.F32, algorithm, Regime.RESIDENT), x, w, y)).getMessage());
            }
        }
    }

    /** Channels first, where no vector of channels can be loaded or stored, and in problems that live on vectors. */
    @Test
    void channelsFirst() throws Exception {
        for (String text : List.of("g16mb2ic16ih6iw7oc16kh3ph1", "g2mb2ic4ih6iw7oc34kh3ph1", "mb2ic4ih6iw7oc32kh1")) {
            ConvProblem p = ConvProblem.parse(text);
            Operands dense = Fill.INTEGER.operands(p, DType.F32, 5);
            Tensor x = Tensor.allocate(DType.F32, p.mb(), p.ic(), p.ih(), p.iw()).permute(0, 2, 3, 1).copyFrom(dense.x());
            Tensor w = Tensor.allocate(DType.F32, p.oc(), p.groupIc(), p.kh(), p.kw()).permute(2, 3, 1, 0).copyFrom(dense.w());
            Reference reference = Reference.compute(p, dense, Arena.ofAuto().allocate(Reference.bytes(p), 8));
            Checker checker = new Checker(p, DType.F32, Optional.empty());
            for (String algorithm : Rows.ALGORITHMS) {
                Tensor y = Tensor.allocate(DType.F32, p.mb(), p.oc(), p.oh(), p.ow()).permute(0, 2, 3, 1);
                try (PreparedConv conv = backend.prepare(
                        Rows.spec(backend, p, DType.F32, algorithm, Regime.END_TO_END), x, w, y)) {
                    conv.execute();
                    assertEquals(0, checker.compareExactly(dense, conv.output(), reference).wrong(), algorithm + " " + p);
                }
            }
        }
    }

    /** Of a single tap the dilation is never used, and may be anything; so may the strides of single elements. */
    @Test
    void whatIsNeverUsedMayBeHuge() throws Exception {
        ConvProblem p = ConvProblem.parse("ic3ih1iw5oc2kh1sh2147483647dh2147483647dw2147483647kw1");
        Operands operands = Fill.INTEGER.operands(p, DType.F32, 5);
        Tensor x = operands.x().asStrided(p.xSizes(), new long[] {Long.MAX_VALUE, -Long.MAX_VALUE, 3, 1}, 0);
        Reference reference = Reference.compute(p, operands, Arena.ofAuto().allocate(Reference.bytes(p), 8));
        Checker checker = new Checker(p, DType.F32, Optional.empty());
        for (String algorithm : Rows.ALGORITHMS) {
            Tensor y = Tensor.allocate(DType.F32, p.ySizes());
            try (PreparedConv conv = backend.prepare(
                    Rows.spec(backend, p, DType.F32, algorithm, Regime.RESIDENT), x, operands.w(), y)) {
                conv.execute();
                assertEquals(0, checker.compareExactly(operands, conv.output(), reference).wrong(), algorithm);
            }
        }
    }

    @Test
    void refusesF64WhereThereIsNone() throws Exception {
        try (OpenClBackend single = limited(l -> new ClDevice.Limits(
                        l.memory(), l.largestAllocation(), l.localMemory(), l.workGroup(), l.workItems(), false))) {
            for (String algorithm : Rows.ALGORITHMS) {
                assertEquals(
                        single.devices().getFirst().name() + " does not compute in f64",
                        refusal(single, "ic1ih3oc1kh3", DType.F64, algorithm));
            }
            assertTrue(single.peak(single.devices().getFirst().id(), DType.F64, 1).isEmpty());
            assertEquals("no", single.devices().getFirst().facts().get("f64"));
        }
    }

    /** Work-groups and tiles shrink with the device; the answer stays. */
    @Test
    void keepsToSmallWorkGroupsAndLittleLocalMemory() throws Exception {
        Operands operands = Fill.INTEGER.operands(SMALL, DType.F32, 5);
        Reference reference = Reference.compute(SMALL, operands, Arena.ofAuto().allocate(Reference.bytes(SMALL), 8));
        Checker checker = new Checker(SMALL, DType.F32, Optional.empty());
        Map<String, UnaryOperator<ClDevice.Limits>> limits = Map.of(
                "8 x 8", l -> new ClDevice.Limits(l.memory(), l.largestAllocation(), l.localMemory(), 100, l.workItems(), true),
                "4 x 4", l -> new ClDevice.Limits(l.memory(), l.largestAllocation(), 400, l.workGroup(), l.workItems(), true),
                "2 x 2", l -> new ClDevice.Limits(
                        l.memory(), l.largestAllocation(), l.localMemory(), l.workGroup(), List.of(16L, 2L, 1L), true),
                "1 x 1", l -> new ClDevice.Limits(l.memory(), l.largestAllocation(), l.localMemory(), 1, l.workItems(), true));
        for (Map.Entry<String, UnaryOperator<ClDevice.Limits>> entry : limits.entrySet()) {
            try (OpenClBackend small = limited(entry.getValue())) {
                for (String algorithm : Rows.ALGORITHMS) {
                    Tensor y = Tensor.allocate(DType.F32, SMALL.ySizes());
                    try (PreparedConv conv = small.prepare(
                            Rows.spec(small, SMALL, DType.F32, algorithm, Regime.END_TO_END), operands.x(), operands.w(), y)) {
                        conv.execute();
                        assertEquals(0, checker.compareExactly(operands, y, reference).wrong(), algorithm + " " + entry.getKey());
                        if (algorithm.equals("im2col+gemm-tiled")) {
                            assertEquals(entry.getKey() + " x 1", conv.kernels().getLast().facts().get("local"));
                        }
                    }
                }
            }
        }
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        Operands operands = Fill.NORMAL.operands(SMALL, DType.F32, 1);
        Tensor y = Tensor.allocate(DType.F32, SMALL.ySizes());
        ConvSpec elsewhere = new ConvSpec(SMALL, DType.F32, "nowhere-7", "direct", Regime.RESIDENT, Output.REUSED, 2);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> backend.prepare(elsewhere, operands.x(), operands.w(), y))
                .getMessage().startsWith("unknown device 'nowhere-7'; there are "));
        ConvSpec unknown = Rows.spec(backend, SMALL, DType.F32, "winograd", Regime.RESIDENT);
        assertThrows(IllegalArgumentException.class, () -> backend.prepare(unknown, operands.x(), operands.w(), y));
        ConvSpec eager = Rows.spec(backend, SMALL, DType.F32, "direct", Regime.EAGER);
        assertEquals(
                "a device's rows are resident, weights_resident and end_to_end, not eager",
                assertThrows(UnsupportedConvException.class, () -> backend.prepare(eager, operands.x(), operands.w(), y))
                        .getMessage());
        assertEquals(
                "w is f32 (2, 7, 6, 3); the problem needs f32 (3, 2, 3, 5)",
                assertThrows(IllegalArgumentException.class, () -> backend.prepare(
                        Rows.spec(backend, SMALL, DType.F32, "direct", Regime.RESIDENT), operands.x(), operands.x(), y))
                        .getMessage());
    }

    @Test
    void copyCopiesEverything() {
        try (ClCopy copy = (ClCopy) backend.copy(backend.devices().getFirst().id(), (64 << 20) + 1, 1).orElseThrow()) {
            assertTrue(copy.bytes() >= 2.0 * (64 << 20));
            assertFalse(copy.isCopied());
            double best = 0;
            for (int i = 0; i < 10; i++) {
                long start = System.nanoTime();
                copy.execute();
                best = Math.max(best, copy.bytes() / (System.nanoTime() - start));
            }
            assertTrue(copy.isCopied());
            // A slow core's share does 0.2, the largest GPU less than 10 000.
            assertTrue(best > 0.2 && best < 20_000, "%f GB/s".formatted(best));
        }
    }

    @Test
    void peakEndsWhereItMust() {
        String device = backend.devices().getFirst().id();
        for (DType dtype : List.of(DType.F32, DType.F64)) {
            try (ClPeak peak = (ClPeak) backend.peak(device, dtype, 2).orElseThrow()) {
                peak.execute();
                peak.check();
                double best = 0;
                for (int i = 0; i < 20; i++) {
                    long start = System.nanoTime();
                    peak.execute();
                    best = Math.max(best, peak.flops() / (System.nanoTime() - start));
                }
                // A slow core does 1, the largest GPU less than 200 000; a loop left out would be far above.
                assertTrue(best > 1 && best < 500_000, "%s: %f GF/s".formatted(dtype, best));
            }
        }
        assertTrue(backend.peak(device, DType.I32, 2).isEmpty());
    }

    @Test
    void closedMeansClosed() throws Exception {
        List<PreparedConv> rows = new ArrayList<>();
        for (String algorithm : Rows.ALGORITHMS) {
            rows.add(Rows.prepare(backend, SMALL, DType.F32, algorithm, Regime.RESIDENT));
        }
        for (PreparedConv conv : rows) {
            conv.execute();
            conv.close();
            conv.close();
            assertThrows(IllegalStateException.class, conv::execute);
            assertThrows(IllegalStateException.class, conv::output);
        }
    }

    @Test
    void errorsNameTheCallAndTheCode() throws Exception {
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> Cl.check(-5, "clFinish"));
        assertEquals("clFinish failed: CL_OUT_OF_RESOURCES (-5)", e.getMessage());
        try (ClContext context = new ClContext(ClPlatform.devices().getFirst()); Resources resources = new Resources(context)) {
            IllegalStateException broken = assertThrows(IllegalStateException.class, () ->
                    resources.kernel(new Program("direct", new Constants(DType.F32, 1), "real.cl", "direct.cl")));
            assertTrue(broken.getMessage().startsWith("clBuildProgram failed for direct with -cl-std=CL1.2"), broken.getMessage());
            assertTrue(broken.getMessage().contains("CL_BUILD_PROGRAM_FAILURE (-11)"), broken.getMessage());
            assertTrue(broken.getMessage().contains("GROUP_OC"), "without the compiler's log: " + broken.getMessage());
        }
    }
}
