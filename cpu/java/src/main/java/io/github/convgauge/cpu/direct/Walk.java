package io.github.convgauge.cpu.direct;

import io.github.convgauge.cpu.Share;
import java.util.Arrays;

/**
 * In which order the blocks of a convolution are computed, and where that is cut into parts. A unit of it is one block of pixels in one panel of
 * output channels: tile by tile, in each tile panel by panel, in each panel the tile's blocks. So a part is neighbouring units, most of them of one panel and
 * one tile, whose weights and whose x stay in the caches however many parts there are.
 *
 * <p>Parts are cut by vectors to compute, not by units: the last panel may be narrower than the others, and whose thread has it would wait.
 */
final class Walk {
    /** Vectors in the panels before one; the last is those of all. */
    private final int[] vectorsBefore;
    /** The first block of each tile; the last is the number of all. */
    private final long[] firstBlock;

    /**
     * @param vectors of each panel
     * @param lines of all images
     * @param tiles as many, or the blocks, if they are fewer; of whole lines, if there are so many
     */
    Walk(int[] vectors, long lines, int blocksInLine, long tiles) {
        vectorsBefore = new int[vectors.length + 1];
        for (int i = 0; i < vectors.length; i++) {
            vectorsBefore[i + 1] = vectorsBefore[i] + vectors[i];
        }
        // A convolution of single taps may be one long line.
        int step = lines >= tiles ? blocksInLine : 1;
        long steps = lines * blocksInLine / step;
        firstBlock = new long[Math.toIntExact(Math.min(tiles, steps)) + 1];
        for (int tile = 0; tile < firstBlock.length; tile++) {
            firstBlock[tile] = Share.begin(steps, tile, firstBlock.length - 1) * step;
        }
    }

    private int panels() {
        return vectorsBefore.length - 1;
    }

    private long blocks() {
        return firstBlock[firstBlock.length - 1];
    }

    private long blocksIn(int tile) {
        return firstBlock[tile + 1] - firstBlock[tile];
    }

    long units() {
        return panels() * blocks();
    }

    /** The unit where a part begins; part = parts gives the end of the last one. */
    long begin(int part, int parts) {
        int ofBlock = vectorsBefore[panels()];
        long vectors = Share.begin(ofBlock * blocks(), part, parts);
        int tile = last(firstBlock, vectors / ofBlock);
        if (tile == firstBlock.length - 1) {
            return units();
        }
        long blocks = blocksIn(tile);
        long left = vectors - firstBlock[tile] * ofBlock;
        int panel = 0;
        while (left >= vectorsBefore[panel + 1] * blocks) {
            panel++;
        }
        left -= vectorsBefore[panel] * blocks;
        return firstBlock[tile] * panels() + panel * blocks + left / (vectorsBefore[panel + 1] - vectorsBefore[panel]);
    }

    /** How much of the whole work the units of a part are. */
    double share(int part, int parts) {
        return (double) (work(begin(part + 1, parts)) - work(begin(part, parts))) / work(units());
    }

    /** Vectors of sums in the units before one. */
    private long work(long unit) {
        if (unit == units()) {
            return vectorsBefore[panels()] * blocks();
        }
        int tile = tile(unit);
        int panel = panel(unit);
        return firstBlock[tile] * vectorsBefore[panels()] + vectorsBefore[panel] * blocksIn(tile)
                + (block(unit) - firstBlock[tile]) * (vectorsBefore[panel + 1] - vectorsBefore[panel]);
    }

    /** That of a unit. */
    int panel(long unit) {
        int tile = tile(unit);
        return (int) ((unit - firstBlock[tile] * panels()) / blocksIn(tile));
    }

    /** That of a unit, counted through all lines of all images. */
    long block(long unit) {
        int tile = tile(unit);
        return firstBlock[tile] + (unit - firstBlock[tile] * panels()) % blocksIn(tile);
    }

    /** Up to this unit the panel is the same, and block follows block. */
    long end(long unit) {
        return unit - block(unit) + firstBlock[tile(unit) + 1];
    }

    private int tile(long unit) {
        return last(firstBlock, unit / panels());
    }

    /** The last of some rising numbers that is not above another. */
    private static int last(long[] rising, long number) {
        int at = Arrays.binarySearch(rising, number);
        return at >= 0 ? at : -at - 2;
    }
}
