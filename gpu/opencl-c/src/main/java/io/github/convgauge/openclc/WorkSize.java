package io.github.convgauge.openclc;

import java.util.Arrays;

/**
 * The global and the local work size of a kernel.
 *
 * @param global a multiple of local in each dimension, as OpenCL 1.2 wants it
 */
public record WorkSize(long[] global, long[] local) {
    /** Enough to hide latencies, and not so many that a register-hungry kernel does not fit. */
    private static final long GPU_GROUP = 128;

    /** Groups for each core: enough to even out cores that are late, few enough that their start costs nothing. */
    private static final long GROUPS_PER_CORE = 16;

    private static final long CPU_GROUP = 64;

    /**
     * Sizes for a kernel whose items do not care how they are grouped.
     *
     * @param items how many there are in each dimension; the kernel must leave out those beyond
     * @param limit the most items in a group that the kernel allows
     */
    static WorkSize of(Target target, long limit, long... items) {
        long all = 1;
        for (long count : items) {
            all *= count;
        }
        long group = target.isCpu()
                ? Math.clamp(all / (GROUPS_PER_CORE * target.computeUnits()), 1, CPU_GROUP)
                : GPU_GROUP;
        group = Math.min(group, Math.min(limit, target.workGroup()));
        long[] local = new long[items.length];
        long[] global = new long[items.length];
        for (int d = 0; d < items.length; d++) {
            long most = Math.min(group, target.workItems().get(d));
            local[d] = Math.min(powerOfTwo(most), roundUpToPowerOfTwo(items[d]));
            group /= local[d];
            global[d] = Math.ceilDiv(items[d], local[d]) * local[d];
        }
        return new WorkSize(global, local);
    }

    /** Groups of one item. */
    static WorkSize alone(long... items) {
        long[] local = new long[items.length];
        Arrays.fill(local, 1);
        return new WorkSize(items.clone(), local);
    }

    /** Work items in a group. */
    long group() {
        return Arrays.stream(local).reduce(1, (a, b) -> a * b);
    }

    /** The largest power of two that is not above n. */
    public static long powerOfTwo(long n) {
        return Long.highestOneBit(n);
    }

    /** The smallest power of two that is not below n. */
    static long roundUpToPowerOfTwo(long n) {
        return n <= 1 ? 1 : Long.highestOneBit(n - 1) << 1;
    }
}
