package io.github.convgauge.jmh;

import io.github.convgauge.backend.Workload;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.WorkerPool;
import io.github.convgauge.cpu.gemm.MatrixProduct;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.util.Optional;

/**
 * The matrix product that a convolution's im2col ends in, of one group and on one thread, B packed once: (m × k)·(k × n) with
 * m = mb·oh·ow, k = kh·kw·ic/g and n = oc/g.
 */
final class GemmRun implements Workload, AutoCloseable {
    /** The product as the convolution that it is, 1×1 over one column of m pixels, which the reference and the bounds are for. */
    private final ConvProblem product;
    private final Operands operands;
    private final Tensor y;
    private final WorkerPool pool = new WorkerPool(1);
    private final MatrixProduct gemm;

    GemmRun(ConvProblem problem, DType dtype) {
        product = product(problem);
        operands = Fill.UNIFORM.operands(product, dtype, 42);
        y = Tensor.allocate(dtype, product.ySizes());
        long m = product.ih();
        gemm = new MatrixProduct(
                operands.x().view(m, product.ic()), operands.w().view(product.ic(), product.oc()), y.view(m, product.oc()), pool);
    }

    private static ConvProblem product(ConvProblem p) {
        long m = (long) p.mb() * p.oh() * p.ow();
        return ConvProblem.parse("ic%dih%diw1oc%dkh1".formatted(p.terms(), m, p.groupOc()));
    }

    /** 2·m·n·k: taps in the padding are zeros of the column matrix, and multiplied like all others. */
    static double flops(ConvProblem problem) {
        return product(problem).flops();
    }

    @Override
    public void execute() {
        gemm.run();
    }

    /** A as x, and B, which is packed already, as w. */
    Operands operands() {
        return operands;
    }

    /** Where the answer goes. */
    Tensor y() {
        return y;
    }

    /** Multiplies once more, and counts the elements outside of their error bounds. */
    long wrong() {
        return Answer.wrong(product, operands, y, Optional.empty(), gemm::run);
    }

    @Override
    public void close() {
        gemm.close();
        pool.close();
    }
}
