package io.github.convgauge.openclc;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import java.util.List;

/**
 * {@code direct-blocked}: several neighbouring outputs of a line times one or more vectors of output channels
 * a work item.
 *
 * <p>x may have any strides: its elements are read one by one. The weights are read as vectors, and
 * packed first where they are none (see {@link WeightVectors}); in the regime end_to_end that belongs
 * to each execution. y is written in vectors where its channels are neighbours and fill them, else
 * channel by channel.
 *
 * <p>In a depthwise convolution, one input and one output channel a group, the vector runs over the
 * groups, if the channels of x are neighbours.
 */
final class DirectBlocked implements Plan {
    private final ConvProblem problem;
    private final Operand x;
    private final Operand y;
    private final boolean depthwise;
    private final int lanes;
    private final Blocking block;
    private final boolean tilesFirst;
    private final boolean manyLoads;
    private final WeightVectors weights;
    private final Call.Grid grid;

    DirectBlocked(Target target, ConvProblem problem, Operand x, Operand w, Operand y, Variant variant)
            throws UnsupportedConvException {
        this.problem = problem;
        this.x = x;
        this.y = y;
        DType dtype = x.dtype();
        depthwise = isDepthwise(problem, x.layout().stride(3) == 1);
        lanes = variant.lanes(lanes(target, problem, dtype, depthwise), mostLanes(problem, depthwise));
        block = variant.pixels(block(target, problem, dtype, depthwise, lanes), problem.ow(), mostVectors(problem, depthwise, lanes));
        // A core computes one tile after the other with the same weights, which stay in its cache; neighbouring lanes of a
        // GPU read neighbouring weights and the same x.
        tilesFirst = target.isCpu();
        manyLoads = !target.isCpu();
        weights = new WeightVectors(target, problem, w, groups(), lanes * block.vectors(), false);
        long blocks = (long) groups() * weights.blocks();
        grid = tilesFirst ? variant.heavyGrid(target, tiles(), blocks) : variant.heavyGrid(target, blocks, tiles());
        Operand.requireInt("a line of x with its padding", problem.padLeft() + problem.iw() + (double) problem.dilatedKw());
    }

    /** @param neighbours whether the channels of x lie side by side in memory */
    static boolean isDepthwise(ConvProblem problem, boolean neighbours) {
        return problem.groupIc() == 1 && problem.groupOc() == 1 && neighbours && problem.oc() % 2 == 0;
    }

    static int lanes(Target target, ConvProblem problem, DType dtype, boolean depthwise) {
        return depthwise
                ? (int) Math.min(mostLanes(problem, true), Blocking.lanes(target, dtype, problem.oc()))
                : Blocking.lanes(
                        target, dtype, problem.groupOc(), (double) problem.mb() * problem.oh() * problem.ow() * problem.oc());
    }

    /** The widest vector that the problem has use for. */
    static long mostLanes(ConvProblem problem, boolean depthwise) {
        // Without a remainder: behind the last channel of x there is nothing to load.
        return depthwise ? Integer.lowestOneBit(problem.oc()) : WorkSize.roundUpToPowerOfTwo(problem.groupOc());
    }

    /** The default's block for vectors of so many lanes. */
    static Blocking block(Target target, ConvProblem problem, DType dtype, boolean depthwise, int lanes) {
        return Blocking.of(
                target, dtype, lanes, depthwise ? problem.oc() : problem.groupOc(), problem.ow(),
                // In NHWC; other strides are rare, and as right.
                (long) problem.ic() * problem.sw() * dtype.bytes(),
                (long) problem.mb() * problem.oh() * (depthwise ? 1 : problem.g()), mostVectors(problem, depthwise, lanes));
    }

    /** Vectors that the problem has use for in one block. */
    static int mostVectors(ConvProblem problem, boolean depthwise, int lanes) {
        // A vector of channels of x serves one vector of outputs.
        return depthwise ? 1 : Math.ceilDiv(problem.groupOc(), lanes);
    }

    /** Of output channels that no vector may straddle. */
    private int groups() {
        return depthwise ? 1 : problem.g();
    }

    private long tiles() {
        return (long) problem.mb() * problem.oh() * lineTiles();
    }

    /** Tiles in a line. The last one ends with the line, and shares pixels with the one in front of it. */
    private int lineTiles() {
        return Math.ceilDiv(problem.ow(), block.length());
    }

    /** How the taps of a tile lie over the edges of a line. */
    private record Edges(int left, int right) {
        /** Each case is a copy of the inner loop: more of them make more code than they save work. */
        private static final int MOST_CASES = 16;

        int cases() {
            return (left + 1) * (right + 1);
        }

        boolean areStatic() {
            return cases() <= MOST_CASES;
        }
    }

    /** The most pixels of a tile that lie left of x, and right of it, for any tap. */
    private Edges edges() {
        int left = 0;
        int right = 0;
        for (int tile = 0; tile < lineTiles(); tile++) {
            int j = Math.min(tile * block.length(), problem.ow() - block.length());
            for (int b = 0; b < problem.kw(); b++) {
                long first = (long) j * problem.sw() + b * (problem.dw() + 1L) - problem.padLeft();
                left = Math.max(left, block.length() - pixelsFrom(first, 0));
                right = Math.max(right, pixelsFrom(first, problem.iw()));
            }
        }
        return new Edges(left, right);
    }

    /** Pixels of a tile whose column is at or behind a given one. */
    private int pixelsFrom(long first, long column) {
        long before = Math.ceilDiv(column - first, (long) problem.sw());
        return block.length() - (int) Math.clamp(before, 0, block.length());
    }

    @Override
    public List<Buffer> scratch() {
        return weights.scratch();
    }

    @Override
    public List<Call> weights() {
        return weights.calls();
    }

    @Override
    public List<Call> activations() {
        Edges edges = edges();
        Constants constants = new Constants(x.dtype(), lanes)
                .put("PIXELS", block.length()).put("VECTORS", block.vectors())
                .put("LINE_TILES", lineTiles()).put("TILES", tiles())
                .put("TILE_DIMENSION", tilesFirst ? 0 : 1)
                .put("GROUPS", groups()).put("BLOCKS", weights.blocks())
                .put("CHANNELS", problem.oc() / groups())
                .put("DEPTHWISE", depthwise).put("MANY_LOADS", manyLoads)
                .put("EDGES", edges.cases() > 1).put("STATIC_EDGES", edges.areStatic())
                .put("LEFT", edges.left()).put("RIGHT", edges.right());
        Direct.putProblem(constants, problem, x, y);
        weights.putTaps(constants, "W");
        Program program = new Program("direct_blocked", constants, "real.cl", "lanes.cl", "direct_blocked.cl");
        return List.of(Call.grouped("direct", program, List.of(x.buffer(), weights.buffer(), y.buffer()), grid));
    }
}
