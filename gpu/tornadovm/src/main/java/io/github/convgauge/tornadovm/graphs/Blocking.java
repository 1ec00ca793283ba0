package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.tornadovm.grids.Grids;

/** How many output channels a work item of {@code direct-blocked} computes. */
final class Blocking {
    /** A vector of channels beyond 64 bytes is no faster. */
    private static final int VECTOR_BYTES = 64;
    /** Lanes of a GPU are work items; TornadoVM 5.2.0's CUDA backend has no wider vectors. */
    static final int GPU_LANES = 4;

    private Blocking() {}

    /** 16, 8, 4 or 1: the width that is cheapest for so many channels in a group, the wider of two that are equal. */
    static int lanes(Grids grids, int goc, int elementBytes) {
        int best = 1;
        for (int lanes : new int[] {4, 8, 16}) {
            if (isFor(grids, lanes) && fits(lanes, goc, elementBytes) && cost(goc, lanes) <= cost(goc, best)) {
                best = lanes;
            }
        }
        return best;
    }

    /** Whether a group has channels for so many lanes, and registers are wide enough for a use of them. */
    static boolean fits(int lanes, int goc, int elementBytes) {
        return lanes <= goc && lanes * elementBytes <= VECTOR_BYTES;
    }

    /** Whether a device may have use for so many lanes. */
    static boolean isFor(Grids grids, int lanes) {
        return grids.cpu() || lanes <= GPU_LANES;
    }

    /** A vector costs more than a narrower one, but far less than its lanes one by one. */
    private static double cost(int goc, int lanes) {
        return Math.ceilDiv(goc, lanes) * Math.sqrt(lanes);
    }
}
