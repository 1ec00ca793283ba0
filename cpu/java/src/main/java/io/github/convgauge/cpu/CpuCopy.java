package io.github.convgauge.cpu;

import io.github.convgauge.backend.CopyLoop;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What the processor's memory could do at best: every thread copies its own share of one array to another. */
final class CpuCopy implements CopyLoop {
    /** Shares begin at pages, so that no two threads write to one. */
    private static final long PAGE = 4096;
    private static final byte COPIED = 42;

    private final WorkerPool pool;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment from;
    private final MemorySegment to;
    private final long shareBytes;
    private final WorkerPool.Task copy = this::copy;

    /** @param bytes of each array, rounded up to whole pages for each thread */
    CpuCopy(long bytes, WorkerPool pool) {
        this.pool = pool;
        shareBytes = Math.ceilDiv(Math.ceilDiv(bytes, pool.threads()), PAGE) * PAGE;
        from = arena.allocate(shareBytes * pool.threads(), PAGE);
        to = arena.allocate(shareBytes * pool.threads(), PAGE);
        // Pages that were only ever read may all be one page of zeros.
        from.fill(COPIED);
    }

    @Override
    public void execute() {
        pool.run(copy);
    }

    private void copy(int part, int parts) {
        MemorySegment.copy(from, part * shareBytes, to, part * shareBytes, shareBytes);
    }

    /** Whether everything is where it should be. */
    boolean isCopied() {
        return to.mismatch(from) == -1;
    }

    @Override
    public double bytes() {
        return 2.0 * shareBytes * pool.threads();
    }

    @Override
    public void close() {
        arena.close();
    }
}
