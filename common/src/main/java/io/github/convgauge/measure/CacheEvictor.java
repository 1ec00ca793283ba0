package io.github.convgauge.measure;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Drives everything else out of the caches: streams through a buffer much larger than they are,
 * which makes the next execution a cold one. See {@link #DEFINITION}.
 *
 * <p>Each thread reads and writes one word of every 64-byte line of its own share. Written lines
 * belong to one core alone, so no cache may keep an older copy, and stores to memory outside the
 * Java heap are effects that the JIT cannot drop. The calling thread takes a share too: it is the one
 * that executes the workload, so its own core's private caches are emptied for certain. The others
 * run where the operating system puts them, usually on the other cores.
 */
public final class CacheEvictor implements AutoCloseable {
    /** What "cold" means, for the foot of a table. */
    public static final String DEFINITION =
            "cold: before each execution, untimed, as many threads as the row has read and write every line of a buffer of"
                    + " 3 x the last-level cache (each thread at least 4 x its L2), which leaves the caches full of other data";

    private static final long LAST_LEVEL_FACTOR = 3;
    private static final long L2_FACTOR = 4;
    private static final int LINE = 64;

    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment> shares;
    private final ExecutorService others;

    /** A buffer of this many bytes in all, whatever the private caches are. */
    public CacheEvictor(long bytes, int threads) {
        this(bytes, threads, 0);
    }

    /**
     * @param bytes of the whole buffer
     * @param threads that stream through it in parallel, the caller of {@link #evict} included
     * @param l2Bytes size of one core's private cache; each thread's share is at least 4 times that,
     *     even if the buffer gets larger
     * @throws IllegalArgumentException if there are no bytes or no threads
     */
    public CacheEvictor(long bytes, int threads, long l2Bytes) {
        if (bytes < 1 || threads < 1) {
            throw new IllegalArgumentException(
                    "%d bytes on %d threads evict nothing; both must be positive".formatted(bytes, threads));
        }
        long share = Math.max(Math.ceilDiv(bytes, threads), L2_FACTOR * l2Bytes);
        long lines = Math.ceilDiv(share, LINE);
        shares = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            shares.add(arena.allocate(lines * LINE, LINE));
        }
        others = Executors.newCachedThreadPool(task -> Thread.ofPlatform().daemon().name("cache-evictor").unstarted(task));
    }

    /**
     * One for this machine: 3 times the last-level cache, and of as many of them as the threads of a
     * row can lie on.
     *
     * @param threads of the row that is measured
     */
    public static CacheEvictor forMachine(Environment environment, int threads) {
        long caches = Math.min(threads, environment.lastLevelCaches());
        return new CacheEvictor(
                LAST_LEVEL_FACTOR * environment.lastLevelCacheBytes() * caches, threads, environment.l2Bytes());
    }

    /** Streams through the whole buffer, and returns when all threads are done. */
    public void evict() {
        List<Future<?>> running = new ArrayList<>();
        for (MemorySegment share : shares.subList(1, shares.size())) {
            running.add(others.submit(() -> touch(share)));
        }
        touch(shares.getFirst());
        for (Future<?> one : running) {
            await(one);
        }
    }

    /** The buffer, one part for each thread. Each line's first word counts the evictions. */
    List<MemorySegment> shares() {
        return List.copyOf(shares);
    }

    @Override
    public void close() {
        others.close();
        arena.close();
    }

    private static void touch(MemorySegment share) {
        for (long at = 0; at < share.byteSize(); at += LINE) {
            share.set(ValueLayout.JAVA_LONG, at, share.get(ValueLayout.JAVA_LONG, at) + 1);
        }
    }

    private static void await(Future<?> one) {
        try {
            one.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the cache was evicted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the cache could not be evicted", e.getCause());
        }
    }
}
