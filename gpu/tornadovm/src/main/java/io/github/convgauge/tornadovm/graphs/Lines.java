package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.openclc.CacheSets;
import io.github.convgauge.tornadovm.grids.Grids;
import io.github.convgauge.tornadovm.kernels.LinesF32;
import io.github.convgauge.tornadovm.kernels.PairsF32;
import java.util.Optional;
import java.util.stream.IntStream;
import uk.ac.manchester.tornado.api.WorkerGrid;

/**
 * What a work item of the kernels of whole vectors computes: so many neighbouring pixels of a line, times one vector of
 * output channels ({@link LinesF32}) or two ({@link PairsF32}).
 *
 * @param lanes of a vector
 * @param vectors 1 or 2
 */
record Lines(int lanes, int vectors, int pixels) {
    /** A 512-bit register, two of 256 bits or four of 128. */
    private static final int VECTOR_BYTES = 64;
    /** A file of such registers has as many. */
    private static final int WIDE_REGISTERS = 32;
    private static final int FEWEST_PIXELS = 4;
    /** With their vectors of sums, the weights and x they fit 16 registers and more. */
    private static final int MOST_PIXELS_OF_FEW_REGISTERS = 8;
    /** So many work items for each compute unit of a GPU hide what each of them waits for; on an H200 one pixel was best with 190 of them. */
    private static final int GPU_ITEMS_PER_UNIT = 128;

    /** What a work item costs beside its pixels' multiply-adds, in pixels: a load of weights, loops, addresses. */
    private static final double ITEM_COST = 1.5;
    /** Two multiply-add units with a latency of four cycles wait where there are fewer independent sums. */
    private static final int LATENCY_SUMS = 8;

    /**
     * Empty where the channels of a group are no whole vectors, or lines so short that a vector of weights would serve
     * few pixels: then pixels of several lines share it, in {@link io.github.convgauge.tornadovm.kernels.BlockedF32}.
     */
    static Optional<Lines> of(Grids grids, Windows windows, int elementBytes) {
        return IntStream.of(16, 8, 4).filter(lanes -> Blocking.isFor(grids, lanes))
                .mapToObj(lanes -> of(grids, windows, elementBytes, lanes)).flatMap(Optional::stream)
                .findFirst();
    }

    /** Of so many lanes; empty where {@link #of(Grids, Windows, int)} would be, or where these are no whole vectors. */
    static Optional<Lines> of(Grids grids, Windows windows, int elementBytes, int lanes) {
        boolean fits = lanes >= 4 && lanes * elementBytes <= VECTOR_BYTES && windows.goc() % lanes == 0;
        if (!fits || windows.ow() < FEWEST_PIXELS) {
            return Optional.empty();
        }
        if (!grids.cpu()) {
            return Optional.of(filling(grids, windows, lanes));
        }
        boolean wide = grids.vectorBytes() >= VECTOR_BYTES;
        long apart = (long) windows.xJ() * elementBytes;
        Lines best = best(windows, lanes, 1, wide, apart);
        if (wide && lanes >= 8 && windows.goc() % (2 * lanes) == 0) {
            Lines pairs = best(windows, lanes, 2, true, apart);
            best = pairs.cost(windows.ow(), true) <= 2 * best.cost(windows.ow(), true) ? pairs : best;
        }
        return Optional.of(best);
    }

    /**
     * Of so many vectors, the pixels that cost a line the least, the most of those that are equal.
     *
     * @param apart bytes from the inputs of a pixel to those of its neighbour
     */
    private static Lines best(Windows windows, int lanes, int vectors, boolean wide, long apart) {
        int most = wide
                ? Math.min(vectors == 1 ? LinesF32.MOST_PIXELS : PairsF32.MOST_PIXELS, (WIDE_REGISTERS - 1) / vectors - 1)
                : MOST_PIXELS_OF_FEW_REGISTERS;
        Lines best = new Lines(lanes, vectors, FEWEST_PIXELS);
        for (int pixels = FEWEST_PIXELS; pixels <= Math.min(CacheSets.mostPixels(most, apart), windows.ow()); pixels++) {
            Lines lines = new Lines(lanes, vectors, pixels);
            if (lines.cost(windows.ow(), wide) <= best.cost(windows.ow(), wide)) {
                best = lines;
            }
        }
        return best;
    }

    /** For a GPU, the pixels that cost a line the least of those with which it still has work items enough; one where there are none. */
    private static Lines filling(Grids grids, Windows windows, int lanes) {
        Lines best = new Lines(lanes, 1, 1);
        for (int pixels = 2; pixels <= Math.min(MOST_PIXELS_OF_FEW_REGISTERS, windows.ow()); pixels++) {
            Lines lines = new Lines(lanes, 1, pixels);
            boolean fills = (long) lines.outer(windows) * lines.inner(windows) >= (long) GPU_ITEMS_PER_UNIT * grids.computeUnits();
            if (fills && lines.cost(windows.ow(), false) <= best.cost(windows.ow(), false)) {
                best = lines;
            }
        }
        return best;
    }

    /** The same with other pixels; empty where its kernel has no such block, or a line not so many. */
    Optional<Lines> withPixels(Windows windows, int asked) {
        int most = Math.min(vectors == 1 ? LinesF32.MOST_PIXELS : PairsF32.MOST_PIXELS, windows.ow());
        return asked > most ? Optional.empty() : Optional.of(new Lines(lanes, vectors, asked));
    }

    /** Of a line. */
    private double cost(int ow, boolean wide) {
        return Math.ceilDiv(ow, pixels) * (wide ? cycles() : pixels + ITEM_COST);
    }

    /**
     * Of one input channel, by a model of what a core does in it: a multiply-add, a load of weights and a load of an
     * element for all lanes take half a cycle each.
     */
    private double cycles() {
        double multiplyAdds = Math.max(pixels * vectors, LATENCY_SUMS) / 2.0;
        double loads = (pixels + vectors) / 2.0;
        // Loads wait for a cache now and then, those of weights more often; a step has a loop around it.
        return Math.max(multiplyAdds, loads) + 0.25 * loads + 0.5 * vectors + 0.3;
    }

    /** Whether its weights must be packed: they lie in order if a pair has all channels. */
    boolean packs(int oc) {
        return vectors == 2 && oc > channels();
    }

    /** Output channels of a work item. */
    int channels() {
        return lanes * vectors;
    }

    /** The kernel's outer loop: blocks of channels, or with two vectors tiles of pixels. */
    int outer(Windows windows) {
        return vectors == 1 ? blocks(windows) : tiles(windows);
    }

    /** The kernel's inner loop. */
    int inner(Windows windows) {
        return vectors == 1 ? tiles(windows) : blocks(windows);
    }

    private int blocks(Windows windows) {
        return windows.oc() / channels();
    }

    /** Tiles in all lines. */
    int tiles(Windows windows) {
        return windows.mb() * windows.oh() * Math.ceilDiv(windows.ow(), pixels);
    }

    /** Work sizes of the kernel. */
    WorkerGrid grid(Grids grids, Windows windows) {
        return grids.heavy(outer(windows), inner(windows));
    }
}
