package io.github.convgauge.measure;

/**
 * How long a slice takes.
 *
 * @param minNanos the timed part goes on at least this long by the clock, evictions included
 * @param minSamples and until it has at least this many samples
 * @param rewarmNanos the untimed executions before it go on at least this long; one there always is
 */
public record SliceSpec(long minNanos, int minSamples, long rewarmNanos) {
    /** @throws IllegalArgumentException if a time is negative or no sample is asked for */
    public SliceSpec {
        if (minNanos < 0 || minSamples < 1 || rewarmNanos < 0) {
            throw new IllegalArgumentException(
                    "a slice of %d ns and %d samples after %d ns of warming cannot be taken; times are at least 0, samples at least 1"
                            .formatted(minNanos, minSamples, rewarmNanos));
        }
    }

    /**
     * At least 50 ms and one sample, after 10 ms of warming: a pool of a neighbour may spin for some
     * milliseconds after its slice, and a core that slept wakes slowly.
     */
    public static SliceSpec standard() {
        return new SliceSpec(50_000_000L, 1, 10_000_000L);
    }

    /** At least 15 ms after 5 ms. */
    public static SliceSpec quick() {
        return new SliceSpec(15_000_000L, 1, 5_000_000L);
    }
}
