package io.github.convgauge.opencl;

import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Im2col;
import io.github.convgauge.conv.Padding;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;

/**
 * {@code im2col+gemm} and {@code im2col+gemm-tiled}: every window of x copied into one row of the
 * column matrix, then a matrix product with w as a (kh·kw·ic/g, oc/g) matrix. Groups lie side by side:
 * each has a column matrix of its own, and one launch does them all. Padding is a copy of x into a
 * zeroed frame first. A 1×1 convolution over a dense x needs no copy: x is the matrix.
 */
final class ColumnsGemm implements Plan {
    private final ConvProblem problem;
    private final DType dtype;
    private final DeviceTensor x;
    private final DeviceTensor y;
    private final boolean dense;
    private final boolean framed;
    private final long places;
    private final Product product;

    /** The matrix product of one group after the other or of all at once, and the weights in its shape. */
    interface Product {
        void declare(DeviceMemory memory);

        /** @param constants with the column matrix A, M, K, N and y */
        void assemble(Assembly assembly, Constants constants, long columns, long output) throws UnsupportedConvException;

        /** Of a vector in its kernel. */
        int lanes();
    }

    ColumnsGemm(ConvProblem problem, DeviceTensor x, DeviceTensor y, Product product) throws UnsupportedConvException {
        this.problem = problem;
        this.dtype = x.dtype();
        this.x = x;
        this.y = y;
        this.product = product;
        dense = Im2col.needsNoCopy(x.layout(), problem);
        framed = !dense && problem.hasPadding();
        places = (long) problem.mb() * problem.oh() * problem.ow();
        if (!dense) {
            DeviceTensor.requireInt("the column matrix", (double) places * problem.terms() * problem.g());
        }
        if (framed) {
            double frame = 1;
            for (long size : Padding.frameSizes(problem)) {
                frame *= size;
            }
            DeviceTensor.requireInt("the padded x", frame);
        }
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
        product.declare(memory);
    }

    @Override
    public void assemble(Assembly assembly) throws UnsupportedConvException {
        Constants constants = new Constants(dtype, product.lanes())
                .put("M", places).put("K", problem.terms()).put("N", problem.groupOc())
                .put("CHANNELS", problem.groupOc())
                .put("OH", problem.oh()).put("OW", problem.ow())
                .put("Y", y.layout(), "N", "H", "W", "C")
                .put("A_OFFSET", dense ? x.layout().offset() : 0)
                .put("A_GROUP", problem.g() == 1 ? 0 : places * problem.terms());
        product.assemble(assembly, constants, dense ? x.buffer() : columns(assembly), y.buffer());
    }

    private long columns(Assembly assembly) {
        Resources resources = assembly.resources();
        long source = x.buffer();
        Layout layout = x.layout();
        if (framed) {
            source = resources.zeros(frame().size() * dtype.bytes());
            layout = frame();
            assembly.add(new StridedCopy(dtype, x.layout(), Padding.interior(layout, problem)).launch(assembly, "pad", x.buffer(), source));
        }
        long columns = resources.buffer(columnElements() * dtype.bytes());
        Layout windows = Im2col.view(layout, problem, 0);
        assembly.add(new StridedCopy(dtype, windows, Layout.contiguous(windows.sizes()))
                .times(problem.g(), problem.groupIc() * layout.stride(3), places * problem.terms())
                .launch(assembly, "im2col", source, columns));
        return columns;
    }
}
