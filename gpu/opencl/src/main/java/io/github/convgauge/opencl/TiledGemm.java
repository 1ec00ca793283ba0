package io.github.convgauge.opencl;

import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.Layout;
import java.util.OptionalLong;

/**
 * The product of gemm_tiled.cl. The weights are read by two strides; where no two lead through them, a
 * stage of its own lays them out as (kh, kw, ic/g, oc), once where they stay on the device.
 */
final class TiledGemm implements ColumnsGemm.Product {
    private static final int LARGEST_TILE = 16;
    /** Outputs of a work item: more of them use each element of B more often, from more local memory. */
    private static final int ROWS = 4;

    private final ConvProblem problem;
    private final DeviceTensor w;
    private final int tile;

    /** @throws UnsupportedConvException if not even the smallest tile fits the device */
    TiledGemm(ClDevice device, ConvProblem problem, DeviceTensor w) throws UnsupportedConvException {
        this.problem = problem;
        this.w = w;
        int fits = LARGEST_TILE;
        while (fits > 1 && !fits(device, fits)) {
            fits /= 2;
        }
        if (!fits(device, fits)) {
            throw new UnsupportedConvException("the smallest tile takes %d B of local memory, and the device has %d B"
                    .formatted(localBytes(fits), device.limits().localMemory()));
        }
        tile = fits;
    }

    private boolean fits(ClDevice device, int size) {
        return (long) size * size <= device.limits().workGroup()
                && size <= device.limits().workItems().get(0)
                && size <= device.limits().workItems().get(1)
                && localBytes(size) <= device.limits().localMemory();
    }

    private long localBytes(int size) {
        return (ROWS + 1L) * size * size * w.dtype().bytes();
    }

    @Override
    public int lanes() {
        return 1;
    }

    private OptionalLong row() {
        return WeightVectors.row(w.layout());
    }

    @Override
    public void declare(DeviceMemory memory) {
        if (row().isEmpty()) {
            memory.add("the packed weights", w.layout().size() * w.dtype().bytes());
        }
    }

    @Override
    public void assemble(Assembly assembly, Constants constants, long columns, long output) {
        long weights = w.buffer();
        Layout layout = w.layout();
        if (row().isEmpty()) {
            weights = assembly.resources().buffer(layout.size() * w.dtype().bytes());
            layout = Layout.contiguous(layout.sizes());
            assembly.addWeights(new StridedCopy(w.dtype(), w.layout(), layout)
                    .launch(assembly, "weights", w.buffer(), weights));
        }
        long column = problem.oc() == 1 ? 0 : layout.stride(3);
        constants.put("ROWS", ROWS)
                .put("B_OFFSET", layout.offset())
                .put("B_ROW", WeightVectors.row(layout).getAsLong())
                .put("B_COLUMN", column)
                .put("B_GROUP", problem.groupOc() * column);
        int side = tile;
        Kernel kernel = compile(assembly, constants, side);
        while (side > 1 && (long) side * side > kernel.workGroup()) {
            side /= 2; // this kernel takes more registers than the device has for a group of that size
            kernel = compile(assembly, constants, side);
        }
        long rows = (long) problem.mb() * problem.oh() * problem.ow();
        long[] global = {
            Math.ceilDiv(problem.groupOc(), side) * (long) side,
            Math.ceilDiv(rows, ROWS * side) * side,
            problem.g()
        };
        WorkSize size = new WorkSize(global, new long[] {side, side, 1});
        assembly.add(new Launch("gemm", kernel, size, columns, weights, output));
    }

    private static Kernel compile(Assembly assembly, Constants constants, int side) {
        return assembly.resources().kernel("gemm_tiled", constants.put("TILE", side), "real.cl", "gemm_tiled.cl");
    }
}
