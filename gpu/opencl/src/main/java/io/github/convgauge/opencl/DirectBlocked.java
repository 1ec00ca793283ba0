package io.github.convgauge.opencl;

import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;

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
    private final DeviceTensor x;
    private final DeviceTensor y;
    private final boolean depthwise;
    private final int lanes;
    private final int pixels;
    private final Variant variant;
    private final WeightVectors weights;

    DirectBlocked(ClDevice device, ConvProblem problem, DeviceTensor x, DeviceTensor w, DeviceTensor y, Variant variant)
            throws UnsupportedConvException {
        this.problem = problem;
        this.x = x;
        this.y = y;
        DType dtype = x.dtype();
        this.variant = variant;
        depthwise = isDepthwise(problem, x.layout().stride(3) == 1);
        lanes = variant.lanes(lanes(device, problem, dtype, depthwise), mostLanes(problem, depthwise));
        pixels = variant.pixels(Blocking.pixels(device, dtype, lanes, problem.ow()), problem.ow());
        weights = new WeightVectors(problem, w, depthwise ? 1 : problem.g(), lanes, false);
        DeviceTensor.requireInt("a line of x with its padding", rightmost() + 1.0);
    }

    /** @param neighbours whether the channels of x lie side by side in memory */
    static boolean isDepthwise(ConvProblem problem, boolean neighbours) {
        return problem.groupIc() == 1 && problem.groupOc() == 1 && neighbours && problem.oc() % 2 == 0;
    }

    static int lanes(ClDevice device, ConvProblem problem, DType dtype, boolean depthwise) {
        return depthwise
                ? (int) Math.min(mostLanes(problem, true), Blocking.lanes(device, dtype, problem.oc()))
                : Blocking.lanes(device, dtype, problem.groupOc());
    }

    /** The widest vector that the problem has use for. */
    static long mostLanes(ConvProblem problem, boolean depthwise) {
        // Without a remainder: behind the last channel of x there is nothing to load.
        return depthwise ? Integer.lowestOneBit(problem.oc()) : WorkSize.roundUpToPowerOfTwo(problem.groupOc());
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
    public void declare(DeviceMemory memory) {
        weights.declare(memory);
    }

    @Override
    public void assemble(Assembly assembly) throws UnsupportedConvException {
        weights.assemble(assembly);
        int groups = depthwise ? 1 : problem.g();
        long tiles = (long) problem.mb() * problem.oh() * lineTiles();
        Constants constants = new Constants(x.dtype(), lanes)
                .put("PIXELS", pixels).put("LINE_TILES", lineTiles()).put("TILES", tiles)
                .put("GROUPS", groups).put("BLOCKS", weights.blocks())
                .put("CHANNELS", problem.oc() / groups)
                .put("DEPTHWISE", depthwise)
                .put("EDGES", problem.padLeft() > 0 || rightmost() - problem.padLeft() >= problem.iw());
        Direct.putProblem(constants, problem, x, y);
        weights.putTaps(constants, "W");
        Kernel kernel = assembly.resources().kernel("direct_blocked", constants, "real.cl", "lanes.cl", "direct_blocked.cl");
        long blocks = (long) groups * weights.blocks();
        WorkSize size = variant.size(assembly.device(), kernel.workGroup(), blocks, tiles);
        assembly.add(new Launch("direct", kernel, size, x.buffer(), weights.buffer(), y.buffer()));
    }
}
