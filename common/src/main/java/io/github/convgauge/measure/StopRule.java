package io.github.convgauge.measure;

import java.util.List;

/**
 * When a row has been sampled enough. Time is {@link Slice#wallNanos}, that of the timed parts,
 * evictions included: a cold row would need minutes to gather half a second without them.
 *
 * @param minSamples at least so many samples; one that timed a block of executions is one
 * @param minNanos and at least this much time
 * @param targetRelativeCi then until half the 95 % interval of the median is below this share of it,
 *     which is believed from five rounds on
 * @param capNanos or the time is up
 * @param absoluteCapNanos after which even fewer than minSamples are accepted
 */
public record StopRule(
        int minSamples, long minNanos, double targetRelativeCi, long capNanos, long absoluteCapNanos) {
    /** Enough to tell a wide interval from a narrow one, at a fifth of the cost: it is asked after every round. */
    private static final int RESAMPLES = 200;
    /** Fewer rounds say too little about how rounds differ: simulated, their 95 % intervals hold the truth 50 to 85 % of the time. */
    private static final int MIN_ROUNDS = 5;

    /** At least 10 samples and 0.5 s, then until ±1 % or 1.5 s; fewer samples after 30 s. */
    public static StopRule standard() {
        return new StopRule(10, 500_000_000L, 0.01, 1_500_000_000L, 30_000_000_000L);
    }

    /** At least 10 samples and 0.1 s, then until ±2 % or 0.15 s; fewer samples after 3 s. */
    public static StopRule quick() {
        return new StopRule(10, 100_000_000L, 0.02, 150_000_000L, 3_000_000_000L);
    }

    /**
     * Whether these slices of one row are enough.
     *
     * @param slices one of each round so far
     * @param seed of the resampling
     */
    public boolean enough(List<Slice> slices, long seed) {
        long nanos = slices.stream().mapToLong(Slice::wallNanos).sum();
        int samples = slices.stream().mapToInt(slice -> slice.nanos().length).sum();
        if (samples < minSamples) {
            return samples > 0 && nanos >= absoluteCapNanos;
        }
        if (nanos < minNanos) {
            return false;
        }
        return nanos >= capNanos
                || slices.size() >= MIN_ROUNDS && relativeHalfWidth(slices, seed) < targetRelativeCi;
    }

    private static double relativeHalfWidth(List<Slice> slices, long seed) {
        return Summary.of(slices.stream().map(Slice::nanos).toList(), seed, RESAMPLES).relativeHalfWidth();
    }
}
