package io.github.convgauge.cpu;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Work that is cut into more chunks than there are threads, so that a thread whose core is slower for a while (another
 * program on it, a busy neighbour on its hardware thread, a core of another kind) does not keep the others waiting.
 *
 * <p>Each thread has as many chunks as any other: neighbouring ones, the same at each run, so that it finds in its
 * cache what it left there. It does them in order; once it is through, it takes from the others, the last ones first,
 * which their owners would come to last. Only for work whose results do not depend on who does it, nor on where it is cut.
 */
public final class BalancedTask {
    /** Counters of two threads are so many elements apart, or each would wait for the other's cache line. */
    private static final int STEP = 32;
    /** A counter has the chunks that the owner took in its lower half, and those that others took in the upper one. */
    private static final int HALF = Short.SIZE;

    private static final int LOWER = (1 << HALF) - 1;

    /** The largest number of chunks that a thread can have. */
    public static final int MOST = LOWER;

    private static final int NONE = -1;
    /** More chunks than this have more borders than they even out. */
    private static final int ENOUGH = 16;

    private final WorkerPool pool;
    private final int own;
    private final Work work;
    private final WorkerPool.Task task = this::runPart;
    private final AtomicIntegerArray taken;

    /** What is cut into chunks. */
    @FunctionalInterface
    public interface Work {
        /** Does one chunk, from 0, of so many, on the thread of that number, from 0. */
        void run(int thread, int chunk, int chunks);
    }

    /**
     * @param chunksPerThread from 1, which is a static cut, to {@link #MOST}
     */
    public BalancedTask(WorkerPool pool, int chunksPerThread, Work work) {
        if (chunksPerThread < 1 || chunksPerThread > MOST) {
            throw new IllegalArgumentException("%d chunks for each thread; there can be 1 to %d".formatted(chunksPerThread, MOST));
        }
        this.pool = pool;
        // Nobody to share with: one chunk has the fewest borders.
        own = pool.threads() == 1 ? 1 : chunksPerThread;
        this.work = work;
        taken = new AtomicIntegerArray(pool.threads() * STEP);
    }

    /**
     * As many chunks for each thread as work of so many floating-point operations is worth.
     *
     * @param chunkFlops of the smallest chunk: what threads may have to wait for each other at the end
     * @param units that the work cannot be cut below
     */
    public static int chunksPerThread(double flops, double chunkFlops, long units, int threads) {
        return (int) Math.clamp(Math.min(flops / chunkFlops, units) / threads, 1, ENOUGH);
    }

    /** Does all chunks, each once, and returns when the last one is done; called like {@link WorkerPool#run}. */
    public void run() {
        for (int thread = 0; thread < pool.threads(); thread++) {
            taken.setPlain(thread * STEP, 0); // the pool publishes it with the task
        }
        pool.run(task);
    }

    private void runPart(int thread, int threads) {
        int chunks = threads * own;
        for (int i = 0; i < threads; i++) {
            int owner = (thread + i) % threads;
            int chunk = take(owner, i == 0);
            while (chunk != NONE) {
                work.run(thread, owner * own + chunk, chunks);
                chunk = take(owner, i == 0);
            }
        }
    }

    /** The next chunk of an owner's part, counted in it; {@link #NONE} if all are taken. */
    private int take(int owner, boolean isOwn) {
        while (true) {
            int before = taken.get(owner * STEP);
            int front = before & LOWER;
            int back = before >>> HALF;
            if (front + back >= own) {
                return NONE;
            }
            int after = isOwn ? before + 1 : before + (1 << HALF);
            if (taken.compareAndSet(owner * STEP, before, after)) {
                return isOwn ? front : own - 1 - back;
            }
        }
    }
}
