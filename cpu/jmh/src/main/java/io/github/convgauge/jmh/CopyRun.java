package io.github.convgauge.jmh;

import io.github.convgauge.backend.Workload;
import io.github.convgauge.check.Checker;
import io.github.convgauge.check.Fill;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Im2col;
import io.github.convgauge.conv.Padding;
import io.github.convgauge.cpu.StridedCopy;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The strided copy of a convolution's x on one thread: what lays tensors out, and what im2col is. */
final class CopyRun implements Workload {
    /** From where to where. */
    enum Pattern {
        /** x as it lies to an array of the same order: what the strided copy costs where strides are none of its troubles. */
        NHWC,
        /** x to PyTorch's order, (mb, ic, ih, iw). */
        NCHW,
        /** The windows of x in its frame to the column matrix, one group after the other. */
        IM2COL;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Pattern ofLabel(String label) {
            return Arrays.stream(values()).filter(pattern -> pattern.label().equals(label)).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("there is no copy '%s'; there are %s".formatted(
                            label, Arrays.stream(values()).map(Pattern::label).collect(Collectors.joining(", ")))));
        }

        /** Of what is written at once: x, or one group's column matrix. */
        long arrayBytes(ConvProblem p, DType dtype) {
            long elements = this == IM2COL
                    ? (long) p.mb() * p.oh() * p.ow() * p.terms()
                    : (long) p.mb() * p.ih() * p.iw() * p.ic();
            return elements * dtype.bytes();
        }

        /** Read and written by one execution; what a store reads before it writes does not count. */
        double bytes(ConvProblem p, DType dtype) {
            return 2.0 * arrayBytes(p, dtype) * (this == IM2COL ? p.g() : 1);
        }

        /** Why there is no such copy, without a full stop; empty if there is. */
        Optional<String> refusal(ConvProblem p) {
            return this == IM2COL && Im2col.needsNoCopy(Layout.contiguous(p.xSizes()), p)
                    ? Optional.of("its windows are a matrix as they lie, so that nothing is copied")
                    : Optional.empty();
        }
    }

    private final Pattern pattern;
    private final ConvProblem p;
    private final Tensor x;
    private final Tensor to;
    private final List<StridedCopy> copies = new ArrayList<>();

    CopyRun(Pattern pattern, ConvProblem problem, DType dtype) {
        this.pattern = pattern;
        p = problem;
        x = Fill.UNIFORM.operands(problem, dtype, 42).x();
        switch (pattern) {
            case NHWC -> {
                to = Tensor.allocate(dtype, p.xSizes());
                copies.add(new StridedCopy(x, to));
            }
            case NCHW -> {
                to = Tensor.allocate(dtype, p.mb(), p.ic(), p.ih(), p.iw());
                copies.add(new StridedCopy(x, to.permute(0, 2, 3, 1)));
            }
            case IM2COL -> {
                to = Tensor.allocate(dtype, p.mb(), p.oh(), p.ow(), p.kh(), p.kw(), p.groupIc());
                Tensor frame = framed();
                for (int g = 0; g < p.g(); g++) {
                    copies.add(new StridedCopy(frame.with(Im2col.view(frame.layout(), p, g)), to));
                }
            }
            default -> throw new IllegalArgumentException(pattern.label());
        }
    }

    private Tensor framed() {
        if (!p.hasPadding()) {
            return x;
        }
        Tensor frame = Tensor.allocate(x.dtype(), Padding.frameSizes(p));
        new StridedCopy(x, Padding.interior(frame, p)).run(0, 1);
        return frame;
    }

    @Override
    public void execute() {
        for (int i = 0; i < copies.size(); i++) {
            copies.get(i).run(0, 1);
        }
    }

    /** What is copied; the windows are copied from a frame that was filled before, where there is padding. */
    Tensor x() {
        return x;
    }

    /** Where the answer goes. */
    Tensor to() {
        return to;
    }

    /** Copies once more, and counts the elements that are not what they should be by the definition of the copy. */
    long wrong() {
        Checker.markUnwritten(to);
        execute();
        long wrong = switch (pattern) {
            case NHWC -> wrongX(1, (long) p.iw() * p.ic(), p.ic());
            case NCHW -> wrongX((long) p.ih() * p.iw(), p.iw(), 1);
            case IM2COL -> wrongColumns(p.g() - 1);
        };
        // Each group's windows took the place of those before.
        for (int group = 0; group < copies.size() - 1; group++) {
            Checker.markUnwritten(to);
            copies.get(group).run(0, 1);
            wrong += wrongColumns(group);
        }
        return wrong;
    }

    /** @param channel from one channel to the next in the target, and so on; images follow each other */
    private long wrongX(long channel, long row, long column) {
        long wrong = 0;
        long from = 0;
        long image = (long) p.ih() * p.iw() * p.ic();
        for (int n = 0; n < p.mb(); n++) {
            for (int h = 0; h < p.ih(); h++) {
                for (int w = 0; w < p.iw(); w++) {
                    for (int c = 0; c < p.ic(); c++) {
                        // What was not written is NaN, which equals nothing.
                        wrong += at(to, n * image + c * channel + h * row + w * column) == at(x, from++) ? 0 : 1;
                    }
                }
            }
        }
        return wrong;
    }

    private long wrongColumns(int group) {
        long wrong = 0;
        long index = 0;
        for (int n = 0; n < p.mb(); n++) {
            for (int i = 0; i < p.oh(); i++) {
                for (int j = 0; j < p.ow(); j++) {
                    for (int a = 0; a < p.kh(); a++) {
                        for (int b = 0; b < p.kw(); b++) {
                            long h = (long) i * p.sh() + a * (p.dh() + 1L) - p.padTop();
                            long w = (long) j * p.sw() + b * (p.dw() + 1L) - p.padLeft();
                            boolean inside = h >= 0 && h < p.ih() && w >= 0 && w < p.iw();
                            long source = (((long) n * p.ih() + h) * p.iw() + w) * p.ic() + (long) group * p.groupIc();
                            for (int c = 0; c < p.groupIc(); c++) {
                                wrong += at(to, index++) == (inside ? at(x, source + c) : 0) ? 0 : 1;
                            }
                        }
                    }
                }
            }
        }
        return wrong;
    }

    /** An element of the storage; a tensor's own index would take most of the time of large ones. */
    private static double at(Tensor tensor, long index) {
        MemorySegment storage = tensor.storage();
        return tensor.dtype() == DType.F64
                ? storage.getAtIndex(ValueLayout.JAVA_DOUBLE, index)
                : storage.getAtIndex(ValueLayout.JAVA_FLOAT, index);
    }
}
