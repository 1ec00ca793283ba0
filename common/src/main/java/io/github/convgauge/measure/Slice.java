package io.github.convgauge.measure;

import com.sun.management.OperatingSystemMXBean;
import io.github.convgauge.backend.Workload;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What one row contributes to one of the interleaved rounds: a few samples in a row.
 *
 * @param nanos time of one execution, of each sample, in order; the array is not copied
 * @param block executions that each sample timed together; its time is their mean
 * @param cpuNanos CPU time of the whole process while the samples were taken, which tells whether a
 *     library's pool takes more cores than it was given; the JVM's compiler and collector count as
 *     well, and the clock behind it may tick every 10 ms only, so add up several slices before
 *     judging. −1 with a cold cache, where the evictions would be counted, or where unknown
 * @param wallNanos time by the clock from the first sample's start to the last one's end, evictions
 *     included
 */
public record Slice(double[] nanos, int block, long cpuNanos, long wallNanos) {
    /** A sample lasts at least this long, so that reading the clock (tens of nanoseconds) is below 0.1 %. */
    static final long SAMPLE_NANOS = 100_000;
    /** Holds the search for a block's size to an end where the JIT finds that nothing needs to be executed. */
    static final int MAX_BLOCK = 1_000_000;
    private static final int MAX_BLOCK_GROWTH = 10;
    private static final double BLOCK_MARGIN = 1.1;
    private static final long UNKNOWN = -1;

    /**
     * Takes one slice.
     *
     * <p>Untimed executions come first: they absorb a core that slept, another library's pool that
     * still spins, and caches that hold some other row's data. With a hot cache (no evictor) they go
     * on for {@link SliceSpec#rewarmNanos} and find the block: as many executions as last 100 µs. With
     * an evictor (cold cache) there is one, since the eviction would undo any other; each execution
     * is then a sample of its own, right after an untimed eviction.
     */
    public static Slice take(Workload w, SliceSpec spec, Optional<CacheEvictor> evictor) {
        LongSupplier clock = System::nanoTime;
        return evictor.isPresent()
                ? takeCold(w, spec, evictor.get()::evict, clock)
                : takeHot(w, spec, clock, processCpuTime());
    }

    static Slice takeHot(Workload w, SliceSpec spec, LongSupplier clock, LongSupplier cpuTime) {
        int block = rewarm(w, spec.rewarmNanos(), clock);
        Samples samples = new Samples();
        long cpuStart = cpuTime.getAsLong();
        long start = clock.getAsLong();
        long end;
        do {
            long before = clock.getAsLong();
            execute(w, block);
            end = clock.getAsLong();
            samples.add((double) (end - before) / block);
        } while (end - start < spec.minNanos() || samples.size() < spec.minSamples());
        long cpuNanos = cpuStart < 0 ? UNKNOWN : cpuTime.getAsLong() - cpuStart;
        return new Slice(samples.toArray(), block, cpuNanos, end - start);
    }

    static Slice takeCold(Workload w, SliceSpec spec, Runnable evict, LongSupplier clock) {
        w.execute();
        Samples samples = new Samples();
        long start = clock.getAsLong();
        long end;
        do {
            evict.run();
            long before = clock.getAsLong();
            w.execute();
            end = clock.getAsLong();
            samples.add(end - before);
        } while (end - start < spec.minNanos() || samples.size() < spec.minSamples());
        return new Slice(samples.toArray(), 1, UNKNOWN, end - start);
    }

    /** Warms up and returns the block: grown until it lasts long enough, and by the newest time, not the first. */
    private static int rewarm(Workload w, long rewarmNanos, LongSupplier clock) {
        int block = 1;
        long start = clock.getAsLong();
        while (true) {
            long before = clock.getAsLong();
            execute(w, block);
            long now = clock.getAsLong();
            long took = now - before;
            boolean fits = took >= SAMPLE_NANOS || block == MAX_BLOCK;
            if (fits && now - start >= rewarmNanos) {
                return block;
            }
            if (!fits) {
                block = grown(block, took);
            }
        }
    }

    private static int grown(int block, long took) {
        double wanted = Math.ceil(BLOCK_MARGIN * block * SAMPLE_NANOS / Math.max(took, 1));
        return (int) Math.min(Math.min(wanted, (double) MAX_BLOCK_GROWTH * block), MAX_BLOCK);
    }

    private static void execute(Workload w, int times) {
        for (int i = 0; i < times; i++) {
            w.execute();
        }
    }

    private static LongSupplier processCpuTime() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean bean
                ? bean::getProcessCpuTime
                : () -> UNKNOWN;
    }
}
