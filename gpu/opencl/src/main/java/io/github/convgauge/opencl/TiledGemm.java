package io.github.convgauge.opencl;

import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import java.util.OptionalLong;

/**
 * The product of gemm_tiled.cl. The weights are read by two strides; where no two lead through them, a
 * stage of its own lays them out as (kh, kw, ic/g, oc), once where they stay on the device.
 */
final class TiledGemm implements ColumnsGemm.Product {
    private static final int LARGEST_TILE = 16;
    /** Outputs of a work item, by default: more of them use each element of B more often, from more local memory. */
    static final int ROWS = 4;
    private static final int MOST_ROWS = 16;

    private final ConvProblem problem;
    private final DeviceTensor w;
    private final int tile;
    private final int rows;
    private final Variant variant;

    /** @throws UnsupportedConvException if not even the smallest tile fits the device, or not the one that was asked for */
    TiledGemm(ClDevice device, ConvProblem problem, DeviceTensor w, Variant variant) throws UnsupportedConvException {
        this.problem = problem;
        this.w = w;
        this.variant = variant;
        rows = variant.rows(ROWS, MOST_ROWS);
        tile = variant.tile(tile(device, w.dtype()));
        if (!fits(device, w.dtype(), tile, rows)) {
            throw new UnsupportedConvException(
                    "a tile of %d x %d for %d rows takes %d B of local memory and groups of %d items, and the device has %d B and groups of %d"
                            .formatted(tile, tile, rows, localBytes(w.dtype(), tile, rows), (long) tile * tile,
                                    device.limits().localMemory(), device.limits().workGroup()));
        }
    }

    /** The largest that fits; 1 where none does. */
    static int tile(ClDevice device, DType dtype) {
        int fits = LARGEST_TILE;
        while (fits > 1 && !fits(device, dtype, fits, ROWS)) {
            fits /= 2;
        }
        return fits;
    }

    static boolean fits(ClDevice device, DType dtype, int tile, int rows) {
        return (long) tile * tile <= device.limits().workGroup()
                && tile <= device.limits().workItems().get(0)
                && tile <= device.limits().workItems().get(1)
                && localBytes(dtype, tile, rows) <= device.limits().localMemory();
    }

    private static long localBytes(DType dtype, int tile, int rows) {
        return (rows + 1L) * tile * tile * dtype.bytes();
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
    public void assemble(Assembly assembly, Constants constants, long columns, long output)
            throws UnsupportedConvException {
        long weights = w.buffer();
        Layout layout = w.layout();
        if (row().isEmpty()) {
            weights = assembly.resources().buffer(layout.size() * w.dtype().bytes());
            layout = Layout.contiguous(layout.sizes());
            assembly.addWeights(new StridedCopy(w.dtype(), w.layout(), layout)
                    .launch(assembly, "weights", w.buffer(), weights));
        }
        long column = problem.oc() == 1 ? 0 : layout.stride(3);
        constants.put("ROWS", rows)
                .put("B_OFFSET", layout.offset())
                .put("B_ROW", WeightVectors.row(layout).getAsLong())
                .put("B_COLUMN", column)
                .put("B_GROUP", problem.groupOc() * column);
        int side = tile;
        Kernel kernel = compile(assembly, constants, side);
        while (side > 1 && (long) side * side > kernel.workGroup()) {
            variant.requireThat(!variant.hasTile(), "this kernel runs in groups of up to %d items".formatted(kernel.workGroup()));
            side /= 2; // this kernel takes more registers than the device has for a group of that size
            kernel = compile(assembly, constants, side);
        }
        long places = (long) problem.mb() * problem.oh() * problem.ow();
        long[] global = {
            Math.ceilDiv(problem.groupOc(), side) * (long) side,
            Math.ceilDiv(places, rows * side) * side,
            problem.g()
        };
        WorkSize size = new WorkSize(global, new long[] {side, side, 1});
        assembly.add(new Launch("gemm", kernel, size, columns, weights, output));
    }

    private static Kernel compile(Assembly assembly, Constants constants, int side) {
        return assembly.resources().kernel("gemm_tiled", constants.put("TILE", side), "real.cl", "gemm_tiled.cl");
    }
}
