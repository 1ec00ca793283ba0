package io.github.convgauge.cpu.winograd;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * y = Aᵀ·M·A of some tiles: column by column first, then row by row. One for each thread, because of
 * the scratch.
 */
final class OutputTransform {
    private final ConvProblem problem;
    private final Tiles tiles;
    private final Pass pass;
    private final int inputs;
    private final int bytes;
    private final int chunk;
    /** What the first pass makes: (m, m+2, channels). */
    private final MemorySegment scratch;
    /** A tile (m, m, channels) that reaches beyond y. */
    private final MemorySegment edge;

    /** @param chunk the most channels at a time */
    OutputTransform(ConvProblem problem, Tiles tiles, Pass pass, int bytes, int chunk, Arena arena) {
        this.problem = problem;
        this.tiles = tiles;
        this.pass = pass;
        this.bytes = bytes;
        this.chunk = chunk;
        inputs = tiles.m() + Winograd.KERNEL - 1;
        scratch = arena.allocate((long) tiles.m() * inputs * chunk * bytes, Tensor.ALIGNMENT);
        edge = arena.allocate((long) tiles.m() * tiles.m() * chunk * bytes, Tensor.ALIGNMENT);
    }

    /**
     * Transforms channels of some tiles.
     *
     * @param m planes whose first row is that of tile number firstRow
     * @param y (mb, oh, ow, oc), its channels neighbours in memory
     * @param group of the channels; they are counted from its first
     */
    void run(
            MemorySegment m, Planes planes, long firstRow, Tensor y, int group,
            int fromChannel, int toChannel, long fromTile, long toTile) {
        for (int channel = fromChannel; channel < toChannel; channel += chunk) {
            int channels = Math.min(chunk, toChannel - channel);
            long pixel = (long) channels * bytes;
            for (long tile = fromTile; tile < toTile; tile++) {
                pass.run(
                        m, (tile - firstRow) * planes.row() + (long) channel * bytes, inputs * planes.plane(), planes.plane(),
                        scratch, 0, inputs * pixel, pixel, inputs, channels);
                rowPass(y, group * problem.groupOc() + channel, channels, tile);
            }
        }
    }

    /** Transforms the rows of a tile from the scratch into y, as far as y reaches. */
    private void rowPass(Tensor y, int channel, int channels, long tile) {
        Layout layout = y.layout();
        long yRow = layout.stride(1) * bytes;
        long yColumn = layout.stride(2) * bytes;
        long pixel = (long) channels * bytes;
        long top = tiles.top(tile);
        long left = tiles.left(tile);
        int rows = (int) Math.min(tiles.m(), problem.oh() - top);
        int columns = (int) Math.min(tiles.m(), problem.ow() - left);
        long yAt = (layout.offset() + tiles.image(tile) * layout.stride(0) + channel * layout.stride(3)) * bytes
                + top * yRow + left * yColumn;
        if (columns == tiles.m()) {
            pass.run(scratch, 0, pixel, inputs * pixel, y.storage(), yAt, yColumn, yRow, rows, channels);
            return;
        }
        long line = tiles.m() * pixel;
        pass.run(scratch, 0, pixel, inputs * pixel, edge, 0, pixel, line, rows, channels);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                MemorySegment.copy(
                        edge, row * line + column * pixel, y.storage(), yAt + row * yRow + column * yColumn, pixel);
            }
        }
    }
}
