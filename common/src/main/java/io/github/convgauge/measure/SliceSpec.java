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
}
