package io.github.convgauge.openclc;

import io.github.convgauge.tensor.DType;

/**
 * How many outputs a work item computes: enough to reuse what it loads, few enough to stay in registers.
 *
 * @param length neighbouring pixels of a line, or rows of a matrix product
 * @param vectors of neighbouring output channels, for each of them
 */
record Blocking(int length, int vectors) {
    /** A 512-bit register, two of 256 bits or four of 128: what a tile's row of channels takes on a processor. */
    private static final int CPU_VECTOR_BYTES = 64;

    /** Lanes of a GPU are work items; a vector there only widens loads, to 16 bytes at best. */
    private static final int GPU_VECTOR_BYTES = 16;

    private static final int GPU_ACCUMULATORS = 8;

    /**
     * So many work items for each compute unit of a GPU hide what each of them waits for: with 760 to 1100 of them one output
     * an item was 1.3x and 2.6x as fast on an H200 as vectors, which leave a quarter.
     */
    private static final int GPU_ITEMS_PER_UNIT = 1024;

    /** More vectors share a broadcast element, but then few pixels share a vector of weights, which comes from further away. */
    static final int MOST_VECTORS = 4;

    /** Two multiply-add units with a latency of four cycles wait where there are fewer independent sums. */
    private static final int LATENCY_SUMS = 8;

    /**
     * Lanes of a vector of output channels: a power of two up to 16, no wider than the channels need.
     */
    static int lanes(Target target, DType dtype, int channels) {
        int bytes = target.isCpu()
                // Two registers a row where they are narrow: more independent sums from as few loads.
                ? Math.min(CPU_VECTOR_BYTES, 2 * target.vectorBytes())
                : GPU_VECTOR_BYTES;
        int most = Math.max(1, bytes / dtype.bytes());
        return (int) Math.min(WorkSize.powerOfTwo(most), WorkSize.roundUpToPowerOfTwo(channels));
    }

    /** The same, with fewer lanes on a GPU where it would have too few work items for so many outputs. */
    static int lanes(Target target, DType dtype, int channels, double outputs) {
        int lanes = lanes(target, dtype, channels);
        while (!target.isCpu() && lanes > 1 && !fills(target, (long) (outputs / lanes))) {
            lanes /= 2;
        }
        return lanes;
    }

    /**
     * The block that takes the fewest cycles by a model of what a core does in a step: a multiply-add, a load of weights and
     * a load of an element for all lanes take half a cycle each. On a GPU only of those with which it has work items enough; one pixel
     * where none has.
     *
     * @param lanes of a vector
     * @param channels of output, that no block may straddle
     * @param line its length in pixels, or the rows of the matrix
     * @param apart bytes from the inputs of a pixel to those of its neighbour
     * @param times how many such lines there are, each with so many channels
     * @param most vectors in a block
     */
    static Blocking of(Target target, DType dtype, int lanes, int channels, int line, long apart, long times, int most) {
        Blocking best = new Blocking(1, 1);
        double bestCost = Double.POSITIVE_INFINITY;
        int all = Math.ceilDiv(channels, lanes);
        int longest = Math.min(line, target.isCpu() ? CacheSets.mostPixels(registers(target), apart) : GPU_ACCUMULATORS);
        for (int vectors = 1; vectors <= Math.min(all, target.isCpu() ? Math.min(most, MOST_VECTORS) : 1); vectors++) {
            int wide = wide(target, dtype, lanes, vectors);
            for (int length = 1; length <= longest; length++) {
                if (!new Blocking(length, vectors).fits(target, dtype, lanes)) {
                    break;
                }
                if (length > 1 && !fills(target, times * Math.ceilDiv(line, length) * Math.ceilDiv(all, vectors))) {
                    break;
                }
                double cost = Math.ceilDiv(line, length) * Math.ceilDiv(all, vectors) * step(length, wide);
                // Of equals the larger: it starts less often.
                if (cost <= bestCost) {
                    best = new Blocking(length, vectors);
                    bestCost = cost;
                }
            }
        }
        return best;
    }

    /** Whether so many work items keep a device busy. */
    private static boolean fills(Target target, long items) {
        return target.isCpu() || items >= (long) GPU_ITEMS_PER_UNIT * target.computeUnits();
    }

    /** Registers for all lanes of so many vectors. */
    private static int wide(Target target, DType dtype, int lanes, int vectors) {
        return vectors * Math.max(1, Math.ceilDiv(lanes, target.lanes(dtype)));
    }

    /** Whether its sums stay in registers beside its weights and an element for all lanes, as far as that is known of the device. */
    boolean fits(Target target, DType dtype, int lanes) {
        int wide = wide(target, dtype, lanes, vectors);
        return !target.isCpu() || length * vectors == 1 || (length + 1) * wide + 1 <= registers(target);
    }

    /** Of a register file with AVX-512 and its like, or without; OpenCL tells the width of a vector only. */
    private static int registers(Target target) {
        return target.vectorBytes() >= CPU_VECTOR_BYTES ? 32 : 16;
    }

    /** Cycles for one input channel. */
    private static double step(int length, int wide) {
        double multiplyAdds = Math.max(length * wide, LATENCY_SUMS) / 2.0;
        double loads = (length + wide) / 2.0;
        // Loads wait for a cache now and then, those of weights more often; a step has a loop around it.
        return Math.max(multiplyAdds, loads) + 0.25 * loads + 0.5 * wide + 0.3;
    }
}
