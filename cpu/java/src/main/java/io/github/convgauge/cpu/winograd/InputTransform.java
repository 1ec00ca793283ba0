package io.github.convgauge.cpu.winograd;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * V = Bᵀ·d·B of some tiles: column by column first, then row by row. Neighbouring tiles share two
 * columns of x, so the first pass goes over a run of tiles and does each column once.
 *
 * <p>One for each thread, because of the scratch. Tiles inside x are read where they are; those at a
 * border are copied into a frame of zeros first.
 */
final class InputTransform {
    /** Half of a common L1 cache. The frame is used at the border only. */
    private static final long SCRATCH_BYTES = 24 << 10;

    private final ConvProblem problem;
    private final Tiles tiles;
    private final Pass pass;
    private final int inputs;
    private final int bytes;
    private final int runTiles;
    private final int chunk;
    /** What the first pass makes: (m+2, columns of the run, channels), with room for the longest run. */
    private final MemorySegment scratch;
    /** Of the same shape: what of x the first pass reads at a border. */
    private final MemorySegment frame;
    /** One row of them. Filling a part of a segment would make a new segment for it each time. */
    private final MemorySegment zeros;

    /** @param chunk the most channels at a time */
    InputTransform(ConvProblem problem, Tiles tiles, Pass pass, int bytes, int chunk, Arena arena) {
        this.problem = problem;
        this.tiles = tiles;
        this.pass = pass;
        this.bytes = bytes;
        this.chunk = chunk;
        inputs = tiles.m() + Winograd.KERNEL - 1;
        long columnBytes = (long) inputs * chunk * bytes;
        long fitting = (SCRATCH_BYTES / columnBytes - (Winograd.KERNEL - 1)) / tiles.m();
        runTiles = Math.clamp(fitting, 1, tiles.columns());
        scratch = arena.allocate(columnBytes * columns(runTiles), Tensor.ALIGNMENT);
        frame = arena.allocate(columnBytes * columns(runTiles), Tensor.ALIGNMENT);
        zeros = arena.allocate((long) columns(runTiles) * chunk * bytes, Tensor.ALIGNMENT);
    }

    private int columns(int count) {
        return tiles.m() * count + Winograd.KERNEL - 1;
    }

    /**
     * Transforms channels of some tiles.
     *
     * @param x (mb, ih, iw, ic), its channels neighbours in memory
     * @param group of the channels; they are counted from its first
     * @param v planes whose first row is that of tile number firstRow
     */
    void run(
            Tensor x, int group, int fromChannel, int toChannel, long fromTile, long toTile,
            MemorySegment v, Planes planes, long firstRow) {
        for (int channel = fromChannel; channel < toChannel; channel += chunk) {
            int channels = Math.min(chunk, toChannel - channel);
            long next;
            for (long tile = fromTile; tile < toTile; tile = next) {
                next = Math.min(Math.min(toTile, tile + runTiles), tiles.rowEnd(tile));
                int count = (int) (next - tile);
                columnPass(x, group * problem.groupIc() + channel, channels, tile, columns(count));
                for (int i = 0; i < count; i++) {
                    long to = (tile + i - firstRow) * planes.row() + (long) channel * bytes;
                    rowPass(i, channels, columns(count), v, to, planes.plane());
                }
            }
        }
    }

    /** Transforms the columns of a run of tiles into the scratch. */
    private void columnPass(Tensor x, int channel, int channels, long tile, int columns) {
        Layout layout = x.layout();
        long xRow = layout.stride(1) * bytes;
        long xColumn = layout.stride(2) * bytes;
        long pixel = (long) channels * bytes;
        long line = columns * pixel;
        long top = tiles.top(tile) - problem.padTop();
        long left = tiles.left(tile) - problem.padLeft();
        // Those of the run that lie in x; none where all is padding.
        int firstColumn = inside(-left, columns);
        int endColumn = inside(problem.iw() - left, columns);
        int firstRow = inside(-top, inputs);
        int endRow = inside(problem.ih() - top, inputs);
        // Not layout.at, which refuses places in the padding; nothing is read there.
        long xAt = (layout.offset() + tiles.image(tile) * layout.stride(0) + channel * layout.stride(3)) * bytes
                + top * xRow + (left + firstColumn) * xColumn;
        long at = firstColumn * pixel;
        // Pixels without gaps between them are one long line: the longer the inner loop, the better.
        boolean dense = xColumn == pixel;
        int lines = dense ? Math.min(1, endColumn - firstColumn) : endColumn - firstColumn;
        int numbers = dense ? (endColumn - firstColumn) * channels : channels;
        for (int row = 0; row < inputs && firstColumn > 0; row++) {
            MemorySegment.copy(zeros, 0, scratch, row * line, firstColumn * pixel);
        }
        for (int row = 0; row < inputs && endColumn < columns; row++) {
            MemorySegment.copy(zeros, 0, scratch, row * line + endColumn * pixel, (columns - endColumn) * pixel);
        }
        if (firstRow == 0 && endRow == inputs) {
            pass.run(x.storage(), xAt, xRow, xColumn, scratch, at, line, pixel, lines, numbers);
            return;
        }
        for (int row = 0; row < inputs; row++) {
            if (row < firstRow || row >= endRow) {
                MemorySegment.copy(zeros, 0, frame, row * line, line);
                continue;
            }
            for (int i = 0; i < lines; i++) {
                MemorySegment.copy(
                        x.storage(), xAt + row * xRow + i * xColumn,
                        frame, row * line + at + i * pixel, (long) numbers * bytes);
            }
        }
        pass.run(frame, at, line, pixel, scratch, at, line, pixel, lines, numbers);
    }

    private static int inside(long place, int size) {
        return Math.clamp(place, 0, size);
    }

    /** Transforms the rows of the run's tile number i from the scratch into V. */
    private void rowPass(int i, int channels, int columns, MemorySegment v, long to, long plane) {
        long pixel = (long) channels * bytes;
        pass.run(
                scratch, (long) tiles.m() * i * pixel, pixel, columns * pixel,
                v, to, plane, inputs * plane, inputs, channels);
    }
}
