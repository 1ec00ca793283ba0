package io.github.convgauge.openclc;

import io.github.convgauge.tensor.DType;

/** How many outputs a work item computes: enough to reuse what it loads, few enough to stay in registers. */
final class Blocking {
    /** A 512-bit register, two of 256 bits or four of 128: what a tile's row of channels takes on a processor. */
    private static final int CPU_VECTOR_BYTES = 64;

    /** Lanes of a GPU are work items; a vector there only widens loads, to 16 bytes at best. */
    private static final int GPU_VECTOR_BYTES = 16;

    /**
     * Accumulators in native registers: of 32 registers, or of 16 where they are narrower, some must hold
     * weights and elements of x.
     */
    private static final int WIDE_ACCUMULATORS = 8;

    private static final int NARROW_ACCUMULATORS = 12;
    private static final int GPU_ACCUMULATORS = 8;

    /** What a tile costs beside its pixels' multiply-adds, in pixels: a load of weights, loops, addresses. */
    private static final double TILE_COST = 1.5;

    private Blocking() {}

    /** Lanes of a vector of output channels: a power of two up to 16, no wider than the channels need. */
    static int lanes(Target target, DType dtype, int channels) {
        int bytes = target.isCpu()
                // Two registers a row where they are narrow: more independent sums from as few loads.
                ? Math.min(CPU_VECTOR_BYTES, 2 * target.vectorBytes())
                : GPU_VECTOR_BYTES;
        int most = Math.max(1, bytes / dtype.bytes());
        return (int) Math.min(WorkSize.powerOfTwo(most), WorkSize.roundUpToPowerOfTwo(channels));
    }

    /**
     * Neighbouring outputs of one line a work item: those that waste the least at its end.
     *
     * @param lanes of the vector that each of them has
     */
    static int pixels(Target target, DType dtype, int lanes, int ow) {
        int best = 1;
        double bestCost = Double.POSITIVE_INFINITY;
        for (int pixels = 1; pixels <= Math.min(most(target, dtype, lanes), ow); pixels++) {
            double cost = Math.ceilDiv(ow, pixels) * (pixels + TILE_COST);
            if (cost <= bestCost) {
                best = pixels;
                bestCost = cost;
            }
        }
        return best;
    }

    /** Rows of a matrix product a work item: as many as pixels, whatever is left over at the end. */
    static int rows(Target target, DType dtype, int lanes, int rows) {
        return Math.min(most(target, dtype, lanes), rows);
    }

    private static int most(Target target, DType dtype, int lanes) {
        if (!target.isCpu()) {
            return GPU_ACCUMULATORS;
        }
        int registers = Math.max(1, Math.ceilDiv(lanes, target.lanes(dtype)));
        return registers == 1 ? WIDE_ACCUMULATORS : NARROW_ACCUMULATORS / registers;
    }
}
