package io.github.convgauge.opencl;

import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;

/**
 * The product of gemm.cl for groups of few output channels: dot products along the windows, for which
 * the weights lie transposed, (oc, kh, kw, ic/g); where they do not, a stage of its own lays them out,
 * once where they stay on the device.
 */
final class NarrowGemm implements ColumnsGemm.Product {
    /** The most columns that are narrow: a vector of that many would leave most of a register idle. */
    private static final int MAX_COLUMNS = 4;

    private final ConvProblem problem;
    private final DeviceTensor w;
    private final Layout transposed;
    private final int lanes;
    private final Variant variant;

    NarrowGemm(ClDevice device, ConvProblem problem, DeviceTensor w, Variant variant) throws UnsupportedConvException {
        this.problem = problem;
        this.w = w;
        transposed = w.layout().permute(3, 0, 1, 2);
        this.variant = variant;
        variant.requireNoRows();
        lanes = variant.lanes(lanes(device, problem, w.dtype()), mostLanes(problem));
    }

    static boolean isFor(ConvProblem problem) {
        return problem.groupOc() <= MAX_COLUMNS;
    }

    static int lanes(ClDevice device, ConvProblem problem, DType dtype) {
        return (int) Math.min(Blocking.lanes(device, dtype, Integer.MAX_VALUE), mostLanes(problem));
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
    public void declare(DeviceMemory memory) {
        if (!inPlace()) {
            memory.add("the packed weights", transposed.size() * w.dtype().bytes());
        }
    }

    @Override
    public void assemble(Assembly assembly, Constants constants, long columns, long output)
            throws UnsupportedConvException {
        long weights = w.buffer();
        if (!inPlace()) {
            weights = assembly.resources().buffer(transposed.size() * w.dtype().bytes());
            Layout target = Layout.contiguous(transposed.sizes());
            assembly.addWeights(new StridedCopy(w.dtype(), transposed, target)
                    .launch(assembly, "weights", w.buffer(), weights));
        }
        constants.put("NARROW", true)
                .put("B_OFFSET", inPlace() ? transposed.offset() : 0)
                .put("B_GROUP", problem.groupOc() * problem.terms());
        Kernel kernel = assembly.resources().kernel("gemm", constants, "real.cl", "lanes.cl", "gemm.cl");
        int rows = problem.mb() * problem.oh() * problem.ow();
        WorkSize size = variant.size(assembly.device(), kernel.workGroup(), rows, problem.g());
        assembly.add(new Launch("gemm", kernel, size, columns, weights, output));
    }
}
