package io.github.convgauge.openclc;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import java.util.List;

/** The product of gemm.cl for groups of enough output channels: vectors of them, several rows a work item. */
final class WideGemm implements ColumnsGemm.Product {
    private final Target target;
    private final ConvProblem problem;
    private final Operand w;
    private final WeightVectors weights;
    private final int lanes;

    WideGemm(Target target, ConvProblem problem, Operand w) throws UnsupportedConvException {
        this.target = target;
        this.problem = problem;
        this.w = w;
        lanes = Blocking.lanes(target, w.dtype(), problem.groupOc());
        weights = new WeightVectors(target, problem, w, problem.g(), lanes, true);
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
        int places = problem.mb() * problem.oh() * problem.ow();
        int rows = Blocking.rows(target, w.dtype(), lanes, places);
        int rowBlocks = Math.ceilDiv(places, rows);
        constants.put("NARROW", false).put("ROWS", rows).put("BLOCKS", weights.blocks()).put("ROW_BLOCKS", rowBlocks);
        Program program = new Program("gemm", constants, "real.cl", "lanes.cl", "gemm.cl");
        return Call.free(
                "gemm", program, List.of(columns, weights.buffer(), output), weights.blocks(), rowBlocks, problem.g());
    }
}
