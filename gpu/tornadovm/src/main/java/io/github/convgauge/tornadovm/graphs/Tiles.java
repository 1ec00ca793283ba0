package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tornadovm.grids.Grids;
import io.github.convgauge.tornadovm.kernels.ImplicitGemmF32;
import uk.ac.manchester.tornado.api.WorkerGrid;

/** The tiles of {@link ImplicitGemmF32}, and how many work-groups share the terms of each. */
final class Tiles {
    static final int MOST_SPLITS = 16;
    /** Work-groups for each compute unit: one waits at its barrier while another multiplies. */
    private static final int GROUPS_PER_UNIT = 3;
    /** Chunks of terms that are worth a work-group's start and the sum at the end. */
    private static final int FEWEST_CHUNKS = 4;

    private Tiles() {}

    /** As many as the device has room for and the terms are worth. */
    static int splits(Grids grids, ConvProblem p) {
        long tiles = Math.ceilDiv((long) p.mb() * p.oh() * p.ow(), ImplicitGemmF32.PIXELS)
                * Math.ceilDiv(p.groupOc(), ImplicitGemmF32.CHANNELS) * p.g();
        long wanted = Math.ceilDiv((long) GROUPS_PER_UNIT * grids.computeUnits(), tiles);
        return (int) Math.clamp(Math.min(wanted, p.terms() / (FEWEST_CHUNKS * ImplicitGemmF32.TERMS)), 1, MOST_SPLITS);
    }

    static WorkerGrid grid(Windows windows, int splits) {
        return Grids.of(
                new long[] {
                    Math.ceilDiv(windows.goc(), ImplicitGemmF32.CHANNELS) * (long) ImplicitGemmF32.ITEMS,
                    Math.ceilDiv(windows.rows(), ImplicitGemmF32.PIXELS),
                    (long) windows.g() * splits
                },
                new long[] {ImplicitGemmF32.ITEMS, 1, 1});
    }
}
