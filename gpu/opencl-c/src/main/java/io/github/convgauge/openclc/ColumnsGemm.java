package io.github.convgauge.openclc;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Im2col;
import io.github.convgauge.conv.Padding;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code im2col+gemm} and {@code im2col+gemm-tiled}: every window of x copied into one row of the
 * column matrix, then a matrix product with w as a (kh·kw·ic/g, oc/g) matrix. Groups lie side by side:
 * each has a column matrix of its own, and one launch does them all. Padding is a copy of x into a
 * zeroed frame first. A 1×1 convolution over a dense x needs no copy: x is the matrix.
 */
final class ColumnsGemm implements Plan {
    private final Target target;
    private final ConvProblem problem;
    private final DType dtype;
    private final Operand x;
    private final Operand y;
    private final boolean dense;
    private final boolean framed;
    private final long places;
    private final Product product;

    /** The matrix product of one group after the other or of all at once, and the weights in its shape. */
    interface Product {
        List<Buffer> scratch();

        /** What brings the weights into its shape. */
        List<Call> weights();

        /** @param constants with the column matrix A, M, K, N and y */
        Call multiply(Constants constants, Buffer columns, Buffer output);

        /** Of a vector in its kernel. */
        int lanes();
    }

    ColumnsGemm(Target target, ConvProblem problem, Operand x, Operand y, Product product) throws UnsupportedConvException {
        this.target = target;
        this.problem = problem;
        this.dtype = x.dtype();
        this.x = x;
        this.y = y;
        this.product = product;
        dense = Im2col.needsNoCopy(x.layout(), problem);
        framed = !dense && problem.hasPadding();
        places = (long) problem.mb() * problem.oh() * problem.ow();
        if (!dense) {
            Operand.requireInt("the column matrix", (double) places * problem.terms() * problem.g());
        }
        if (framed) {
            double frame = 1;
            for (long size : Padding.frameSizes(problem)) {
                frame *= size;
            }
            Operand.requireInt("the padded x", frame);
        }
    }

    private Layout frame() {
        return Layout.contiguous(Padding.frameSizes(problem));
    }

    private Buffer frameBuffer() {
        return Buffer.zeros("the padded x", frame().size());
    }

    private Buffer columnBuffer() {
        return Buffer.scratch("the column matrix", places * problem.terms() * problem.g());
    }

    @Override
    public List<Buffer> scratch() {
        List<Buffer> scratch = new ArrayList<>();
        if (!dense) {
            scratch.add(columnBuffer());
        }
        if (framed) {
            scratch.add(frameBuffer());
        }
        scratch.addAll(product.scratch());
        return scratch;
    }

    @Override
    public List<Call> weights() {
        return product.weights();
    }

    @Override
    public List<Call> activations() {
        List<Call> calls = new ArrayList<>();
        Buffer columns = dense ? x.buffer() : columns(calls);
        Constants constants = new Constants(dtype, product.lanes())
                .put("M", places).put("K", problem.terms()).put("N", problem.groupOc())
                .put("CHANNELS", problem.groupOc())
                .put("OH", problem.oh()).put("OW", problem.ow())
                .put("Y", y.layout(), "N", "H", "W", "C")
                .put("A_OFFSET", dense ? x.layout().offset() : 0)
                .put("A_GROUP", problem.g() == 1 ? 0 : places * problem.terms());
        calls.add(product.multiply(constants, columns, y.buffer()));
        return calls;
    }

    private Buffer columns(List<Call> calls) {
        Buffer source = x.buffer();
        Layout layout = x.layout();
        if (framed) {
            source = frameBuffer();
            layout = frame();
            calls.add(new StridedCopy(target, dtype, x.layout(), Padding.interior(layout, problem)).call("pad", x.buffer(), source));
        }
        Layout windows = Im2col.view(layout, problem, 0);
        calls.add(new StridedCopy(target, dtype, windows, Layout.contiguous(windows.sizes()))
                .times(problem.g(), problem.groupIc() * layout.stride(3), places * problem.terms())
                .call("im2col", source, columnBuffer()));
        return columnBuffer();
    }
}
