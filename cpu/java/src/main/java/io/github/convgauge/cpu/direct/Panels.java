package io.github.convgauge.cpu.direct;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.kernel.Access;
import io.github.convgauge.cpu.kernel.BlockKernel;
import io.github.convgauge.cpu.kernel.CopyKernel;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The weights (kh, kw, ic/g, oc) as panels of so many output channels as a register block has: each
 * (kh, kw, ic/g, width) and contiguous, the last one of a group narrower, and filled up with zeros to
 * whole vectors. Weights that are one panel a group in memory already are used as they lie.
 */
public final class Panels {
    /**
     * @param channel its first output channel
     * @param channels how many it has
     * @param vectors how many vectors they take
     * @param at bytes from the start of the packed weights
     */
    public record Panel(int group, int channel, int channels, int vectors, long at) {}

    private final ConvProblem problem;
    private final DType dtype;
    private final Blocking blocking;
    private final Layout layout;
    private final long[] strides;
    /** By how many vectors a panel has. */
    private final Map<Integer, BlockKernel> copies = new ConcurrentHashMap<>();
    private final Access access;
    private final boolean inPlace;
    private final List<Panel> panels = new ArrayList<>();
    private long bytes;
    private long largest;

    /** @param mayBeInPlace false packs them in any case */
    public Panels(ConvProblem problem, DType dtype, Blocking blocking, Layout w, boolean mayBeInPlace, Access access) {
        this.access = access;
        this.problem = problem;
        this.dtype = dtype;
        this.blocking = blocking;
        layout = w;
        strides = w.strides();
        int lanes = blocking.lanes(dtype);
        int width = blocking.vectors() * lanes;
        inPlace = mayBeInPlace && problem.groupOc() <= width && problem.groupOc() % lanes == 0
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

    public List<Panel> list() {
        return panels;
    }

    /** Whether the weights need no packing. */
    public boolean areInPlace() {
        return inPlace;
    }

    /** Bytes of all packed panels. */
    public long bytes() {
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
    public long channel(Panel panel) {
        return inPlace ? layout.stride(2) * dtype.bytes() : (long) panel.vectors * blocking.bits() / Byte.SIZE;
    }

    /** Packs one panel. */
    public void pack(Panel panel, Tensor w, MemorySegment to, long toAt) {
        boolean whole = panel.channels == panel.vectors * blocking.lanes(dtype) && strides[3] == 1;
        BlockKernel copy = whole
                ? copies.computeIfAbsent(panel.vectors, vectors -> CopyKernel.of(
                        dtype, blocking.bits(), vectors, strides[2] * dtype.bytes(), channel(panel), access))
                : null;
        for (int a = 0; a < problem.kh(); a++) {
            for (int b = 0; b < problem.kw(); b++) {
                long from = (w.layout().offset() + a * strides[0] + b * strides[1] + panel.channel * strides[3]) * dtype.bytes();
                long target = toAt + a * row(panel) + b * column(panel);
                if (whole) {
                    copy.run(w.storage(), from, w.storage(), 0, to, target, 0, problem.groupIc());
                } else {
                    packSingly(panel, w.storage(), from, to, target);
                }
            }
        }
    }

    private void packSingly(Panel panel, MemorySegment w, long from, MemorySegment to, long toAt) {
        int width = panel.vectors * blocking.lanes(dtype);
        for (int c = 0; c < problem.groupIc(); c++) {
            for (int o = 0; o < width; o++) {
                long source = from + (c * strides[2] + o * strides[3]) * dtype.bytes();
                long target = toAt + c * channel(panel) + (long) o * dtype.bytes();
                if (dtype == DType.F64) {
                    to.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, target,
                            o < panel.channels ? w.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, source) : 0);
                } else {
                    to.set(ValueLayout.JAVA_FLOAT_UNALIGNED, target,
                            o < panel.channels ? w.get(ValueLayout.JAVA_FLOAT_UNALIGNED, source) : 0);
                }
            }
        }
    }
}
