package io.github.convgauge.cpu.direct;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.kernel.BlockSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * A line of outputs cut into blocks. The last block is moved back to end with the line, and computes
 * some outputs a second time, which costs less than a tail of its own. Blocks whose taps meet the
 * padding in the same way are a piece: padding is neither copied nor multiplied by, since each such
 * block has a kernel that leaves those taps out.
 */
final class Line {
    /**
     * Blocks side by side that have one kernel.
     *
     * @param first number of the first block in the line
     * @param column the output column where it begins
     */
    record Piece(List<BlockSpec.Run> runs, int first, int blocks, int column) {}

    private final List<Piece> pieces = new ArrayList<>();
    private final int blocks;

    /**
     * @param wChannel bytes from one input channel to the next in the weights, and so on
     */
    Line(Geometry geometry, int pixels, long wColumn, long wChannel) {
        int width = geometry.width();
        if (pixels > width) {
            throw new IllegalArgumentException("a block of %d pixels in a line of %d".formatted(pixels, width));
        }
        blocks = Math.ceilDiv(width, pixels);
        for (int b = 0; b < blocks; b++) {
            int column = Math.min(b * pixels, width - pixels);
            List<BlockSpec.Run> runs = runs(geometry, column, pixels, wColumn, wChannel);
            Piece last = pieces.isEmpty() ? null : pieces.getLast();
            if (last != null && last.runs.equals(runs) && column == last.column + last.blocks * pixels) {
                pieces.set(pieces.size() - 1, new Piece(runs, last.first, last.blocks + 1, last.column));
            } else {
                pieces.add(new Piece(runs, b, 1, column));
            }
        }
    }

    int blocks() {
        return blocks;
    }

    List<Piece> pieces() {
        return pieces;
    }

    /** How many kernels the line needs. */
    static long kinds(Geometry geometry, int pixels) {
        return new Line(geometry, pixels, 0, 0).pieces.stream().map(Piece::runs).distinct().count();
    }

    private static List<BlockSpec.Run> runs(Geometry g, int column, int pixels, long wColumn, long wChannel) {
        ConvProblem p = g.problem();
        int channels = p.groupIc();
        long dilation = p.dw() + 1L;
        boolean flat = g.xPixel() * dilation == channels * g.xChannel() && wColumn == channels * wChannel;
        List<BlockSpec.Run> runs = new ArrayList<>();
        for (int kx = 0; kx < p.kw(); kx++) {
            long tap = g.column(column) + kx * dilation;
            int first = firstFrom(-tap, p.sw(), pixels);
            int last = firstFrom(g.columns() - tap, p.sw(), pixels);
            if (first >= last) {
                continue;
            }
            BlockSpec.Run before = runs.isEmpty() ? null : runs.getLast();
            long x = kx * dilation * g.xPixel();
            long w = kx * wColumn;
            if (flat && before != null && before.first() == first && before.last() == last
                    && before.w() + before.length() * wChannel == w) {
                runs.set(runs.size() - 1, new BlockSpec.Run(before.x(), before.w(), before.length() + channels, first, last));
            } else {
                runs.add(new BlockSpec.Run(x, w, channels, first, last));
            }
        }
        return runs;
    }

    /** The first pixel that is so many columns or more from the block's first. */
    private static int firstFrom(long columns, int stride, int pixels) {
        return (int) Math.clamp(Math.ceilDiv(columns, (long) stride), 0, pixels);
    }
}
