package io.github.convgauge.cpu.winograd;

/**
 * So many matrices of the same shape one behind the other: V, U or M, a plane for each place of a
 * transformed tile. A transform touches the same row of all planes one after the other, and a product
 * many rows of one; with distances that are powers of two these would all compete for the same few
 * lines of the cache.
 *
 * @param count planes
 * @param row bytes from one row to the next
 * @param plane bytes from one plane to the next
 */
record Planes(int count, long row, long plane) {
    private static final long CACHE_LINE = 64;

    /** Planes whose rows are whole vectors, and an odd number of cache lines apart. */
    static Planes spread(int count, long rows, long rowBytes) {
        return packed(count, rows, row(rowBytes));
    }

    /** Planes whose rows have no gaps between them. */
    static Planes packed(int count, long rows, long rowBytes) {
        return new Planes(count, rowBytes, oddLines(rows * rowBytes));
    }

    /** From one row of so many bytes to the next in {@link #spread} planes. */
    static long row(long bytes) {
        return oddLines(bytes);
    }

    private static long oddLines(long bytes) {
        return (Math.ceilDiv(bytes, CACHE_LINE) | 1) * CACHE_LINE;
    }

    /** Bytes of all planes. */
    long bytes() {
        return count * plane;
    }
}
