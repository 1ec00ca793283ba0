package io.github.convgauge.openclc;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.Layout;
import java.util.List;

/**
 * The product of gemm.cl for groups of few output channels: dot products along the windows, for which
 * the weights lie transposed, (oc, kh, kw, ic/g); where they do not, a stage of its own lays them out,
 * once where they stay on the device.
 */
final class NarrowGemm implements ColumnsGemm.Product {
    /** The most columns that are narrow: a vector of that many would leave most of a register idle. */
    static final int MAX_COLUMNS = 4;

    private final Target target;
    private final ConvProblem problem;
    private final Operand w;
    private final Layout transposed;
    private final int lanes;
    private final Buffer weights;

    NarrowGemm(Target target, ConvProblem problem, Operand w) {
        this.target = target;
        this.problem = problem;
        this.w = w;
        transposed = w.layout().permute(3, 0, 1, 2);
        long most = Blocking.lanes(target, w.dtype(), Integer.MAX_VALUE);
        lanes = (int) Math.min(most, WorkSize.powerOfTwo(problem.terms()));
        weights = inPlace() ? w.buffer() : Buffer.scratch("the packed weights", transposed.size());
    }

    @Override
    public int lanes() {
        return lanes;
    }

    private boolean inPlace() {
        return transposed.isContiguous();
    }

    @Override
    public List<Buffer> scratch() {
        return inPlace() ? List.of() : List.of(weights);
    }

    @Override
    public List<Call> weights() {
        return inPlace()
                ? List.of()
                : List.of(new StridedCopy(target, w.dtype(), transposed, Layout.contiguous(transposed.sizes()))
                        .call("weights", w.buffer(), weights));
    }

    @Override
    public Call multiply(Constants constants, Buffer columns, Buffer output) {
        constants.put("NARROW", true)
                .put("B_OFFSET", inPlace() ? transposed.offset() : 0)
                .put("B_GROUP", problem.groupOc() * problem.terms());
        Program program = new Program("gemm", constants, "real.cl", "lanes.cl", "gemm.cl");
        int rows = problem.mb() * problem.oh() * problem.ow();
        return Call.free("gemm", program, List.of(columns, weights, output), rows, problem.g());
    }
}
