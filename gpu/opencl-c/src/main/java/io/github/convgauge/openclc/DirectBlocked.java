package io.github.convgauge.openclc;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import java.util.List;

/**
 * {@code direct-blocked}: several neighbouring outputs of a line times a vector of output channels a
 * work item.
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
    private final int pixels;
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
        pixels = variant.pixels(Blocking.pixels(target, dtype, lanes, problem.ow()), problem.ow());
        weights = new WeightVectors(target, problem, w, groups(), lanes, false);
        grid = variant.grid(target, (long) groups() * weights.blocks(), tiles());
        Operand.requireInt("a line of x with its padding", rightmost() + 1.0);
    }

    /** @param neighbours whether the channels of x lie side by side in memory */
    static boolean isDepthwise(ConvProblem problem, boolean neighbours) {
        return problem.groupIc() == 1 && problem.groupOc() == 1 && neighbours && problem.oc() % 2 == 0;
    }

    static int lanes(Target target, ConvProblem problem, DType dtype, boolean depthwise) {
        return depthwise
                ? (int) Math.min(mostLanes(problem, true), Blocking.lanes(target, dtype, problem.oc()))
                : Blocking.lanes(target, dtype, problem.groupOc());
    }

    /** The widest vector that the problem has use for. */
    static long mostLanes(ConvProblem problem, boolean depthwise) {
        // Without a remainder: behind the last channel of x there is nothing to load.
        return depthwise ? Integer.lowestOneBit(problem.oc()) : WorkSize.roundUpToPowerOfTwo(problem.groupOc());
    }

    /** Of output channels that no vector may straddle. */
    private int groups() {
        return depthwise ? 1 : problem.g();
    }

    private long tiles() {
        return (long) problem.mb() * problem.oh() * lineTiles();
    }

    /** Tiles in a line. */
    private int lineTiles() {
        return Math.ceilDiv(problem.ow(), pixels);
    }

    /** The last column that a tile reads, those of pixels behind the end of the line included. */
    private long rightmost() {
        return ((long) lineTiles() * pixels - 1) * problem.sw() + problem.dilatedKw() - 1;
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
        Constants constants = new Constants(x.dtype(), lanes)
                .put("PIXELS", pixels).put("LINE_TILES", lineTiles()).put("TILES", tiles())
                .put("GROUPS", groups()).put("BLOCKS", weights.blocks())
                .put("CHANNELS", problem.oc() / groups())
                .put("DEPTHWISE", depthwise)
                .put("EDGES", problem.padLeft() > 0 || rightmost() - problem.padLeft() >= problem.iw());
        Direct.putProblem(constants, problem, x, y);
        weights.putTaps(constants, "W");
        Program program = new Program("direct_blocked", constants, "real.cl", "lanes.cl", "direct_blocked.cl");
        return List.of(Call.grouped("direct", program, List.of(x.buffer(), weights.buffer(), y.buffer()), grid));
    }
}
