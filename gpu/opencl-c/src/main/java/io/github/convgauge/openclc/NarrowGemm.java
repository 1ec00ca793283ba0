package io.github.convgauge.openclc;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import java.util.List;

/**
 * The product of gemm.cl for groups of few output channels: dot products along the windows, for which
 * the weights lie transposed, (oc, kh, kw, ic/g); where they do not, a stage of its own lays them out,
 * once where they stay on the device.
 */
final class NarrowGemm implements ColumnsGemm.Product {
    /** The most columns that are narrow: a vector of that many would leave most of a register idle. */
    private static final int MAX_COLUMNS = 4;

    private final Target target;
    private final ConvProblem problem;
    private final Operand w;
    private final Layout transposed;
    private final int lanes;
    private final Buffer weights;
    private final Call.Grid grid;

    NarrowGemm(Target target, ConvProblem problem, Operand w, Variant variant) throws UnsupportedConvException {
        this.target = target;
        this.problem = problem;
        this.w = w;
        transposed = w.layout().permute(3, 0, 1, 2);
        variant.requireNoBlock();
        lanes = variant.lanes(lanes(target, problem, w.dtype()), mostLanes(problem));
        weights = inPlace() ? w.buffer() : Buffer.scratch("the packed weights", transposed.size());
        grid = variant.grid(target, problem.mb() * problem.oh() * problem.ow(), problem.g());
    }

    static boolean isFor(ConvProblem problem) {
        return problem.groupOc() <= MAX_COLUMNS;
    }

    static int lanes(Target target, ConvProblem problem, DType dtype) {
        return (int) Math.min(Blocking.lanes(target, dtype, Integer.MAX_VALUE), mostLanes(problem));
    }

    /** The widest vector that the problem has use for. */
    static long mostLanes(ConvProblem problem) {
        return WorkSize.powerOfTwo(problem.terms());
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
        return Call.grouped("gemm", program, List.of(columns, weights, output), grid);
    }
}
