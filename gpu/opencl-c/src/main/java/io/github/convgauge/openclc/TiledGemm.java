package io.github.convgauge.openclc;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.Layout;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The product of gemm_tiled.cl. The weights are read by two strides; where no two lead through them, a
 * stage of its own lays them out as (kh, kw, ic/g, oc), once where they stay on the device.
 */
final class TiledGemm implements ColumnsGemm.Product {
    private static final int LARGEST_TILE = 16;
    /** Outputs of a work item: more of them use each element of B more often, from more local memory. */
    private static final int ROWS = 4;

    private final Target target;
    private final ConvProblem problem;
    private final Operand w;
    private final int tile;
    private final Buffer weights;

    /** @throws UnsupportedConvException if not even the smallest tile fits the device */
    TiledGemm(Target target, ConvProblem problem, Operand w) throws UnsupportedConvException {
        this.target = target;
        this.problem = problem;
        this.w = w;
        int fits = LARGEST_TILE;
        while (fits > 1 && !fits(fits)) {
            fits /= 2;
        }
        if (!fits(fits)) {
            throw new UnsupportedConvException("the smallest tile takes %d B of local memory, and the device has %d B"
                    .formatted(localBytes(fits), target.localMemory()));
        }
        tile = fits;
        weights = row().isPresent() ? w.buffer() : Buffer.scratch("the packed weights", w.layout().size());
    }

    private boolean fits(int size) {
        return (long) size * size <= target.workGroup()
                && size <= target.workItems().get(0)
                && size <= target.workItems().get(1)
                && localBytes(size) <= target.localMemory();
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
    public List<Buffer> scratch() {
        return row().isPresent() ? List.of() : List.of(weights);
    }

    /** Of the weights as the kernel reads them. */
    private Layout layout() {
        return row().isPresent() ? w.layout() : Layout.contiguous(w.layout().sizes());
    }

    @Override
    public List<Call> weights() {
        return row().isPresent()
                ? List.of()
                : List.of(new StridedCopy(target, w.dtype(), w.layout(), layout()).call("weights", w.buffer(), weights));
    }

    @Override
    public Call multiply(Constants constants, Buffer columns, Buffer output) {
        Layout layout = layout();
        long column = problem.oc() == 1 ? 0 : layout.stride(3);
        constants.put("ROWS", ROWS)
                .put("B_OFFSET", layout.offset())
                .put("B_ROW", WeightVectors.row(layout).getAsLong())
                .put("B_COLUMN", column)
                .put("B_GROUP", problem.groupOc() * column);
        return multiply(constants, List.of(columns, weights, output), tile);
    }

    /** In tiles of that size, or in smaller ones where this kernel takes more registers than the device has for such a group. */
    private Call multiply(Constants constants, List<Buffer> arguments, int side) {
        Program program = new Program("gemm_tiled", constants.put("TILE", side), "real.cl", "gemm_tiled.cl");
        long rows = (long) problem.mb() * problem.oh() * problem.ow();
        long[] global = {
            Math.ceilDiv(problem.groupOc(), side) * (long) side,
            Math.ceilDiv(rows, ROWS * side) * side,
            problem.g()
        };
        return Call.fixed(
                "gemm", program, arguments, new WorkSize(global, new long[] {side, side, 1}),
                side == 1 ? Optional.empty() : Optional.of(multiply(constants, arguments, side / 2)));
    }
}
