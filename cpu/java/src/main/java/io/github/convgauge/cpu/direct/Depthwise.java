package io.github.convgauge.cpu.direct;

import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.Share;
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
import java.util.Map;

/**
 * A depthwise convolution, one input and one output channel a group: vectors run over the channels, so
 * x, w and y need neighbouring ones. The weights are used as they lie. Where channels are no whole
 * number of vectors, the last vector is moved back, and computes some channels a second time.
 */
final class Depthwise implements Engine {
    private static final int SHORTEST_BITS = 128;
    private static final int MOST_PIXELS = 14;

    private final ConvProblem problem;
    private final DType dtype;
    private final Geometry geometry;
    private final Layout weights;
    private final int lanes;
    private final int pixels;
    private final int blocksInLine;
    private final List<Piece> pieces = new ArrayList<>();
    private final WorkerPool pool;
    private final WorkerPool.Task computing = this::computePart;
    private Tensor x;
    private Tensor w;
    private Tensor y;

    private final List<DepthwiseSpec> specs = new ArrayList<>();
    private final Access access;

    private record Piece(BlockKernel kernel, int first, int blocks, int column) {}

    Depthwise(ConvProblem problem, DType dtype, int bits, Access access, Layout x, Layout w, Layout y, WorkerPool pool) {
        this.problem = problem;
        this.dtype = dtype;
        this.pool = pool;
        this.access = access;
        geometry = Geometry.of(problem, dtype, x, y);
        weights = w;
        lanes = bits / Byte.SIZE / dtype.bytes();
        pixels = pixels(geometry.width());
        Line line = new Line(geometry, pixels, w.stride(1) * dtype.bytes(), 0);
        blocksInLine = line.blocks();
        for (Line.Piece piece : line.pieces()) {
            DepthwiseSpec spec = new DepthwiseSpec(
                    dtype, bits, pixels, piece.runs(), (problem.dh() + 1L) * geometry.xLine(), w.stride(0) * dtype.bytes(),
                    problem.sw() * geometry.xPixel(), geometry.yPixel());
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
    private static int pixels(int width) {
        int best = 1;
        for (int p = 2; p <= Math.min(width, MOST_PIXELS); p++) {
            best = cost(width, p) < cost(width, best) ? p : best;
        }
        return best;
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

    @Override
    public void execute(Tensor input, Tensor weights, Tensor output) {
        pack(weights);
        executePacked(input, output);
    }

    @Override
    public void executePacked(Tensor input, Tensor output) {
        Engine.requireOffHeap(input);
        Engine.requireOffHeap(output);
        x = input;
        y = output;
        pool.run(computing);
    }

    @Override
    public List<KernelSource> kernels() {
        Map<String, String> facts = Engine.facts(access);
        facts.put("threads share", "blocks of pixels");
        return List.of(new KernelSource("depthwise", "txt", KernelText.join(specs, KernelText::of), facts));
    }

    /** It holds nothing. */
    @Override
    public void close() {}

    private void computePart(int part, int parts) {
        long blocks = (long) geometry.images() * geometry.lines() * blocksInLine;
        long end = Share.begin(blocks, part + 1, parts);
        long next;
        for (long at = Share.begin(blocks, part, parts); at < end; at = next) {
            int first = (int) (at % blocksInLine);
            next = Math.min(end, at - first + blocksInLine);
            runLine(at / blocksInLine, first, (int) (first + next - at));
        }
    }

    private void runLine(long line, int from, int to) {
        int i = (int) (line % geometry.lines());
        int firstRow = geometry.firstRow(i);
        int rows = geometry.lastRow(i) - firstRow;
        long image = line / geometry.lines();
        long inputLine = (long) i * problem.sh() - problem.padTop() + firstRow * (problem.dh() + 1L);
        long xAt = x.layout().offset() * dtype.bytes() + image * geometry.xImage() + inputLine * geometry.xLine();
        long wAt = (w.layout().offset() + firstRow * weights.stride(0)) * dtype.bytes();
        long yAt = y.layout().offset() * dtype.bytes() + image * geometry.yImage() + i * geometry.yLine();
        int vectors = problem.oc() / lanes;
        long moved = (long) (problem.oc() - lanes) * dtype.bytes();
        for (int p = 0; p < pieces.size(); p++) {
            Piece piece = pieces.get(p);
            int last = Math.min(to, piece.first + piece.blocks);
            for (int b = Math.max(from, piece.first); b < last; b++) {
                long column = piece.column + (long) (b - piece.first) * pixels;
                long xBlock = xAt + geometry.column(column) * geometry.xPixel();
                long yBlock = yAt + column * geometry.yPixel();
                piece.kernel.run(x.storage(), xBlock, w.storage(), wAt, y.storage(), yBlock, rows, vectors);
                if (problem.oc() % lanes != 0) {
                    piece.kernel.run(
                            x.storage(), xBlock + moved, w.storage(), wAt + moved, y.storage(), yBlock + moved, rows, 1);
                }
            }
        }
    }
}
