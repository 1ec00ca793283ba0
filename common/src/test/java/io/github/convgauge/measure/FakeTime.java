package io.github.convgauge.measure;

import io.github.convgauge.backend.Workload;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;

/** A clock that only the workloads made from it move. */
final class FakeTime implements LongSupplier {
    static final long MICRO = 1_000;
    static final long MILLI = 1_000_000;
    static final long SECOND = 1_000_000_000;

    private long now = 123_456_789;
    private long executions;

    @Override
    public long getAsLong() {
        return now;
    }

    void pass(long nanos) {
        now += nanos;
    }

    long executions() {
        return executions;
    }

    /** @param nanos what an execution takes, given how many there were before it */
    Workload workload(LongUnaryOperator nanos) {
        return () -> pass(nanos.applyAsLong(executions++));
    }
}
