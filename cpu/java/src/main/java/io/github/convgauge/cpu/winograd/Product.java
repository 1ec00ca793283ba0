package io.github.convgauge.cpu.winograd;

import io.github.convgauge.tensor.DType;
import java.lang.foreign.MemorySegment;

/**
 * C (rows × n) = A (rows × k) · B (k × n) for one k, which all of a convolution's products share.
 *
 * <p>A and C are row-major. B is packed: panels of {@link #panel} columns one behind the other, each
 * (k, panel) and contiguous, the last one filled up with zeros. C has all columns of the panels, those
 * that are filled up too, so that no panel needs a mask. Each element of C must be a sum of its k
 * products whose order does not depend on anything but k, or results would depend on the threads.
 *
 * <p>Several threads call one product at the same time.
 */
public interface Product {
    /** Columns of one panel, NR. */
    int panel();

    /**
     * Rows that the kernel likes to compute at once, MR: blocks of tiles are a multiple of it where
     * there are that many.
     */
    int rows();

    /** Has what it will run compiled before, where that can be. */
    default void compile() {}

    /**
     * Multiplies some panels. Offsets and distances are in bytes.
     *
     * <p>Between the last row and the next multiple of {@link #rows} there is memory in A and C too,
     * which the caller never reads and nobody else writes: a kernel may compute whole blocks of rows.
     *
     * @param aRow from one row of A to the next: {@link Planes#row} of k elements, the same in all calls
     * @param bAt the first of the panels
     * @param cAt the first row's element in the first column of the first of the panels
     * @param cRow from one row of C to the next: all panels' columns of B, the same in all calls
     */
    void run(
            MemorySegment a, long aAt, long aRow, MemorySegment b, long bAt,
            MemorySegment c, long cAt, long cRow, int rows, int panels);

    /** Makes the product that a convolution needs. */
    @FunctionalInterface
    interface Maker {
        /**
         * @param dtype f32 or f64
         * @param depth k
         * @param columns n, not yet filled up to whole panels
         */
        Product of(DType dtype, int depth, int columns);
    }
}
