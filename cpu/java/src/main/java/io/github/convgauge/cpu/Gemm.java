package io.github.convgauge.cpu;

import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * C = A·B + A'·B' + …, one thread's worth: sums of matrix products whose operands have any row and
 * column strides, collected for some rows and columns of C in scratch and stored when complete.
 *
 * <p>The product is computed in tiles of 4x4 sums that stay in registers, so that eight loads feed
 * sixteen multiply-adds (K. Goto, R. van de Geijn: Anatomy of High-Performance Matrix
 * Multiplication, ACM TOMS 34(3), 2008). The operands are packed for that in the order in which a
 * tile reads them, which makes every stride of A and B as good as any other. They and the sums lie in
 * Java arrays, not in memory segments: an access to a segment also checks its alignment and whether
 * it is still open, and the JIT compiler removes such checks from loops only where they are long.
 * With short products (8 channels) the tile over segments takes half as long again.
 *
 * <p>Rows and columns beyond the edge are packed as zeros, computed, and not stored. A sum is
 * therefore formed in the same order wherever its tile lies, and however rows are cut among threads.
 */
abstract class Gemm {
    /** Rows and columns of a tile: 16 sums and 8 operands fit the registers of most processors. */
    static final int TILE = 4;
    /** Rows of a block of C: enough that packing B anew for each block is cheap. */
    static final int MAX_ROWS = 256;
    /** Columns of a block of C: it and the packed B then take 512 KiB, half of a usual second-level cache. */
    static final int MAX_COLUMNS = 128;
    /** Terms of one product: four packed rows and columns then take half of a 32 KiB first-level cache. */
    static final int MAX_DEPTH = 256;

    /** Scratch for blocks of up to these sizes; the limits above apply. */
    static Gemm of(DType dtype, long rows, long depth, long columns) {
        int maxRows = (int) Math.min(rows, MAX_ROWS);
        int maxDepth = (int) Math.min(depth, MAX_DEPTH);
        int maxColumns = padded((int) Math.min(columns, MAX_COLUMNS));
        return switch (dtype) {
            case F64 -> new GemmF64(maxRows, maxDepth, maxColumns);
            case F32 -> new GemmF32(maxRows, maxDepth, maxColumns);
            case I32 -> throw new IllegalArgumentException("there is no matrix product in " + dtype.label());
        };
    }

    /** Columns in scratch, where the last tile is always whole. */
    static int padded(int columns) {
        return Math.ceilDiv(columns, TILE) * TILE;
    }

    /** Starts a block of C: all its sums are 0. */
    abstract void begin(int rows, int columns);

    /** Packs the (depth, columns) matrix that is multiplied next: element (k, j) is at bAt + k·bRow + j·bCol. */
    abstract void packB(MemorySegment b, long bAt, long bRow, long bCol, int depth);

    /** Adds A·B to so many rows of the block. A has these rows and the depth of the packed B. */
    abstract void add(int firstRow, int rows, MemorySegment a, long aAt, long aRow, long aCol);

    /** Writes so many rows of the block to memory. */
    abstract void store(int firstRow, int rows, MemorySegment c, long cAt, long cRow, long cCol);

    /**
     * Writes the first rows of the block to places of an output (n, h, w, c).
     *
     * @param run of y's layout
     * @param place the first row's, as (n·H + h)·W + w
     * @param channel the first column's
     */
    final void store(int rows, Tensor y, RowRun run, long place, long channel) {
        Layout layout = y.layout();
        int count;
        for (int row = 0; row < rows; row += count) {
            long at = place + row;
            count = (int) Math.min(rows - row, run.length() - at % run.length());
            store(
                    row, count, y.storage(),
                    RowRun.begin(layout, at) + channel * layout.stride(3), run.stride(), layout.stride(3));
        }
    }
}
