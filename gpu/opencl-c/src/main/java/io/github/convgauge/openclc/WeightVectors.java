package io.github.convgauge.openclc;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.Layout;
import java.util.ArrayList;
import java.util.List;

/**
 * The weights as vectors of neighbouring output channels of one group, which a kernel can load. Where
 * they lie so in w already, one behind the other on a processor, they are used in place; else a stage of its own packs them, as (group,
 * vector, kh, kw, ic/g, lane) with zeros behind the last channel. Where the weights stay on the device
 * that is done once, before anything is timed; end to end it belongs to each execution.
 */
final class WeightVectors {
    private static final String PACKED = "the packed weights";

    private final Target target;
    private final ConvProblem problem;
    private final Operand w;
    private final int groups;
    private final int channels;
    private final int lanes;
    private final boolean inPlace;
    private final Buffer buffer;

    /**
     * @param groups of output channels that no vector may straddle
     * @param lanes of all vectors that a work item has, which lie side by side
     * @param asMatrix whether one stride must lead through all taps and input channels
     */
    WeightVectors(Target target, ConvProblem problem, Operand w, int groups, int lanes, boolean asMatrix)
            throws UnsupportedConvException {
        this.target = target;
        this.problem = problem;
        this.w = w;
        this.groups = groups;
        channels = problem.oc() / groups;
        this.lanes = lanes;
        boolean vectors = lanes == 1 || (w.layout().stride(3) == 1 && channels % lanes == 0);
        // Vectors a row of w apart, each in a page of its own where there are many channels, are slow to read on a processor.
        boolean scattered = target.isCpu() && channels > lanes;
        inPlace = vectors && !scattered && (!asMatrix || WeightMatrix.row(w.layout()).isPresent());
        if (!inPlace) {
            Operand.requireInt(PACKED, elements());
        }
        buffer = inPlace ? w.buffer() : Buffer.zeros(PACKED, elements());
    }

    /** Vectors in a group. */
    int blocks() {
        return Math.ceilDiv(channels, lanes);
    }

    private long elements() {
        return (long) groups * blocks() * problem.terms() * lanes;
    }

    List<Buffer> scratch() {
        return inPlace ? List.of() : List.of(buffer);
    }

    /** What packs them. */
    List<Call> calls() {
        List<Call> calls = new ArrayList<>();
        int full = channels / lanes;
        if (!inPlace && full > 0) {
            calls.add(pack(full, lanes, 0));
        }
        if (!inPlace && channels % lanes > 0) {
            calls.add(pack(1, channels % lanes, full));
        }
        return calls;
    }

    /** Vectors of some lanes in each group. */
    private Call pack(long count, long width, long first) {
        Layout from = w.layout();
        long row = problem.terms() * lanes;
        long[] sizes = {count, 1, problem.kh(), problem.kw(), problem.groupIc(), width};
        Layout source = Layout.of(
                sizes,
                new long[] {lanes * from.stride(3), 0, from.stride(0), from.stride(1), from.stride(2), from.stride(3)},
                from.offset() + first * lanes * from.stride(3));
        Layout to = Layout.of(
                sizes,
                new long[] {row, 0, (long) problem.kw() * problem.groupIc() * lanes, (long) problem.groupIc() * lanes, lanes, 1},
                first * row);
        return new StridedCopy(target, w.dtype(), source, to)
                .times(groups, channels * from.stride(3), blocks() * row)
                .call("weights", w.buffer(), buffer);
    }

    Buffer buffer() {
        return buffer;
    }

    /** PREFIX_OFFSET, PREFIX_GROUP, PREFIX_BLOCK, and PREFIX_ROW from one tap's channel to the next. */
    void putMatrix(Constants constants, String prefix) {
        putVectors(constants, prefix);
        constants.put(prefix + "_ROW", inPlace ? WeightMatrix.row(w.layout()).getAsLong() : lanes);
    }

    /** PREFIX_OFFSET, PREFIX_GROUP, PREFIX_BLOCK, and PREFIX_A, _B and _C for kh, kw and ic/g. */
    void putTaps(Constants constants, String prefix) {
        putVectors(constants, prefix);
        if (inPlace) {
            constants.put(prefix, w.layout(), "A", "B", "C");
        } else {
            constants.put(prefix + "_A", (long) problem.kw() * problem.groupIc() * lanes)
                    .put(prefix + "_B", (long) problem.groupIc() * lanes)
                    .put(prefix + "_C", lanes);
        }
    }

    private void putVectors(Constants constants, String prefix) {
        long group = inPlace ? channels * w.layout().stride(3) : blocks() * problem.terms() * lanes;
        long block = inPlace ? lanes * w.layout().stride(3) : problem.terms() * lanes;
        constants.put(prefix + "_OFFSET", inPlace ? w.layout().offset() : 0)
                .put(prefix + "_GROUP", groups == 1 ? 0 : group)
                .put(prefix + "_BLOCK", blocks() == 1 ? 0 : block);
    }
}
