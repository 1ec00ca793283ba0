package io.github.convgauge.clblast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.FellBackException;
import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.check.Checker;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.check.Reference;
import io.github.convgauge.cl.Assembly;
import io.github.convgauge.cl.ClContext;
import io.github.convgauge.cl.ClDevice;
import io.github.convgauge.cl.ClPlatform;
import io.github.convgauge.cl.DeviceConv;
import io.github.convgauge.cl.Resources;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@RequiresOpenCl
class ClBlastBackendTest {
    private static final ConvProblem SMALL = ConvProblem.parse("mb2ic3ih7iw6oc5kh3kw2ph1");
    private static final long MIB = 1L << 20;

    private static ClBlastBackend backend;

    @BeforeAll
    static void start() throws Exception {
        backend = new ClBlastBackend();
        backend.start();
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private static ClBlastBackend limited(UnaryOperator<ClDevice.Limits> limits) throws Exception {
        ClBlastBackend other = new ClBlastBackend(limits);
        other.start();
        return other;
    }

    /** As the backend opencl names it, so that the two are known to mean the same hardware. */
    @Test
    void devicesSayWhatTheyAre() {
        for (Device device : backend.devices()) {
            assertTrue(device.id().matches("[a-z0-9-]+-[0-9]+"), device.id());
            assertTrue(device.hardware().matches(".+#[0-9]+"), device.hardware());
            assertEquals(
                    List.of("compute units", "driver", "f64", "largest allocation", "local memory", "max work-group",
                            "memory", "platform", "type"),
                    List.copyOf(device.facts().keySet()));
            device.facts().forEach((fact, value) -> assertFalse(value.isBlank(), fact));
        }
        List<String> hardware = backend.devices().stream().map(Device::hardware).toList();
        assertEquals(hardware.stream().distinct().toList(), hardware);
    }

    @Test
    void versionsNameTheLibrary() {
        Map<String, String> versions = backend.versions();
        String version = versions.get("CLBlast");
        assertTrue(version.matches("[0-9.]+ \\(org\\.jocl:jocl-blast\\)") || version.endsWith("(CONVGAUGE_CLBLAST)"), version);
        assertTrue(versions.containsKey("LWJGL"));
    }

    @Test
    void stagesFollowTheRegime() throws Exception {
        for (String algorithm : Rows.ALGORITHMS) {
            for (Regime regime : Rows.REGIMES) {
                try (PreparedConv conv = Rows.prepare(backend, SMALL, DType.F32, algorithm, regime)) {
                    conv.execute();
                    Map<String, Long> nanos = conv.profile();
                    String row = algorithm + " " + regime.label() + " " + nanos;
                    nanos.forEach((stage, time) -> assertTrue(time > 0 || stage.equals("dispatch"), row));
                    List<String> own = algorithm.equals("convgemm") ? List.of("convgemm") : List.of("pad", "im2col", "gemm");
                    assertEquals(own, nanos.keySet().stream().filter(List.of("convgemm", "pad", "im2col", "gemm")::contains).toList(), row);
                    assertEquals(own.stream().mapToLong(nanos::get).sum(), nanos.get(PreparedConv.KERNEL_STAGE), row);
                    assertEquals(regime != Regime.RESIDENT, nanos.containsKey("copy_in"), row);
                    assertEquals(regime != Regime.RESIDENT, nanos.containsKey("copy_out"), row);
                    assertEquals(algorithm.equals("im2col+gemm"), nanos.containsKey("driver_compile"), row);
                }
            }
        }
    }

    @Test
    void pointwiseNeedsNoColumns() throws Exception {
        assertEquals(List.of(), copies("mb2ic4ih5oc8kh1"));
        assertEquals(List.of(), copies("g2mb2ic4ih5oc16kh1"));
        assertEquals(List.of("im2col"), copies("mb2ic4ih5oc8kh1sh2"));
        assertEquals(List.of("pad", "im2col"), copies("mb2ic4ih5oc8kh1ph1"));
    }

    private static List<String> copies(String problem) throws Exception {
        try (PreparedConv conv = Rows.prepare(backend, ConvProblem.parse(problem), DType.F32, "im2col+gemm", Regime.RESIDENT)) {
            return conv.kernels().stream().map(KernelSource::name).toList();
        }
    }

    @Test
    void copiesAreShownAsCompiled() throws Exception {
        try (PreparedConv conv = Rows.prepare(backend, SMALL, DType.F64, "im2col+gemm", Regime.RESIDENT)) {
            for (KernelSource kernel : conv.kernels()) {
                assertEquals("cl", kernel.extension());
                assertTrue(kernel.text().contains("kernel void strided_copy("), kernel.text());
                assertTrue(kernel.facts().get("options").contains(" -DREAL_BITS=64"), kernel.facts().toString());
            }
        }
    }

    @Test
    void proofNamesTheDeviceAndItsTime() throws Exception {
        for (String algorithm : Rows.ALGORITHMS) {
            try (PreparedConv conv = Rows.prepare(backend, SMALL, DType.F32, algorithm, Regime.RESIDENT)) {
                String proof = conv.proof().orElseThrow();
                assertTrue(proof.startsWith(backend.devices().getFirst().name()), proof);
                assertTrue(proof.matches(".* [1-9][0-9]* ns in the kernels by its own clock"), proof);
            }
        }
    }

    /** Rows without a kernel, whose former answer must not cover that up; y dense and in another order. */
    @Test
    void whatNoKernelWritesIsSeen() throws Exception {
        Operands operands = Fill.NORMAL.operands(SMALL, DType.F32, 5);
        Reference reference = Reference.compute(SMALL, operands, Arena.ofAuto().allocate(Reference.bytes(SMALL), 8));
        Checker checker = new Checker(SMALL, DType.F32, Optional.empty());
        ClBlast blast = ClBlast.load();
        for (Regime regime : Rows.REGIMES) {
            Tensor y = Tensor.allocate(DType.F32, SMALL.ySizes());
            try (PreparedConv conv = backend.prepare(
                    Rows.spec(backend, SMALL, DType.F32, "convgemm", regime), operands.x(), operands.w(), y)) {
                conv.execute();
                assertEquals(0, checker.compareWithinBound(operands, conv.output(), reference).wrong());
            }
            try (ClContext context = new ClContext(ClPlatform.devices().getFirst())) {
                for (Plan plan : List.of(
                        new Convgemm(blast, SMALL, operands.x(), operands.w(), y),
                        new ColumnsGemm(blast, context, SMALL, operands.x(), operands.w(), y))) {
                    Resources resources = new Resources(context);
                    List.of(plan.x(), plan.w(), plan.y()).forEach(tensor -> tensor.allocate(resources));
                    try (DeviceConv idle = new DeviceConv(
                            resources, regime, plan.x(), plan.w(), plan.y(), new Assembly(List.of(), List.of()))) {
                        Checker.markUnwritten(y);
                        idle.uploadOutput();
                        idle.execute();
                        assertEquals(y.size(), checker.compareWithinBound(operands, idle.output(), reference).unwritten(), regime.label());
                        FellBackException e = assertThrows(FellBackException.class, idle::proof);
                        assertTrue(e.getMessage().endsWith("counted no time in the kernels"), e.getMessage());
                    }
                }
                blast.clearCache();
            }
        }
    }

    private static String refusal(ClBlastBackend where, String problem, DType dtype, String algorithm) {
        ConvProblem p = ConvProblem.parse(problem);
        return assertThrows(UnsupportedConvException.class, () -> where.prepare(
                        Rows.spec(where, p, dtype, algorithm, Regime.RESIDENT),
                        Tensor.allocate(dtype, p.xSizes()), Tensor.allocate(dtype, p.wSizes()), Tensor.allocate(dtype, p.ySizes())))
                .getMessage();
    }

    @Test
    void convgemmRefusesWhatItHasNoArgumentFor() throws Exception {
        assertEquals(
                "CLBlast's convgemm knows no groups, and the problem has 2",
                refusal(backend, "g2ic4ih5oc4kh3", DType.F32, "convgemm"));
        assertEquals(
                "CLBlast's convgemm pads both sides alike, and would give 3 lines with a padding of 0, where the problem has 4",
                refusal(backend, "mb2ic4ih8iw10oc6oh4ow5kh3sh2", DType.F32, "convgemm"));
        assertEquals(
                "CLBlast's convgemm pads both sides alike, and would give 7 columns with a padding of 1, where the problem has 6",
                refusal(backend, "ic4ih7oc6kh3ph1ow6", DType.F32, "convgemm"));
        // 2·1 of padding and 1 in front are the same outputs, two apart.
        Rows.prepare(backend, ConvProblem.parse("ic4ih6oc6kh3ph1sh2oh3ow3"), DType.F32, "convgemm", Regime.RESIDENT).close();
    }

    @Test
    void saysWhatDoesNotFit() throws Exception {
        String problem = "mb64ic8ih64oc8kh3ph1"; // columns of 64·64·64·72 f32, 72 MiB, a frame of 8.5
        try (ClBlastBackend small = limited(l -> new ClDevice.Limits(
                        1024 * MIB, 64 * MIB, l.localMemory(), l.workGroup(), l.workItems(), l.f64()))) {
            assertEquals(
                    "the column matrix takes 72.0 MiB, and the device's largest single allocation is 64.0 MiB",
                    refusal(small, problem, DType.F32, "im2col+gemm"));
        }
    }

    @Test
    void refusesWhatAnIntCannotCount() {
        ConvProblem p = ConvProblem.parse("mb64ic64ih256oc64kh3ph1");
        Tensor one = Tensor.allocate(DType.F32, 1, 1, 1, 1);
        assertEquals(
                "y takes 2147483648 elements, and CLBlast's kernels count with 32 bits, up to 2147483647",
                assertThrows(UnsupportedConvException.class, () -> Plan.dense("y", one.expand(2, 1 << 15, 1 << 15, 1), 0, 1, 2, 3))
                        .getMessage());
        assertEquals(
                "the column matrix takes 2415919104 elements, and CLBlast's kernels count with 32 bits, up to 2147483647",
                refusal(backend, p.toString(), DType.F32, "im2col+gemm"));
    }

    @Test
    void refusesF64WhereThereIsNone() throws Exception {
        try (ClBlastBackend single = limited(l -> new ClDevice.Limits(
                        l.memory(), l.largestAllocation(), l.localMemory(), l.workGroup(), l.workItems(), false))) {
            for (String algorithm : Rows.ALGORITHMS) {
                assertEquals(
                        single.devices().getFirst().name() + " does not compute in f64",
                        refusal(single, "ic1ih3oc1kh3", DType.F64, algorithm));
            }
        }
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        Operands operands = Fill.NORMAL.operands(SMALL, DType.F32, 1);
        Tensor y = Tensor.allocate(DType.F32, SMALL.ySizes());
        ConvSpec elsewhere = new ConvSpec(SMALL, DType.F32, "nowhere-7", "convgemm", Regime.RESIDENT, Output.REUSED, 2);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> backend.prepare(elsewhere, operands.x(), operands.w(), y))
                .getMessage().startsWith("unknown device 'nowhere-7'; there are "));
        ConvSpec unknown = Rows.spec(backend, SMALL, DType.F32, "winograd", Regime.RESIDENT);
        assertThrows(IllegalArgumentException.class, () -> backend.prepare(unknown, operands.x(), operands.w(), y));
        ConvSpec eager = Rows.spec(backend, SMALL, DType.F32, "convgemm", Regime.EAGER);
        assertEquals(
                "a device's rows are resident, weights_resident and end_to_end, not eager",
                assertThrows(UnsupportedConvException.class, () -> backend.prepare(eager, operands.x(), operands.w(), y))
                        .getMessage());
    }

    @Test
    void errorsNameTheCallAndTheCode() throws Exception {
        ClBlast blast = ClBlast.load();
        try (ClContext context = new ClContext(ClPlatform.devices().getFirst()); Resources resources = new Resources(context)) {
            long tiny = resources.buffer(4);
            ClBlast.Product product = new ClBlast.Product(4, 4, 4, 4, 0, 4, 0, 4, 0, 1);
            IllegalStateException e = assertThrows(IllegalStateException.class, () ->
                    blast.multiply(DType.F32, product, tiny, tiny, tiny, tiny, context.queue(), null));
            assertEquals("CLBlast's gemm failed: CLBlastInsufficientMemoryA (-1011)", e.getMessage());
            blast.clearCache();
        }
    }

    @Test
    void closedMeansClosed() throws Exception {
        for (String algorithm : Rows.ALGORITHMS) {
            for (Regime regime : Rows.REGIMES) {
                PreparedConv conv = Rows.prepare(backend, SMALL, DType.F32, algorithm, regime);
                conv.execute();
                conv.close();
                conv.close();
                assertThrows(IllegalStateException.class, conv::execute);
                assertThrows(IllegalStateException.class, conv::output);
                assertThrows(IllegalStateException.class, conv::profile);
                assertThrows(IllegalStateException.class, conv::uploadOutput);
            }
        }
    }

    /** CLBlast keeps programs by context; one that was closed must not be mistaken for a later one. */
    @Test
    void startsAgainAfterClose() throws Exception {
        Operands operands = Fill.INTEGER.operands(SMALL, DType.F32, 5);
        Reference reference = Reference.compute(SMALL, operands, Arena.ofAuto().allocate(Reference.bytes(SMALL), 8));
        Checker checker = new Checker(SMALL, DType.F32, Optional.empty());
        for (int i = 0; i < 3; i++) {
            try (ClBlastBackend again = new ClBlastBackend()) {
                again.start();
                for (String algorithm : Rows.ALGORITHMS) {
                    Tensor y = Tensor.allocate(DType.F32, SMALL.ySizes());
                    try (PreparedConv conv = again.prepare(
                            Rows.spec(again, SMALL, DType.F32, algorithm, Regime.END_TO_END), operands.x(), operands.w(), y)) {
                        conv.execute();
                        assertEquals(0, checker.compareExactly(operands, conv.output(), reference).wrong(), algorithm);
                    }
                }
            }
        }
    }
}
