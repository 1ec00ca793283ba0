package io.github.convgauge.openclc;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import java.util.List;

/** The product of gemm.cl for groups of enough output channels: vectors of them, several rows a work item. */
final class WideGemm implements ColumnsGemm.Product {
    private final ConvProblem problem;
    private final WeightVectors weights;
    private final int lanes;
    private final int rows;
    private final Call.Grid grid;

    WideGemm(Target target, ConvProblem problem, Operand w, Variant variant) throws UnsupportedConvException {
        this.problem = problem;
        lanes = variant.lanes(
                Blocking.lanes(target, w.dtype(), problem.groupOc()), WorkSize.roundUpToPowerOfTwo(problem.groupOc()));
        weights = new WeightVectors(target, problem, w, problem.g(), lanes, true);
        rows = variant.rows(Blocking.rows(target, w.dtype(), lanes, places()), places());
        grid = variant.grid(target, weights.blocks(), rowBlocks(), problem.g());
    }

    private int places() {
        return problem.mb() * problem.oh() * problem.ow();
    }

    private int rowBlocks() {
        return Math.ceilDiv(places(), rows);
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
        constants.put("NARROW", false).put("ROWS", rows).put("BLOCKS", weights.blocks()).put("ROW_BLOCKS", rowBlocks());
        Program program = new Program("gemm", constants, "real.cl", "lanes.cl", "gemm.cl");
        return Call.grouped("gemm", program, List.of(columns, weights.buffer(), output), grid);
    }
}
