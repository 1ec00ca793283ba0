package io.github.convgauge.openclc;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import java.util.List;
import java.util.Optional;

/** The product of gemm_tiled.cl, with the weights as a {@link WeightMatrix}. */
final class TiledGemm implements ColumnsGemm.Product {
    private static final int LARGEST_TILE = 16;
    /** Outputs of a work item, by default: more of them use each element of B more often, from more local memory. */
    static final int ROWS = 4;
    private static final int MOST_ROWS = 16;

    private final ConvProblem problem;
    private final int tile;
    private final int rows;
    /** Whether it is that tile or none. */
    private final boolean tileAsked;
    private final WeightMatrix weights;

    /** @throws UnsupportedConvException if not even the smallest tile fits the device, or not the one that was asked for */
    TiledGemm(Target target, ConvProblem problem, Operand w, Variant variant) throws UnsupportedConvException {
        this.problem = problem;
        rows = variant.rows(ROWS, MOST_ROWS);
        tile = variant.tile(tile(target, w.dtype(), rows));
        tileAsked = variant.hasTile();
        if (!fits(target, w.dtype(), tile, rows)) {
            throw new UnsupportedConvException(
                    "a tile of %d x %d for %d rows takes %d B of local memory and groups of %d items, and the device has %d B and groups of %d"
                            .formatted(tile, tile, rows, localBytes(w.dtype(), tile, rows), (long) tile * tile,
                                    target.localMemory(), target.workGroup()));
        }
        weights = new WeightMatrix(target, problem, w);
    }

    /** The largest that fits; 1 where none does. */
    static int tile(Target target, DType dtype, int rows) {
        int fits = LARGEST_TILE;
        while (fits > 1 && !fits(target, dtype, fits, rows)) {
            fits /= 2;
        }
        return fits;
    }

    static boolean fits(Target target, DType dtype, int tile, int rows) {
        return (long) tile * tile <= target.workGroup()
                && tile <= target.workItems().get(0)
                && tile <= target.workItems().get(1)
                && localBytes(dtype, tile, rows) <= target.localMemory();
    }

    private static long localBytes(DType dtype, int tile, int rows) {
        return (rows + 1L) * tile * tile * dtype.bytes();
    }

    @Override
    public int lanes() {
        return 1;
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
        constants.put("ROWS", rows);
        weights.put(constants, "B");
        return multiply(constants, List.of(columns, weights.buffer(), output), tile);
    }

    /**
     * In tiles of that size, or, unless it was asked for, in smaller ones where this kernel takes more registers than the device has for
     * such a group.
     */
    private Call multiply(Constants constants, List<Buffer> arguments, int side) {
        Program program = new Program("gemm_tiled", constants.put("TILE", side), "real.cl", "gemm_tiled.cl");
        long places = (long) problem.mb() * problem.oh() * problem.ow();
        long[] global = {
            Math.ceilDiv(problem.groupOc(), side) * (long) side,
            Math.ceilDiv(places, rows * side) * side,
            problem.g()
        };
        return Call.fixed(
                "gemm", program, arguments, new WorkSize(global, new long[] {side, side, 1}),
                tileAsked || side == 1 ? Optional.empty() : Optional.of(multiply(constants, arguments, side / 2)));
    }
}
