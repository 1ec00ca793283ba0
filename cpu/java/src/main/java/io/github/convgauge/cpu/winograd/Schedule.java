package io.github.convgauge.cpu.winograd;

/**
 * How the work is cut. There are two ways:
 *
 * <ul>
 *   <li><b>blocked</b>: each thread has its own tiles, and takes a block of them through all three
 *       stages while V and M of the block stay in its L2 cache. U is read once for each block.
 *   <li><b>staged</b>: all threads transform the tiles, then share the products, then transform back.
 *       U is read once, but V and M leave the cache and come back. Only so many tiles at a time as
 *       {@link #WAVE_BYTES} holds, so that memory stays bounded.
 * </ul>
 *
 * <p>The one that moves fewer bytes is taken; for a U that is to be read by every thread, each counts.
 * Many tiles of few channels are blocked. Few tiles of many channels, which are the end of a typical
 * network, are staged: there U is by far the largest, and threads that share it have work for all.
 *
 * @param staged which way
 * @param tiles in a block, or in a wave of the staged way; a multiple of the product's rows
 */
record Schedule(boolean staged, long tiles) {
    /** Half of a common L2 cache: the other half is for the panels of U on their way through. */
    static final long BLOCK_BYTES = 1 << 19;
    /** A share of a common L3 cache. */
    static final long WAVE_BYTES = 1 << 24;

    /**
     * @param tileBytes of V and M for one tile
     * @param weightBytes of U of one group
     * @param rows of the product's kernel
     */
    static Schedule of(long tiles, int groups, int threads, long tileBytes, long weightBytes, int rows) {
        long perThread = Math.ceilDiv(tiles, (long) threads);
        long block = Math.min(wholeRows(BLOCK_BYTES / tileBytes, rows), Math.ceilDiv(perThread, (long) rows) * rows);
        long wave = Math.min(wholeRows(WAVE_BYTES / tileBytes, rows), Math.ceilDiv(tiles, (long) rows) * rows);
        // In doubles, which do not overflow.
        double through = 2.0 * tiles * groups * tileBytes;
        double blocks = Math.max(threads, (double) groups * Math.ceilDiv(tiles, block));
        double blockedBytes = blocks * weightBytes + (Math.min(block, perThread) * tileBytes > BLOCK_BYTES ? through : 0);
        double stagedBytes = (double) groups * Math.ceilDiv(tiles, wave) * weightBytes + through;
        return stagedBytes < blockedBytes ? new Schedule(true, wave) : new Schedule(false, block);
    }

    private static long wholeRows(long tiles, int rows) {
        return Math.max(1, tiles / rows) * rows;
    }
}
