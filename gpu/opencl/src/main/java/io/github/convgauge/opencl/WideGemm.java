package io.github.convgauge.opencl;

import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;

/** The product of gemm.cl for groups of enough output channels: vectors of them, several rows a work item. */
final class WideGemm implements ColumnsGemm.Product {
    private final ConvProblem problem;
    private final DeviceTensor w;
    private final WeightVectors weights;
    private final int lanes;
    private final Variant variant;

    WideGemm(ClDevice device, ConvProblem problem, DeviceTensor w, Variant variant) throws UnsupportedConvException {
        this.problem = problem;
        this.w = w;
        this.variant = variant;
        lanes = variant.lanes(
                Blocking.lanes(device, w.dtype(), problem.groupOc()), WorkSize.roundUpToPowerOfTwo(problem.groupOc()));
        weights = new WeightVectors(problem, w, problem.g(), lanes, true);
    }

    @Override
    public int lanes() {
        return lanes;
    }

    @Override
    public void declare(DeviceMemory memory) {
        weights.declare(memory);
    }

    @Override
    public void assemble(Assembly assembly, Constants constants, long columns, long output)
            throws UnsupportedConvException {
        weights.assemble(assembly);
        weights.putMatrix(constants, "B");
        int places = problem.mb() * problem.oh() * problem.ow();
        int rows = variant.rows(Blocking.rows(assembly.device(), w.dtype(), lanes, places), places);
        int rowBlocks = Math.ceilDiv(places, rows);
        constants.put("NARROW", false).put("ROWS", rows).put("BLOCKS", weights.blocks()).put("ROW_BLOCKS", rowBlocks);
        Kernel kernel = assembly.resources().kernel("gemm", constants, "real.cl", "lanes.cl", "gemm.cl");
        WorkSize size = variant.size(assembly.device(), kernel.workGroup(), weights.blocks(), rowBlocks, problem.g());
        assembly.add(new Launch("gemm", kernel, size, columns, weights.buffer(), output));
    }
}
