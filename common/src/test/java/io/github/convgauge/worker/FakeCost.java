package io.github.convgauge.worker;

/**
 * What an execution takes at the least: a fixed time, one for each image of the batch, and another one for the
 * first execution, as {@code fake.cost.<algorithm>} or {@code fake.cost} says, in nanoseconds with commas.
 */
record FakeCost(long fixed, long each, long first) {
    static FakeCost of(String algorithm) {
        String[] nanos = System.getProperty("fake.cost." + algorithm, System.getProperty("fake.cost", "0,0,0")).split(",");
        return new FakeCost(Long.parseLong(nanos[0]), Long.parseLong(nanos[1]), Long.parseLong(nanos[2]));
    }

    long nanos(int batch, boolean isFirst) {
        return fixed + each * batch + (isFirst ? first : 0);
    }

    /** What handing work to the device takes, beside the work: {@code fake.submit}. */
    static long submitNanos() {
        return Long.getLong("fake.submit", 0);
    }

    static void spinUntil(long end) {
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
