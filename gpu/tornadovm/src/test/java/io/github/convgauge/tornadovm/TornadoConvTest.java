package io.github.convgauge.tornadovm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.check.Checker;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import io.github.convgauge.tornadovm.graphs.ConvGraph;
import io.github.convgauge.tornadovm.grids.Grids;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@RequiresTornado
class TornadoConvTest {
    private static final String PROBLEM = "mb2ic5ih9iw7oc6kh3kw2";

    private static TornadoBackend backend;
    private static String device;

    @BeforeAll
    static void start() {
        backend = Backends.start();
        device = backend.devices().getFirst().id();
    }

    private static Row row(String problem, String algorithm, Regime regime) throws UnsupportedConvException {
        return Row.of(backend, device, problem, DType.F32, algorithm, regime);
    }

    /** Sizes around the widths of a vector of channels and around the pixels of a work item. */
    @ParameterizedTest
    @ValueSource(strings = {
        "ic3ih3oc1kh3", "ic1ih4iw8oc3kh2", "ic2ih5oc4kh2", "ic2ih4iw5oc5kh3", "ic3ih5oc7kh3", "ic3ih3iw8oc8kh3",
        "ic3ih6iw5oc15kh3", "ic3ih5iw6oc17kh3", "ic2ih3iw9oc31kh3", "g3ic6ih5oc27kh2", "g5ic5ih6oc5kh3", "mb7ic1ih1oc33kh1",
    })
    void blockedIsExactAroundItsBlocks(String problem) throws Exception {
        for (DType dtype : List.of(DType.F32, DType.F64)) {
            try (Row row = Row.of(backend, device, problem, dtype, "direct-blocked", Regime.RESIDENT)) {
                row.conv().execute();
                assertEquals("", row.complaint(), problem + " " + dtype.label());
            }
        }
    }

    /** Lines of whole vectors: around the pixels of a work item, in lines that are one, in groups, apart and in a frame. */
    @ParameterizedTest
    @ValueSource(strings = {
        "ic3ih4iw6oc16kh3kw3", "ic3ih3iw7oc32kh1", "ic2ih3iw9oc16kh3kw2", "mb2ic16ih5iw10oc48kh3ph1", "mb3ic5ih3iw3oc16kh1",
        "g3mb2ic6ih6iw11oc48kh3ph1", "g2ic8ih9iw17oc8kh3ph2dh1", "mb2ic4ih9iw16oc24kh3ph1sh2", "ic20ih6iw13oc8kh3ph0pw2dw1",
        "ic1ih1iw8oc16kh1", "ic32ih1iw4oc4kh1", "mb2ic32ih3iw5oc33kh2ph1", "mb5ic3ih1iw1oc16kh1",
    })
    void wholeVectorsAreExactAroundTheirBlocks(String problem) throws Exception {
        for (String algorithm : List.of("direct-blocked", "im2col+gemm", "im2col+gemm-tiled")) {
            for (DType dtype : List.of(DType.F32, DType.F64)) {
                try (Row row = Row.of(backend, device, problem, dtype, algorithm, Regime.RESIDENT)) {
                    row.conv().execute();
                    assertEquals("", row.complaint(), problem + " " + dtype.label() + " " + algorithm);
                }
            }
        }
    }

    /** Prime numbers of pixels and channels, which no grid of whole groups covers exactly, and terms enough for several groups to share. */
    @ParameterizedTest
    @ValueSource(strings = {"ic400ih1iw29oc31kh1", "g2mb2ic140ih3iw7oc26kh3ph1"})
    void sharedTermsAreAddedUp(String problem) throws Exception {
        for (DType dtype : List.of(DType.F32, DType.F64)) {
            try (Row row = Row.of(backend, device, problem, dtype, "implicit-gemm", Regime.RESIDENT)) {
                row.conv().execute();
                assertEquals("", row.complaint(), problem + " " + dtype.label());
                List<String> kernels = row.conv().kernels().stream().map(KernelSource::name).toList();
                assertEquals(List.of("gemm", "sum"), kernels.subList(kernels.size() - 2, kernels.size()));
            }
        }
    }

    /** Padding on each side and more than the kernel covers, steps and gaps; of whole vectors one task, which finds zeros around x. */
    @ParameterizedTest
    @ValueSource(strings = {
        "mb2ic3ih4iw10oc32kh3ph1", "g2mb2ic6ih5iw7oc32kh2kw3ph2pw0", "ic2ih1iw9oc16kh3kw1ph1pw0", "ic17ih3iw2oc16kh3kw5ph3pw4",
        "ic3ih6iw13oc16kh3sh2sw3dh1dw2ph2pw3", "ic2ih7oc8kh1sh2ph3", "ic2ih6iw9oc16oh7ow11kh4kw5ph1pw2", "mb2ic3ih1iw1oc8kh5ph4",
    })
    void aPaddedXStaysWhereItIs(String problem) throws Exception {
        for (DType dtype : List.of(DType.F32, DType.F64)) {
            try (Row row = Row.of(backend, device, problem, dtype, "direct-blocked", Regime.RESIDENT)) {
                row.conv().execute();
                assertEquals("", row.complaint(), problem + " " + dtype.label());
                assertEquals(List.of("direct"), row.conv().kernels().stream().map(KernelSource::name).toList());
            }
        }
    }

    /** Of one channel a group, of no whole vectors, of lines that are too short for them. */
    @ParameterizedTest
    @ValueSource(strings = {"ic1ih4iw8oc16kh3ph1", "ic3ih4iw8oc17kh3ph1", "ic3ih4iw3oc16kh3ph1"})
    void otherPaddedOnesAreFramed(String problem) throws Exception {
        try (Row row = row(problem, "direct-blocked", Regime.RESIDENT)) {
            row.conv().execute();
            assertEquals("", row.complaint(), problem);
            assertEquals(List.of("pad", "direct"), row.conv().kernels().stream().map(KernelSource::name).toList());
        }
    }

    @ParameterizedTest
    @EnumSource(value = Regime.class, names = {"RESIDENT", "WEIGHTS_RESIDENT", "END_TO_END"})
    void movesWhatItsRegimeSays(Regime regime) throws Exception {
        try (Row row = row(PROBLEM, "direct", regime)) {
            row.conv().execute();
            assertEquals("", row.complaint());
            row.operands().x().fill(i -> 0);
            Map<String, Long> stages = row.conv().profile();
            assertEquals(regime != Regime.RESIDENT, stages.containsKey("copy_in"), stages.toString());
            assertEquals(regime != Regime.RESIDENT, stages.containsKey("copy_out"), stages.toString());
            assertTrue(stages.get("direct") > 0, stages.toString());
            assertEquals(stages.get("direct"), stages.get(PreparedConv.KERNEL_STAGE));
        }
    }

    @Test
    void stagesAreTheTasks() throws Exception {
        try (Row row = row(PROBLEM + "ph1", "im2col+gemm", Regime.END_TO_END)) {
            row.conv().execute();
            Map<String, Long> stages = row.conv().profile();
            assertTrue(stages.keySet().containsAll(Set.of(
                    "copy_in", "pad", "im2col", "gemm", "copy_out", "dispatch", "kernel", "graal_compile", "driver_compile")),
                    stages.toString());
            assertEquals(stages.get("kernel"), stages.get("pad") + stages.get("im2col") + stages.get("gemm"));
            assertEquals("", row.complaint());
        }
    }

    /** The view of a dense 1x1 problem is a matrix already. */
    @ParameterizedTest
    @ValueSource(strings = {"im2col+gemm", "im2col+gemm-tiled"})
    void aDense1x1HasNoColumns(String algorithm) throws Exception {
        try (Row row = row("mb2ic19ih5iw7oc18kh1", algorithm, Regime.RESIDENT)) {
            row.conv().execute();
            assertEquals("", row.complaint());
            assertEquals(List.of("gemm"), row.conv().kernels().stream().map(KernelSource::name).toList());
        }
        try (Row row = row("mb2ic19ih5iw7oc18kh1sh2", algorithm, Regime.RESIDENT)) {
            row.conv().execute();
            assertEquals(List.of("im2col", "gemm"), row.conv().kernels().stream().map(KernelSource::name).toList());
        }
    }

    @Test
    void keepsTheGeneratedKernelWithItsWorkSizes() throws Exception {
        try (Row row = row(PROBLEM, "im2col+gemm-tiled", Regime.RESIDENT)) {
            assertEquals(List.of(), row.conv().kernels());
            row.conv().execute();
            KernelSource gemm = row.conv().kernels().getLast();
            assertEquals("gemm", gemm.name());
            assertTrue(gemm.text().contains("barrier"), gemm.text());
            assertEquals("[16, 16, 1]", gemm.facts().get("local work size"));
            // 2·7·6 pixels and 6 channels, both rounded up to whole tiles.
            assertEquals("[16, 96, 1]", gemm.facts().get("global work size"));
        }
    }

    /** What a kernel leaves out is what was uploaded last, never the answer of an earlier execution or plan. */
    @ParameterizedTest
    @EnumSource(value = Regime.class, names = {"RESIDENT", "WEIGHTS_RESIDENT", "END_TO_END"})
    void whatAKernelLeavesOutShowsTheMarks(Regime regime) {
        Tensor y = SmallGraph.target();
        Checker.markUnwritten(y);
        try (TornadoConv conv = new ForgetfulKernel(regime).prepare(backend, regime, y)) {
            for (double mark : new double[] {Double.NaN, 5, 7}) {
                y.fill(i -> mark);
                conv.uploadOutput();
                conv.execute();
                double[] answer = conv.output().toDoubles();
                assertEquals(mark, answer[SmallGraph.SIZE - 1]);
                assertEquals(3, answer[SmallGraph.SIZE - 2]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Regime.class, names = {"RESIDENT", "WEIGHTS_RESIDENT", "END_TO_END"})
    void executesAgainAfterTheMarks(Regime regime) throws Exception {
        try (Row row = row(PROBLEM, "direct", regime)) {
            row.conv().execute();
            assertEquals("", row.complaint());
            Checker.markUnwritten(row.y());
            row.conv().uploadOutput();
            if (regime == Regime.RESIDENT) {
                // Nothing is executed: what is fetched from the device now is the marks.
                assertTrue(Double.isNaN(row.conv().output().toDoubles()[0]));
            }
            row.conv().execute();
            assertEquals("", row.complaint());
        }
    }

    @Test
    void provesThatTheDeviceDidIt() throws Exception {
        try (Row row = row(PROBLEM, "im2col+gemm", Regime.RESIDENT)) {
            row.conv().execute();
            String proof = row.conv().proof().orElseThrow();
            assertTrue(proof.matches("[A-Z]+ \\d+:\\d+, .+, 2 tasks, kernel time [0-9.]+ ms"), proof);
            assertFalse(proof.contains(" 0.000 ms"), proof);
        }
    }

    @Test
    void refusesWhatTheDeviceCannotHold() {
        UnsupportedConvException e = assertThrows(
                UnsupportedConvException.class, () -> prepareOnNothing("ic64ih512oc1kh7ph3", DType.F64));
        assertEquals(
                "the column matrix takes 6.1 GiB, and the device's largest single allocation is "
                        + DeviceMemory.describe(backend.device(device).largestAllocationBytes()),
                e.getMessage());
    }

    /** TornadoVM would launch in groups of its own, smaller than the tiles, and compute nonsense. */
    @Test
    void refusesTilesLargerThanAWorkGroup() {
        ConvProblem problem = ConvProblem.parse(PROBLEM);
        Tensor one = Tensor.allocate(DType.F32, 1, 1, 1, 1);
        ConvSpec spec = new ConvSpec(problem, DType.F32, device, "im2col+gemm-tiled", Regime.RESIDENT, Output.REUSED, 1);
        UnsupportedConvException e = assertThrows(UnsupportedConvException.class, () -> ConvGraph.of(
                spec, one.expand(problem.xSizes()), one.expand(problem.wSizes()), one.expand(problem.ySizes()),
                new Grids(true, 2, 128, 64), 1L << 30, 1L << 30));
        assertEquals("its work-groups have 256 items, and the device allows 128", e.getMessage());
    }

    @Test
    void recordsWhatKernelsAreCompiledWith() throws Exception {
        boolean pocl = backend.device(device).tornado().getPlatformName().contains("Portable Computing Language");
        String flags = backend.versions().get("TornadoVM's options for OpenCL C" + (pocl ? ", on PoCL" : ""));
        assertTrue(flags.contains("-cl-"), flags);
        assertEquals(pocl, flags.contains("contract(fast)"), flags);
        try (Row row = row(PROBLEM, "direct", Regime.RESIDENT)) {
            row.conv().execute();
            assertEquals(flags, row.conv().kernels().getFirst().facts().get("compiler flags"));
        }
    }

    /**
     * −(1 + 2⁻¹¹) + (1 + 2⁻¹²)²: the square rounded to f32 is 1 + 2⁻¹¹, so the sum is 0 unless it takes the product
     * as it is. Where this fails on PoCL, the flags that fuse vectors' products and sums no longer do.
     */
    @Test
    void fusesProductsAndSumsOfVectorsOnPocl() throws Exception {
        assumeTrue(backend.device(device).tornado().getPlatformName().contains("Portable Computing Language"));
        ConvProblem problem = ConvProblem.parse("ic2ih1iw8oc16kh1");
        float root = 1 + 0x1p-12f;
        Tensor x = Tensor.allocate(DType.F32, problem.xSizes()).fill(i -> i % 2 == 0 ? -root * root : root);
        Tensor w = Tensor.allocate(DType.F32, problem.wSizes()).fill(i -> i < 16 ? 1 : root);
        Tensor y = Tensor.allocate(DType.F32, problem.ySizes());
        ConvSpec spec = new ConvSpec(problem, DType.F32, device, "direct-blocked", Regime.RESIDENT, Output.REUSED, 1);
        try (PreparedConv conv = backend.prepare(spec, x, w, y)) {
            conv.execute();
            for (double value : conv.output().toDoubles()) {
                assertEquals(0x1p-24, value);
            }
        }
    }

    @Test
    void refusesWhatTheKernelsCannotCount() {
        UnsupportedConvException e = assertThrows(
                UnsupportedConvException.class, () -> prepareOnNothing("ic128ih512oc1kh7ph3", DType.F32));
        assertEquals(
                "the column matrix has 1644167168 elements, and the kernels count to 1073741824", e.getMessage());
    }

    /** All elements of x, w and y are one in memory, so that only the row itself would need much. */
    private static void prepareOnNothing(String text, DType dtype) throws UnsupportedConvException {
        ConvProblem problem = ConvProblem.parse(text);
        Tensor one = Tensor.allocate(dtype, 1, 1, 1, 1);
        backend.prepare(
                new ConvSpec(problem, dtype, device, "im2col+gemm", Regime.RESIDENT, Output.REUSED, 1),
                one.expand(problem.xSizes()), one.expand(problem.wSizes()), one.expand(problem.ySizes()));
    }
}
