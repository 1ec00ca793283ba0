package io.github.convgauge.openclc;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Im2col;
import io.github.convgauge.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code im2col+gemm} and {@code im2col+gemm-tiled}: the column matrix of each group, then a matrix product
 * with w as a (kh·kw·ic/g, oc/g) matrix. A 1×1 convolution over a dense x needs no copy: x is the matrix.
 */
final class ColumnsGemm implements Plan {
    private final ConvProblem problem;
    private final DType dtype;
    private final Operand x;
    private final Operand y;
    private final long places;
    /** None where x is the matrix. */
    private final Optional<Columns> columns;
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
        this.problem = problem;
        this.dtype = x.dtype();
        this.x = x;
        this.y = y;
        this.product = product;
        places = (long) problem.mb() * problem.oh() * problem.ow();
        columns = Im2col.needsNoCopy(x.layout(), problem)
                ? Optional.empty()
                : Optional.of(new Columns(target, problem, x, "the kernels"));
    }

    @Override
    public List<Buffer> scratch() {
        List<Buffer> scratch = new ArrayList<>(columns.map(Columns::scratch).orElse(List.of()));
        scratch.addAll(product.scratch());
        return scratch;
    }

    @Override
    public List<Call> weights() {
        return product.weights();
    }

    @Override
    public List<Call> activations() {
        List<Call> calls = new ArrayList<>(columns.map(Columns::calls).orElse(List.of()));
        Constants constants = new Constants(dtype, product.lanes())
                .put("M", places).put("K", problem.terms()).put("N", problem.groupOc())
                .put("CHANNELS", problem.groupOc())
                .put("OH", problem.oh()).put("OW", problem.ow())
                .put("Y", y.layout(), "N", "H", "W", "C")
                .put("A_OFFSET", columns.isEmpty() ? x.layout().offset() : 0)
                .put("A_GROUP", problem.g() == 1 ? 0 : places * problem.terms());
        calls.add(product.multiply(constants, columns.map(Columns::matrix).orElse(x.buffer()), y.buffer()));
        return calls;
    }
}
