package io.github.convgauge.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.cl.ClDevice;
import io.github.convgauge.cl.RequiresOpenCl;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** That a variant is what was compiled and launched, and that a device refuses what it cannot do. */
@RequiresOpenCl
class VariantTest {
    private static final ConvProblem PROBLEM = ConvProblem.parse("mb2ic3ih9iw12oc16kh3");
    private static final ConvProblem NARROW = ConvProblem.parse("mb2ic3ih9iw12oc3kh3");

    private static ConvSpec spec(OpenClBackend backend, ConvProblem problem, String algorithm) {
        return Rows.spec(backend, problem, DType.F32, algorithm, Regime.RESIDENT);
    }

    /** The facts and options of the last kernel. */
    private static Map<String, String> launched(OpenClBackend backend, ConvProblem problem, String algorithm, String variant)
            throws Exception {
        Operands operands = Fill.NORMAL.operands(problem, DType.F32, 3);
        Tensor y = Tensor.allocate(DType.F32, problem.ySizes());
        try (PreparedConv conv = backend.prepare(
                spec(backend, problem, algorithm).withVariant(variant), operands.x(), operands.w(), y)) {
            List<KernelSource> kernels = conv.kernels();
            return kernels.getLast().facts();
        }
    }

    @Test
    void theWordsAreWhatIsCompiledAndLaunched() throws Exception {
        try (OpenClBackend backend = new OpenClBackend()) {
            backend.start();
            Map<String, String> blocked = launched(backend, PROBLEM, "direct-blocked", "lanes=4 pixels=3 vectors=2 group=2x8");
            assertTrue((blocked.get("options") + " ").matches("(?s).*-DPIXELS=3 .*-DV=4 -DVECTORS=2 .*"), blocked.toString());
            assertEquals("2 x 8", blocked.get("local"));
            Map<String, String> wide = launched(backend, PROBLEM, "im2col+gemm", "lanes=8 rows=5 vectors=1 group=1x16x1");
            assertTrue((wide.get("options") + " ").matches("(?s).*-DROWS=5 .*-DV=8 .*"), wide.toString());
            assertEquals("1 x 16 x 1", wide.get("local"));
            Map<String, String> narrow = launched(backend, NARROW, "im2col+gemm", "lanes=2 group=32");
            assertTrue((narrow.get("options") + " ").contains("-DV=2 "), narrow.toString());
            assertEquals("32 x 1", narrow.get("local"));
            Map<String, String> tiled = launched(backend, PROBLEM, "im2col+gemm-tiled", "tile=8 rows=2");
            assertTrue((tiled.get("options") + " ").matches("(?s).*-DROWS=2 -DTILE=8 .*"), tiled.toString());
            assertEquals("8 x 8 x 1", tiled.get("local"));
        }
    }

    /** Named or not, the default is the same kernel in the same groups. */
    @Test
    void theFirstIsTheDefault() throws Exception {
        try (OpenClBackend backend = new OpenClBackend()) {
            backend.start();
            for (ConvProblem problem : List.of(PROBLEM, NARROW, ConvProblem.parse("g8mb2ic8ih9oc8kh3ph1"))) {
                for (String algorithm : List.of("direct-blocked", "im2col+gemm", "im2col+gemm-tiled")) {
                    List<String> variants = backend.variants(spec(backend, problem, algorithm));
                    assertTrue(variants.size() > 1, algorithm);
                    assertEquals(
                            launched(backend, problem, algorithm, ConvSpec.DEFAULT_VARIANT),
                            launched(backend, problem, algorithm, variants.getFirst()), algorithm + " of " + problem);
                }
            }
            assertEquals(List.of(), backend.variants(spec(backend, PROBLEM, "direct")));
        }
    }

    @Test
    void whatTheDeviceOrTheProblemCannotDoIsRefused() throws Exception {
        try (OpenClBackend small = new OpenClBackend(limits -> new ClDevice.Limits(
                limits.memory(), limits.largestAllocation(), 1024, 32, List.of(32L, 16L, 16L), limits.f64()))) {
            small.start();
            for (String algorithm : List.of("direct-blocked", "im2col+gemm", "im2col+gemm-tiled")) {
                for (String variant : small.variants(spec(small, PROBLEM, algorithm))) {
                    assertFalse(launched(small, PROBLEM, algorithm, variant).isEmpty(), variant);
                }
            }
            for (String[] row : new String[][] {
                {"direct-blocked", "group=8x8", "groups of up to 32 items"}, {"direct-blocked", "group=1x32", "up to 16 items in dimension 1"},
                {"direct-blocked", "lanes=16 pixels=11", "up to 10 pixels"}, {"direct-blocked", "group=1x1x1", "2 dimensions"},
                {"im2col+gemm", "rows=33", "up to 32 rows"}, {"im2col+gemm-tiled", "tile=8 rows=4", "groups of 32"},
                {"im2col+gemm-tiled", "tile=4 rows=17", "up to 16 rows"}, {"direct-blocked", "rows=4", "its words are"},
                {"direct", "group=1x1x1", "it has none"}}) {
                UnsupportedConvException refused = assertThrows(
                        UnsupportedConvException.class, () -> launched(small, PROBLEM, row[0], row[1]), row[1]);
                assertTrue(refused.getMessage().contains(row[2]), refused.getMessage());
            }
            UnsupportedConvException narrow = assertThrows(
                    UnsupportedConvException.class, () -> launched(small, NARROW, "im2col+gemm", "rows=4"));
            assertTrue(narrow.getMessage().contains("one row a work item"), narrow.getMessage());
            UnsupportedConvException wide = assertThrows(
                    UnsupportedConvException.class, () -> launched(small, NARROW, "direct-blocked", "lanes=16"));
            assertTrue(wide.getMessage().contains("here up to 4"), wide.getMessage());
        }
    }
}
