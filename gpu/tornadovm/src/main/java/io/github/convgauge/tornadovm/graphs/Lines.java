package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.tornadovm.kernels.LinesF32;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a work item of the kernels of whole vectors computes ({@link LinesF32}): so many neighbouring pixels of a line,
 * times so many output channels.
 */
record Lines(int lanes, int pixels) {
    /** A 512-bit register, two of 256 bits or four of 128. */
    private static final int VECTOR_BYTES = 64;
    private static final int FEWEST_PIXELS = 4;

    /** What a work item costs beside its pixels' multiply-adds, in pixels: a load of weights, loops, addresses. */
    private static final double ITEM_COST = 1.5;

    /**
     * Empty where the channels of a group are no whole vectors, or lines so short that a vector of weights would serve
     * few pixels: then pixels of several lines share it, in {@link io.github.convgauge.tornadovm.kernels.BlockedF32}.
     */
    static Optional<Lines> of(Windows windows, int elementBytes) {
        return IntStream.of(16, 8, 4).mapToObj(lanes -> of(windows, elementBytes, lanes)).flatMap(Optional::stream).findFirst();
    }

    /** Of so many lanes; empty where {@link #of(Windows, int)} would be, or where these are no whole vectors. */
    static Optional<Lines> of(Windows windows, int elementBytes, int lanes) {
        boolean fits = lanes >= 4 && lanes * elementBytes <= VECTOR_BYTES && windows.goc() % lanes == 0;
        return fits && windows.ow() >= FEWEST_PIXELS ? Optional.of(new Lines(lanes, pixels(windows.ow()))) : Optional.empty();
    }

    /** Those that waste the least at the end of a line, the most of those that are equal. */
    private static int pixels(int ow) {
        int best = FEWEST_PIXELS;
        for (int pixels = FEWEST_PIXELS; pixels <= Math.min(LinesF32.MOST_PIXELS, ow); pixels++) {
            if (cost(ow, pixels) <= cost(ow, best)) {
                best = pixels;
            }
        }
        return best;
    }

    private static double cost(int ow, int pixels) {
        return Math.ceilDiv(ow, pixels) * (pixels + ITEM_COST);
    }

    /** Work items in all lines. */
    int items(Windows windows) {
        return windows.mb() * windows.oh() * Math.ceilDiv(windows.ow(), pixels);
    }
}
