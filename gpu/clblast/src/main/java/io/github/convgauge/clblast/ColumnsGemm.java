package io.github.convgauge.clblast;

import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Im2col;
import io.github.convgauge.conv.Padding;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.lwjgl.PointerBuffer;

/**
 * {@code im2col+gemm}: the copy of the backend {@code opencl}, then CLBlast's GEMM. All tensors are in
 * the order of the problem, where the product of all windows and w, (mb·oh·ow, kh·kw·ic/g) ×
 * (kh·kw·ic/g, oc/g), is y as it lies. Groups are one strided batch: w's and y's columns of a group
 * are matrices by a leading dimension of oc. A dense 1×1 convolution needs no copy, in groups neither:
 * x's channels of a group are a matrix by a leading dimension of ic.
 */
final class ColumnsGemm implements Plan {
    private final ClBlast blast;
    private final ConvProblem problem;
    private final DType dtype;
    private final DeviceTensor x;
    private final DeviceTensor w;
    private final DeviceTensor y;
    private final boolean dense;
    private final boolean framed;
    private final long places;
    private final ClBlast.Product product;
    private final long scratchBytes;

    /** @param context asked for what CLBlast's GEMM allocates on this device */
    ColumnsGemm(ClBlast blast, ClContext context, ConvProblem problem, Tensor x, Tensor w, Tensor y)
            throws UnsupportedConvException {
        this.blast = blast;
        this.problem = problem;
        dtype = x.dtype();
        this.x = new DeviceTensor("x", x, 0, 1, 2, 3);
        this.w = new DeviceTensor("w", w, 0, 1, 2, 3);
        this.y = new DeviceTensor("y", y, 0, 1, 2, 3);
        dense = problem.kh() == 1 && problem.kw() == 1 && problem.sh() == 1 && problem.sw() == 1 && !problem.hasPadding();
        framed = !dense && problem.hasPadding();
        places = (long) problem.mb() * problem.oh() * problem.ow();
        if (!dense) {
            DeviceTensor.requireInt("the column matrix", (double) places * problem.terms() * problem.g());
        }
        if (framed) {
            double elements = 1;
            for (long size : Padding.frameSizes(problem)) {
                elements *= size;
            }
            DeviceTensor.requireInt("the padded x", elements);
        }
        product = new ClBlast.Product(
                places, problem.groupOc(), problem.terms(),
                dense ? problem.ic() : problem.terms(), dense ? problem.groupIc() : places * problem.terms(),
                problem.oc(), problem.groupOc(), problem.oc(), problem.groupOc(), problem.g());
        scratchBytes = blast.scratchBytes(dtype, product, context.queue());
    }

    @Override
    public DeviceTensor x() {
        return x;
    }

    @Override
    public DeviceTensor w() {
        return w;
    }

    @Override
    public DeviceTensor y() {
        return y;
    }

    private long columnElements() {
        return places * problem.terms() * problem.g();
    }

    private Layout frame() {
        return Layout.contiguous(Padding.frameSizes(problem));
    }

    @Override
    public void declare(DeviceMemory memory) {
        if (!dense) {
            memory.add("the column matrix", columnElements() * dtype.bytes());
        }
        if (framed) {
            memory.add("the padded x", frame().size() * dtype.bytes());
        }
        if (scratchBytes > 0) {
            memory.add("CLBlast's copies of the matrices", scratchBytes);
        }
    }

    @Override
    public List<Command> assemble(Resources resources) {
        List<Command> commands = new ArrayList<>();
        long columns = dense ? x.buffer() : columns(resources, commands);
        // Several groups are a call that allocates for itself; the other one wants a buffer also where it needs none.
        long scratch = problem.g() == 1 ? resources.buffer(Math.max(scratchBytes, dtype.bytes())) : 0;
        commands.add(new Command() {
            @Override
            public String stage() {
                return "gemm";
            }

            @Override
            public Kind kind() {
                return Kind.KERNELS;
            }

            @Override
            public void enqueue(long queue, PointerBuffer event) {
                blast.multiply(dtype, product, columns, w.buffer(), y.buffer(), scratch, queue, event);
            }
        });
        return commands;
    }

    private long columns(Resources resources, List<Command> commands) {
        long source = x.buffer();
        Layout layout = Layout.contiguous(problem.xSizes());
        if (framed) {
            source = resources.zeros(frame().size() * dtype.bytes());
            commands.add(new StridedCopy(dtype, layout, Padding.interior(frame(), problem))
                    .launch(resources, "pad", x.buffer(), source));
            layout = frame();
        }
        long columns = resources.buffer(columnElements() * dtype.bytes());
        Layout windows = Im2col.view(layout, problem, 0);
        commands.add(new StridedCopy(dtype, windows, Layout.contiguous(windows.sizes()))
                .times(problem.g(), problem.groupIc() * layout.stride(3), places * problem.terms())
                .launch(resources, "im2col", source, columns));
        return columns;
    }
}
