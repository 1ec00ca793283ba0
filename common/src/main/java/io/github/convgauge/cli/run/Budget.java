package io.github.convgauge.cli.run;

import java.time.Duration;
import java.util.Optional;

/** The time that the user gives a run, shared out among the rows that are still to come. */
final class Budget {
    private final Optional<Duration> total;
    private final long start = System.nanoTime();

    Budget(Optional<Duration> total) {
        this.total = total;
    }

    boolean spent() {
        return remainingNanos() <= 0;
    }

    /** What is left; practically for ever without a budget. */
    long remainingNanos() {
        return total.map(t -> t.toNanos() - (System.nanoTime() - start)).orElse(Long.MAX_VALUE / 2);
    }

    /** What one of the rows that are left may take. */
    long shareNanos(long rowsLeft) {
        return Math.max(0, remainingNanos() / Math.max(1, rowsLeft));
    }

    String describe() {
        return total.map(t -> Math.round(t.toMillis() / 1000.0) + " s").orElse("no limit");
    }
}
