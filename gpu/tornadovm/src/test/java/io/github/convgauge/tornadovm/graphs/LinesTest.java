package io.github.convgauge.tornadovm.graphs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Padding;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tornadovm.grids.Grids;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LinesTest {
    private static final Grids GPU = new Grids(false, 20, 256, 4);
    private static final Grids CPU = new Grids(true, 2, 4096, 32);
    /** With registers of 512 bits. */
    private static final Grids WIDE_CPU = new Grids(true, 2, 4096, 64);

    private static Windows windows(String problem) {
        ConvProblem p = ConvProblem.parse(problem);
        return Windows.of(p, Layout.contiguous(Padding.frameSizes(p)));
    }

    /** The kernel reads and writes outside its arrays where a block is larger than what there is. */
    @Test
    void aBlockIsWholeVectorsOfAGroupAndNoLongerThanALine() {
        for (int goc = 1; goc < 70; goc++) {
            for (int iw = 1; iw < 40; iw++) {
                Windows windows = windows("g2ic2ih2iw%doc%dkh1".formatted(iw, 2 * goc));
                for (Grids grids : List.of(GPU, CPU, WIDE_CPU)) {
                    for (int bytes : new int[] {Float.BYTES, Double.BYTES}) {
                        Optional<Lines> lines = Lines.of(grids, windows, bytes);
                        assertEquals(goc % 4 == 0 && iw >= 4, lines.isPresent(), goc + " channels, " + iw + " pixels");
                        lines.ifPresent(l -> requireFits(l, windows, bytes, grids == WIDE_CPU));
                    }
                }
            }
        }
    }

    private static void requireFits(Lines l, Windows windows, int bytes, boolean wide) {
        String what = l + " of " + windows;
        assertTrue(windows.goc() % (l.lanes() * l.vectors()) == 0 && l.lanes() * bytes <= 64 && l.pixels() <= windows.ow(), what);
        assertTrue(
                wide ? (l.pixels() + 1) * l.vectors() + 1 <= 32 && l.pixels() <= 16 : l.pixels() <= 8 && l.vectors() == 1, what);
        assertTrue(l.tiles(windows) * l.pixels() >= windows.rows(), what);
        assertEquals(l.tiles(windows) * (windows.oc() / l.lanes() / l.vectors()), l.outer(windows) * l.inner(windows), what);
    }

    /** As many sums as 32 registers hold; an odd vector is left to blocks of one. */
    @Test
    void twoVectorsShareAnElementWhereRegistersAreMany() {
        assertEquals(Optional.of(new Lines(16, 2, 14)), Lines.of(WIDE_CPU, windows("ic2ih30oc128kh3"), Float.BYTES));
        assertEquals(Optional.of(new Lines(16, 2, 7)), Lines.of(WIDE_CPU, windows("ic2ih9iw9oc64kh3"), Float.BYTES));
        assertEquals(Optional.of(new Lines(8, 2, 14)), Lines.of(WIDE_CPU, windows("ic2ih30oc16kh3"), Double.BYTES));
        assertEquals(Optional.of(new Lines(16, 1, 15)), Lines.of(WIDE_CPU, windows("ic8ih32iw32oc48kh3"), Float.BYTES));
        assertEquals(Optional.of(new Lines(4, 1, 15)), Lines.of(WIDE_CPU, windows("ic8ih32iw32oc4kh3"), Float.BYTES));
        // Asked for by a variant.
        assertEquals(Optional.of(new Lines(8, 2, 14)), Lines.of(WIDE_CPU, windows("ic8ih30oc32kh3"), Float.BYTES, 8));
        assertEquals(Optional.of(new Lines(8, 1, 7)), Lines.of(CPU, windows("ic8ih30oc32kh3"), Float.BYTES, 8));
    }

    /** Pixels 4096 bytes apart drive each other out of an L1 cache of 8 ways. */
    @Test
    void pixelsInOneSetOfACacheAreFew() {
        assertEquals(Optional.of(new Lines(16, 2, 7)), Lines.of(WIDE_CPU, windows("ic1024ih28oc128kh1"), Float.BYTES));
        assertEquals(Optional.of(new Lines(16, 2, 7)), Lines.of(WIDE_CPU, windows("ic512ih56oc128kh3sh2"), Float.BYTES));
        assertEquals(Optional.of(new Lines(16, 2, 14)), Lines.of(WIDE_CPU, windows("ic512ih28oc128kh1"), Float.BYTES));
        assertEquals(Optional.of(new Lines(8, 2, 7)), Lines.of(WIDE_CPU, windows("ic512ih28oc128kh1"), Double.BYTES));
    }

    @Test
    void wastesLittleAtTheEndOfALine() {
        assertEquals(Optional.of(new Lines(16, 1, 7)), Lines.of(CPU, windows("ic2ih2iw28oc128kh1"), Float.BYTES));
        assertEquals(Optional.of(new Lines(8, 1, 8)), Lines.of(CPU, windows("ic2ih2iw64oc128kh1"), Double.BYTES));
        assertEquals(Optional.of(new Lines(8, 1, 6)), Lines.of(CPU, windows("ic8ih32iw32oc24kh3"), Float.BYTES));
    }

    /** Blocks as long as on a CPU where there are enough of them, and ever shorter ones where there are not. */
    @Test
    void aGpuHasItemsForAllItsUnits() {
        assertEquals(Optional.of(new Lines(4, 1, 6)), Lines.of(GPU, windows("mb10ic8ih32iw32oc24kh3"), Float.BYTES));
        assertEquals(Optional.of(new Lines(4, 1, 2)), Lines.of(GPU, windows("ic8ih32iw32oc24kh3"), Float.BYTES));
        assertEquals(Optional.of(new Lines(4, 1, 1)), Lines.of(GPU, windows("ic8ih12iw12oc24kh3"), Float.BYTES));
    }

    @Test
    void linesThatFollowEachOtherAreOne() {
        Windows dense = windows("mb3ic5ih4iw6oc16kh1").merged();
        assertEquals(72, dense.ow());
        assertEquals(1, dense.mb() * dense.oh());
        // The frame has columns that no window begins at.
        Windows framed = windows("mb3ic5ih4iw6oc16kh3").merged();
        assertEquals(4, framed.ow());
        // One image of one line; the next begins elsewhere.
        Windows tall = windows("mb2ic5ih6iw4oc16kh3kw1").merged();
        assertEquals(16, tall.ow());
        assertEquals(2, tall.mb());
    }

    @Test
    void tapsWhoseChannelsFollowEachOtherAreOne() {
        Windows run = windows("mb2ic5ih6iw9oc16kh3kw2").merged();
        assertEquals(10, run.gic());
        assertEquals(3, run.kh() * run.kw());
        assertEquals(1, run.xC());
        Windows dilated = windows("ic5ih9iw9oc16kh3dh0dw1").merged();
        assertEquals(3, dilated.kw());
        // One channel: the columns are the run.
        Windows columns = windows("ic1ih9iw9oc16kh3dh0dw1").merged();
        assertEquals(3, columns.gic());
        assertEquals(2, columns.xC());
    }

    @Test
    void copiesWholeVectorsOnlyWhereTheyBeginAtOne() {
        assertEquals(16, Runs.lanes(windows("ic32ih5iw7oc2kh3")));
        assertEquals(4, Runs.lanes(windows("ic20ih5iw7oc2kh3")));
        assertEquals(1, Runs.lanes(windows("ic3ih5iw7oc2kh3")));
        // In groups of 8 of 16 channels.
        assertEquals(4, Runs.lanes(windows("g2ic16ih5iw7oc2kh3")));
        Layout shifted = Layout.of(new long[] {1, 5, 7, 16}, new long[] {560, 112, 16, 1}, 4);
        assertEquals(4, Runs.lanes(Windows.of(ConvProblem.parse("ic16ih5iw7oc2kh3"), shifted)));
        Layout apart = Layout.of(new long[] {1, 5, 7, 16}, new long[] {1120, 224, 32, 2}, 0);
        assertEquals(1, Runs.lanes(Windows.of(ConvProblem.parse("ic16ih5iw7oc2kh3"), apart)));
    }
}
