package io.github.convgauge.measure;

import io.github.convgauge.backend.CopyLoop;
import java.time.Duration;
import java.util.Optional;

/** How fast a copy between two arrays is that no cache holds. */
public final class Bandwidth {
    /** STREAM's rule: each array at least 4 times what the last-level caches hold together. */
    private static final long CACHE_FACTOR = 4;
    private static final long LEAST_BYTES = 64L << 20;
    private static final long MOST_BYTES = 1L << 30;
    /** What a copy may take of the free memory; other workers hold their own data. */
    private static final long MEMORY_SHARE = 8;
    private static final SliceSpec SLICE = new SliceSpec(Duration.ofMillis(200).toNanos(), 7, Duration.ofMillis(50).toNanos());
    private static final long WARM_UP_NANOS = Duration.ofMillis(500).toNanos();

    private Bandwidth() {}

    /** Bytes of each array on a machine; empty where it has too little free memory for arrays that its caches do not hold. */
    public static Optional<Long> arrayBytes(Environment machine) {
        long caches = machine.lastLevelCacheBytes() * machine.lastLevelCaches();
        long bytes = Math.clamp(CACHE_FACTOR * caches, LEAST_BYTES, Math.max(MOST_BYTES, 2 * caches));
        return 2 * bytes <= machine.memoryAvailableBytes() / MEMORY_SHARE ? Optional.of(bytes) : Optional.empty();
    }

    /** Bytes read and written in a nanosecond, which is 10⁹ of them in a second, by the median time. */
    public static double gbytesPerSecond(CopyLoop loop, long seed) {
        WarmUp.run(loop, WARM_UP_NANOS);
        return loop.bytes() / Summary.of(Slice.take(loop, SLICE, Optional.empty()).nanos(), seed).medianNs();
    }
}
