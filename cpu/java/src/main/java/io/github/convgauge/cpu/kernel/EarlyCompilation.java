package io.github.convgauge.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;

/**
 * Calls a generated block on memory of its own until HotSpot has compiled it, so that whoever computes with it meets compiled code only.
 *
 * <p>HotSpot takes a method once it was called some hundred times and its loops went round some thousand times in all, which with the loops of a large
 * convolution are seconds of interpreted code. Here some twenty calls go through the loops, and some thousand between them return at once. From the former
 * C2 learns how often each loop goes round, as far as it matters: how much more often than the code around it. (Where the thousands stored zeros, so that the loops
 * seemed to be rare, it kept sums in memory: a block of 7x3 had 0.6 of its speed.) The call that makes it enough waits for C2 ({@link OptimizingCompiler}), which needs 0.1 to 0.5 s for a block.
 */
final class EarlyCompilation {
    private static final int ROWS = 3;
    private static final int EMPTY_CALLS = 256;
    /** So often is a method called before it is compiled (Tier4MinInvocationThreshold), whatever its loops. */
    private static final int FEWEST_CALLS = 600;
    /** Five thousand are enough (Tier4InvocationThreshold), unless HotSpot has much to compile, when it waits for longer. */
    private static final int MOST_CALLS = 100_000;
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(3);
    /** Interpreted blocks are a hundred times slower. */
    private static final int FASTER = 8;
    /** Strides between far ends of large tensors; who has them waits for the block to be compiled as it runs. */
    private static final long MOST_BYTES = 1L << 26;

    private static final int READS = 1 << 16;

    static {
        readNumbers();
    }

    private EarlyCompilation() {}

    /**
     * Reads single numbers as blocks do. The way from a segment to the instruction goes through methods that C2 inlines only where their profiles, which are those of the
     * whole JVM, say that they are called; and now and then a few thousand reads of interpreted blocks left too little in them, and each read of every
     * block stayed a call (one JVM in twenty).
     */
    private static void readNumbers() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment own = arena.allocate(Long.BYTES, Long.BYTES);
            boolean unchecked = Access.fastest() == Access.UNCHECKED;
            MemorySegment memory = unchecked ? Access.Everything.MEMORY : own;
            long at = unchecked ? own.address() : 0;
            double sum = 0;
            for (int i = 0; i < READS; i++) {
                sum += memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + (i & 1)) + memory.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, at);
            }
            // Else nothing would have to be read.
            own.set(ValueLayout.JAVA_DOUBLE, 0, sum);
        }
    }

    /** The bytes that a block may touch, from an offset. */
    private static final class Reach {
        private long lowest;
        private long highest;

        void touch(long offset, long bytes) {
            lowest = Math.min(lowest, offset);
            highest = Math.max(highest, offset + bytes);
        }

        long bytes() {
            return highest - lowest;
        }
    }

    /** Returns when it is compiled, or when it will not be soon. */
    static void of(BlockKernel kernel, BlockSpec spec) {
        Reach xs = new Reach();
        Reach ws = new Reach();
        Reach ys = new Reach();
        long vectors = (long) spec.width() * spec.dtype().bytes();
        for (BlockSpec.Run run : spec.runs()) {
            for (int row : new int[] {0, ROWS - 1}) {
                for (int k : new int[] {0, run.length() - 1}) {
                    ws.touch(row * spec.wRow() + run.w() + k * spec.wStep(), vectors);
                    for (int pixel : new int[] {run.first(), run.last() - 1}) {
                        xs.touch(row * spec.xRow() + run.x() + k * spec.xStep() + pixel * spec.xPixel(), spec.dtype().bytes());
                    }
                }
            }
        }
        ys.touch(0, vectors);
        ys.touch((spec.pixels() - 1) * spec.yPixel(), vectors);
        if (xs.bytes() + ws.bytes() + ys.bytes() > MOST_BYTES) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment x = arena.allocate(xs.bytes(), Long.BYTES);
            MemorySegment w = arena.allocate(ws.bytes(), Long.BYTES);
            MemorySegment y = arena.allocate(ys.bytes(), Long.BYTES);
            long begin = System.nanoTime();
            long interpreted = Long.MAX_VALUE;
            for (int calls = 0; calls < MOST_CALLS; calls += 1 + EMPTY_CALLS) {
                long start = System.nanoTime();
                kernel.run(x, -xs.lowest, w, -ws.lowest, y, -ys.lowest, ROWS, 1);
                long taken = System.nanoTime() - start;
                if (calls < FEWEST_CALLS) {
                    interpreted = Math.min(interpreted, taken);
                } else if (taken < interpreted / FASTER || start - begin > LONGEST_NANOS) {
                    return;
                }
                for (int empty = 0; empty < EMPTY_CALLS; empty++) {
                    kernel.run(x, -xs.lowest, w, -ws.lowest, y, -ys.lowest, -1, 1);
                }
            }
        }
    }
}
