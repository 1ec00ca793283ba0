package io.github.convgauge.cpu.direct;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.WorkerPool;
import io.github.convgauge.cpu.kernel.Access;
import io.github.convgauge.cpu.kernel.BlockKernel;
import io.github.convgauge.cpu.kernel.DepthwiseKernel;
import io.github.convgauge.cpu.kernel.DepthwiseSpec;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * A depthwise convolution, one input and one output channel a group: vectors run over the channels, so
 * x, w and y need neighbouring ones. The weights are used as they lie. Where channels are no whole
 * number of vectors, the last vector is moved back, and computes some channels a second time.
 */
final class Depthwise extends DepthwiseEngine {
    private static final int SHORTEST_BITS = 128;
    /** With their sums, a row's weights and one input they fit 32 registers, and 16. */
    private static final int MOST_PIXELS = 14;
    private static final int MOST_PIXELS_OF_FEW_REGISTERS = 7;
    /** Longer blocks save loads, but fetch from more places at a time: with 14, strided layers ran at 0.75 to 0.85 of the speed on a Xeon. */
    private static final int MOST_STRIDED_PIXELS = 7;

    private final Layout weights;
    private final int pixels;
    private final int blocksInLine;
    private final List<Piece> pieces = new ArrayList<>();
    private final List<DepthwiseSpec> specs = new ArrayList<>();
    private Tensor w;

    private record Piece(BlockKernel kernel, int first, int blocks, int column) {}

    Depthwise(ConvProblem problem, DType dtype, int bits, Access access, Layout x, Layout w, Layout y, WorkerPool pool) {
        super(problem, dtype, access, x, y, pool);
        weights = w;
        int lanes = bits / Byte.SIZE / dtype.bytes();
        pixels = pixels(geometry.width(), mostPixels(problem));
        Line line = new Line(geometry, pixels, w.stride(1) * dtype.bytes(), 0);
        blocksInLine = line.blocks();
        for (Line.Piece piece : line.pieces()) {
            DepthwiseSpec spec = new DepthwiseSpec(
                    dtype, bits, pixels, Math.ceilDiv(problem.oc(), lanes), (long) (problem.oc() - lanes) * dtype.bytes(), piece.runs(),
                    (problem.dh() + 1L) * geometry.xLine(), w.stride(0) * dtype.bytes(),
                    problem.sw() * geometry.xPixel(), geometry.yPixel(),
                    (long) pixels * problem.sw() * geometry.xPixel(), pixels * geometry.yPixel());
            specs.add(spec);
            pieces.add(new Piece(DepthwiseKernel.of(spec, access), piece.first(), piece.blocks(), piece.column()));
        }
    }

    /** The longest vectors, up to a length, with which a convolution is done so; 0 if it cannot be. */
    static int bits(ConvProblem problem, DType dtype, Layout x, Layout w, Layout y, int longest) {
        boolean neighbours = x.stride(3) == 1 && w.stride(3) == 1 && y.stride(3) == 1;
        if (problem.groupIc() != 1 || problem.groupOc() != 1 || !neighbours) {
            return 0;
        }
        for (int bits = longest; bits >= SHORTEST_BITS; bits /= 2) {
            if (bits / Byte.SIZE / dtype.bytes() <= problem.oc()) {
                return bits;
            }
        }
        return 0;
    }

    /** As many as fit well: each further one saves loads, each that is computed twice costs. */
    private static int pixels(int width, int most) {
        int best = 1;
        for (int p = 2; p <= Math.min(width, most); p++) {
            best = cost(width, p) < cost(width, best) ? p : best;
        }
        return best;
    }

    private static int mostPixels(ConvProblem problem) {
        if (FloatVector.SPECIES_PREFERRED.vectorBitSize() < 512) {
            return MOST_PIXELS_OF_FEW_REGISTERS;
        }
        return problem.sw() > 1 ? MOST_STRIDED_PIXELS : MOST_PIXELS;
    }

    private static double cost(int width, int pixels) {
        return Math.ceilDiv(width, pixels) * (pixels + 2.0);
    }

    /** Nothing to lay out: the vectors' channels are neighbours already. */
    @Override
    public void pack(Tensor weights) {
        Engine.requireOffHeap(weights);
        w = weights;
    }

    /** It holds nothing. */
    @Override
    public void close() {}

    @Override
    int blocksInLine() {
        return blocksInLine;
    }

    @Override
    List<DepthwiseSpec> specs() {
        return specs;
    }

    @Override
    void runBlocks(int from, int to, long xAt, int firstRow, int rows, long yAt) {
        long wAt = (w.layout().offset() + firstRow * weights.stride(0)) * dtype.bytes();
        for (int p = 0; p < pieces.size(); p++) {
            Piece piece = pieces.get(p);
            int first = Math.max(from, piece.first);
            int last = Math.min(to, piece.first + piece.blocks);
            if (first < last) {
                long column = piece.column + (long) (first - piece.first) * pixels;
                piece.kernel.run(
                        x.storage(), xAt + geometry.column(column) * geometry.xPixel(), w.storage(), wAt,
                        y.storage(), yAt + column * geometry.yPixel(), rows, last - first);
            }
        }
    }
}
