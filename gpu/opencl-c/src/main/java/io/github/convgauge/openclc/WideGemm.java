package io.github.convgauge.openclc;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import java.util.List;

/** The product of gemm.cl for groups of enough output channels: vectors of them, several rows a work item. */
final class WideGemm implements ColumnsGemm.Product {
    private final ConvProblem problem;
    private final WeightVectors weights;
    private final int lanes;
    private final Blocking block;
    private final boolean rowsFirst;
    private final Call.Grid grid;

    WideGemm(Target target, ConvProblem problem, Operand w, Variant variant) throws UnsupportedConvException {
        this.problem = problem;
        lanes = variant.lanes(
                Blocking.lanes(target, w.dtype(), problem.groupOc()), WorkSize.roundUpToPowerOfTwo(problem.groupOc()));
        block = variant.rows(block(target, problem, w.dtype(), lanes), places(), mostVectors(problem, lanes));
        weights = new WeightVectors(target, problem, w, problem.g(), lanes * block.vectors(), true);
        // See DirectBlocked: cores keep the weights, lanes share elements of the other operand.
        rowsFirst = target.isCpu();
        grid = rowsFirst
                ? variant.heavyGrid(target, rowBlocks(), weights.blocks(), problem.g())
                : variant.heavyGrid(target, weights.blocks(), rowBlocks(), problem.g());
    }

    /** The default's block for vectors of so many lanes. */
    static Blocking block(Target target, ConvProblem problem, DType dtype, int lanes) {
        int places = problem.mb() * problem.oh() * problem.ow();
        return Blocking.of(target, dtype, lanes, problem.groupOc(), places, problem.terms() * dtype.bytes(), problem.g(), mostVectors(problem, lanes));
    }

    /** Vectors that the problem has use for in one block. */
    static int mostVectors(ConvProblem problem, int lanes) {
        return Math.ceilDiv(problem.groupOc(), lanes);
    }

    private int places() {
        return problem.mb() * problem.oh() * problem.ow();
    }

    private int rowBlocks() {
        return Math.ceilDiv(places(), block.length());
    }

    @Override
    public int lanes() {
        return lanes;
    }

    @Override
    public List<Buffer> scratch() {
        return weights.scratch();
    }

    @Override
    public List<Call> weights() {
        return weights.calls();
    }

    @Override
    public Call multiply(Constants constants, Buffer columns, Buffer output) {
        weights.putMatrix(constants, "B");
        constants.put("NARROW", false)
                .put("ROWS", block.length()).put("VECTORS", block.vectors())
                .put("BLOCKS", weights.blocks()).put("ROW_BLOCKS", rowBlocks())
                .put("ROW_DIMENSION", rowsFirst ? 0 : 1);
        Program program = new Program("gemm", constants, "real.cl", "lanes.cl", "gemm.cl");
        return Call.grouped("gemm", program, List.of(columns, weights.buffer(), output), grid);
    }
}
