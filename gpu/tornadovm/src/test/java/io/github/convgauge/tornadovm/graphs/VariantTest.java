package io.github.convgauge.tornadovm.graphs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Padding;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tornadovm.grids.Grids;
import io.github.convgauge.tornadovm.kernels.BlockedF32;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VariantTest {
    private static final Grids CPU = new Grids(true, 2, 128, 32);
    private static final Grids WIDE_CPU = new Grids(true, 2, 128, 64);
    private static final Grids GPU = new Grids(false, 20, 256, 4);

    private static ConvSpec spec(String problem, String algorithm) {
        return new ConvSpec(ConvProblem.parse(problem), DType.F32, "x", algorithm, Regime.RESIDENT, Output.REUSED, 1);
    }

    /** Every listed text is one that the device can do, and the first is what the default stands for. */
    @Test
    void whatIsListedCanBe() throws UnsupportedConvException {
        for (Grids grids : List.of(CPU, WIDE_CPU, GPU)) {
            for (String problem : List.of("mb10ic8ih32oc16kh3", "ic3ih30oc64kh3", "ic3ih5oc3kh3", "g2ic2ih1oc10kh1")) {
                ConvProblem p = ConvProblem.parse(problem);
                for (String algorithm : List.of(ConvGraph.DIRECT_BLOCKED, ConvGraph.DIRECT, ConvGraph.IM2COL_GEMM)) {
                    List<String> variants = Variant.list(grids, spec(problem, algorithm));
                    assertTrue(variants.size() > 1, algorithm);
                    assertEquals(variants.stream().distinct().toList(), variants);
                    for (String text : variants) {
                        Variant variant = Variant.parse(algorithm, text);
                        int lanes = variant.lanes(grids, p.groupOc(), Float.BYTES);
                        assertTrue(lanes <= p.groupOc(), text);
                        long[] local = variant.grid(grids, p.oc(), p.mb() * p.oh() * p.ow()).getLocalWork();
                        assertTrue(local[0] * local[1] * local[2] <= grids.maxWorkGroup(), text);
                    }
                    Windows windows = Windows.of(p, Layout.contiguous(Padding.frameSizes(p)));
                    boolean blocked = algorithm.equals(ConvGraph.DIRECT_BLOCKED);
                    boolean inBlocks = blocked || (grids.cpu() && algorithm.equals(ConvGraph.IM2COL_GEMM));
                    Windows merged = (blocked ? windows : windows.ofColumns(0)).merged();
                    Optional<Lines> lines = inBlocks ? Lines.of(grids, merged, Float.BYTES) : Optional.empty();
                    int outer = inBlocks ? p.g() * Math.ceilDiv(p.groupOc(), Blocking.lanes(grids, p.groupOc(), Float.BYTES)) : p.oc();
                    int inner = Math.ceilDiv(windows.rows(), inBlocks ? BlockedF32.PIXELS : 1);
                    assertArrayEquals(
                            local(Variant.parse(algorithm, ""), grids, merged, lines, outer, inner),
                            local(Variant.parse(algorithm, variants.getFirst()), grids, merged, lines, outer, inner), algorithm);
                    assertEquals(
                            Blocking.lanes(grids, p.groupOc(), Float.BYTES),
                            Variant.parse(algorithm, variants.getFirst()).lanes(grids, p.groupOc(), Float.BYTES));
                }
            }
        }
        assertEquals(List.of(), Variant.list(CPU, spec("ic3ih5oc3kh3", ConvGraph.IM2COL_GEMM_TILED)));
    }

    private static long[] local(Variant variant, Grids grids, Windows merged, Optional<Lines> lines, int outer, int inner)
            throws UnsupportedConvException {
        return (lines.isPresent() ? variant.grid(grids, merged, lines.get()) : variant.grid(grids, outer, inner)).getLocalWork();
    }

    /** A tile's terms are shared where there are fewer tiles than the device has room for, and terms enough. */
    @Test
    void theImplicitProductHasAChoiceOfSplits() throws UnsupportedConvException {
        ConvSpec few = spec("ic128ih28oc128kh3ph1", ConvGraph.IMPLICIT_GEMM);
        Grids large = new Grids(false, 132, 1024, 4);
        assertEquals(List.of("splits=4", "splits=1", "splits=2", "splits=8", "splits=16"), Variant.list(large, few));
        assertEquals(4, Variant.parse(ConvGraph.IMPLICIT_GEMM, "").splits(large, few.problem()));
        assertEquals(8, Variant.parse(ConvGraph.IMPLICIT_GEMM, "splits=8").splits(large, few.problem()));
        assertEquals(1, Variant.parse(ConvGraph.IMPLICIT_GEMM, "").splits(large, ConvProblem.parse("ic128ih200oc128kh3ph1")));
        assertEquals(1, Variant.parse(ConvGraph.IMPLICIT_GEMM, "").splits(large, ConvProblem.parse("ic8ih32oc16kh3")));
        Variant many = Variant.parse(ConvGraph.IMPLICIT_GEMM, "splits=17");
        assertThrows(UnsupportedConvException.class, () -> many.splits(large, few.problem()));
    }

    /** The text of the default on a GPU names its pixels, and others have theirs. */
    @Test
    void aGpuHasAChoiceOfPixels() throws UnsupportedConvException {
        ConvSpec spec = spec("mb10ic8ih32oc16kh3", ConvGraph.DIRECT_BLOCKED);
        Windows windows = Windows.of(spec.problem(), Layout.contiguous(spec.problem().xSizes())).merged();
        List<String> texts = Variant.list(GPU, spec);
        Lines standard = Lines.of(GPU, windows, Float.BYTES).orElseThrow();
        assertTrue(texts.getFirst().startsWith("lanes=4 pixels=%d group=".formatted(standard.pixels())), texts.getFirst());
        for (int pixels : new int[] {1, 2, 4, 8}) {
            String text = "lanes=4 pixels=" + pixels;
            assertTrue(texts.stream().anyMatch(listed -> listed.startsWith(text + " group=")), text);
            assertEquals(
                    new Lines(4, 1, pixels),
                    Variant.parse(ConvGraph.DIRECT_BLOCKED, text).lines(GPU, windows, Float.BYTES).orElseThrow());
        }
        Variant longer = Variant.parse(ConvGraph.DIRECT_BLOCKED, "pixels=17");
        assertThrows(UnsupportedConvException.class, () -> longer.lines(GPU, windows, Float.BYTES));
        // Its kernel has a fixed number of them.
        Variant single = Variant.parse(ConvGraph.DIRECT_BLOCKED, "lanes=1 pixels=2");
        assertThrows(UnsupportedConvException.class, () -> single.lines(GPU, windows, Float.BYTES));
    }

    @Test
    void whatCannotBeIsRefused() throws UnsupportedConvException {
        assertThrows(UnsupportedConvException.class, () -> Variant.parse(ConvGraph.DIRECT, "lanes=4"));
        assertThrows(UnsupportedConvException.class, () -> Variant.parse(ConvGraph.IM2COL_GEMM_TILED, "group=1x1"));
        assertThrows(UnsupportedConvException.class, () -> Variant.parse(ConvGraph.DIRECT_BLOCKED, "lanes=4 lanes=4"));
        Variant wide = Variant.parse(ConvGraph.DIRECT_BLOCKED, "lanes=16 group=16x16");
        assertEquals(16, wide.lanes(CPU, 16, Float.BYTES));
        assertThrows(UnsupportedConvException.class, () -> wide.lanes(CPU, 15, Float.BYTES));
        assertThrows(UnsupportedConvException.class, () -> wide.lanes(CPU, 16, Double.BYTES));
        assertThrows(UnsupportedConvException.class, () -> wide.grid(CPU, 16, 16));
        assertArrayEquals(new long[] {16, 16, 1}, wide.grid(GPU, 3, 100).getLocalWork());
        assertArrayEquals(new long[] {16, 112, 1}, wide.grid(GPU, 3, 100).getGlobalWork());
    }
}
