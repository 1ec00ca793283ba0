package io.github.convgauge.cpu.winograd;

import io.github.convgauge.conv.ConvProblem;

/**
 * The tiles of m×m outputs that cover y; those at the bottom and at the right reach beyond it where m
 * does not divide its sizes. Tile number (n·rows + i)·columns + j begins at output (n, m·i, m·j).
 *
 * @param m outputs of a tile in one dimension
 * @param rows tiles below each other
 * @param columns tiles side by side
 * @param total of all images
 */
record Tiles(int m, int rows, int columns, long total) {
    static Tiles of(ConvProblem problem, int m) {
        int rows = Math.ceilDiv(problem.oh(), m);
        int columns = Math.ceilDiv(problem.ow(), m);
        return new Tiles(m, rows, columns, (long) problem.mb() * rows * columns);
    }

    /** The image that a tile belongs to. */
    long image(long tile) {
        return tile / columns / rows;
    }

    /** The first output row of a tile. */
    long top(long tile) {
        return tile / columns % rows * m;
    }

    /** The first output column of a tile. */
    long left(long tile) {
        return tile % columns * m;
    }

    /** One more than the last tile of the same row and image. */
    long rowEnd(long tile) {
        return tile - tile % columns + columns;
    }
}
