package io.github.convgauge.cpu.direct;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.kernel.BlockKernel;
import io.github.convgauge.cpu.kernel.CopyKernel;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The weights (kh, kw, ic/g, oc) as panels of so many output channels as a register block has: each
 * (kh, kw, ic/g, width) and contiguous, the last one of a group narrower, and filled up with zeros to
 * whole vectors. Weights that are one panel a group in memory already are used as they lie.
 */
final class Panels {
    /**
     * @param channel its first output channel
     * @param channels how many it has
     * @param vectors how many vectors they take
     * @param at bytes from the start of the packed weights
     */
    record Panel(int group, int channel, int channels, int vectors, long at) {}

    private final ConvProblem problem;
    private final DType dtype;
    private final Blocking blocking;
    private final Layout layout;
    private final boolean inPlace;
    private final List<Panel> panels = new ArrayList<>();
    private long bytes;
    private long largest;

    Panels(ConvProblem problem, DType dtype, Blocking blocking, Layout w) {
        this.problem = problem;
        this.dtype = dtype;
        this.blocking = blocking;
        layout = w;
        int lanes = blocking.lanes(dtype);
        int width = blocking.vectors() * lanes;
        inPlace = problem.groupOc() <= width && problem.groupOc() % lanes == 0
                && (w.stride(3) == 1 || problem.oc() == 1);
        for (int g = 0; g < problem.g(); g++) {
            for (int c = 0; c < problem.groupOc(); c += width) {
                int channels = Math.min(width, problem.groupOc() - c);
                int vectors = Math.ceilDiv(channels, lanes);
                panels.add(new Panel(g, g * problem.groupOc() + c, channels, vectors, bytes));
                long size = problem.terms() * vectors * blocking.bits() / Byte.SIZE;
                bytes = Math.addExact(bytes, size);
                largest = Math.max(largest, size);
            }
        }
    }

    List<Panel> list() {
        return panels;
    }

    /** Whether the weights need no packing. */
    boolean areInPlace() {
        return inPlace;
    }

    /** Bytes of all packed panels. */
    long bytes() {
        return bytes;
    }

    /** Bytes of the largest one. */
    long largest() {
        return largest;
    }

    /** Where a panel begins in w, in bytes. */
    long inPlaceAt(Panel panel) {
        return (layout.offset() + panel.channel * layout.stride(3)) * dtype.bytes();
    }

    long row(Panel panel) {
        return inPlace ? layout.stride(0) * dtype.bytes() : problem.kw() * column(panel);
    }

    long column(Panel panel) {
        return inPlace ? layout.stride(1) * dtype.bytes() : problem.groupIc() * channel(panel);
    }

    /** Bytes from the weights of one input channel to those of the next. */
    long channel(Panel panel) {
        return inPlace ? layout.stride(2) * dtype.bytes() : (long) panel.vectors * blocking.bits() / Byte.SIZE;
    }

    /** Packs one panel. */
    void pack(Panel panel, Tensor w, MemorySegment to, long toAt) {
        boolean whole = panel.channels == panel.vectors * blocking.lanes(dtype) && layout.stride(3) == 1;
        long[] strides = layout.strides();
        long inputs = problem.groupIc();
        for (int a = 0; a < problem.kh(); a++) {
            for (int b = 0; b < problem.kw(); b++) {
                long from = w.layout().offset() + a * strides[0] + b * strides[1] + panel.channel * strides[3];
                long target = toAt + a * row(panel) + b * column(panel);
                if (whole) {
                    BlockKernel copy = CopyKernel.of(
                            dtype, blocking.bits(), panel.vectors, strides[2] * dtype.bytes(), channel(panel));
                    copy.run(w.storage(), from * dtype.bytes(), w.storage(), 0, to, target, 0, (int) inputs);
                } else {
                    packSingly(panel, w, from, to, target);
                }
            }
        }
    }

    private void packSingly(Panel panel, Tensor w, long from, MemorySegment to, long toAt) {
        long width = (long) panel.vectors * blocking.lanes(dtype);
        Tensor source = w.with(Layout.of(
                new long[] {problem.groupIc(), panel.channels}, new long[] {layout.stride(2), layout.stride(3)}, from));
        to.asSlice(toAt, problem.groupIc() * channel(panel)).fill((byte) 0);
        Tensor.over(to, dtype, Layout.of(
                        new long[] {problem.groupIc(), panel.channels}, new long[] {width, 1}, toAt / dtype.bytes()))
                .copyFrom(source);
    }
}
