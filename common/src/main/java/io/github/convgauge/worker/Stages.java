package io.github.convgauge.worker;

import io.github.convgauge.backend.PreparedConv;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.apache.commons.statistics.descriptive.Median;

/** Stage times of a convolution: each stage's median over profiled executions, since one alone says little. */
final class Stages {
    static final int LEAST = 7;
    /** Fast executions scatter more, and cost little. */
    static final int MOST = 51;
    static final long NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private Stages() {}

    /** Nanoseconds by stage, in order; empty where the convolution shows none. */
    static Map<String, Long> medians(PreparedConv conv) {
        return medians(conv, System::nanoTime);
    }

    static Map<String, Long> medians(PreparedConv conv, LongSupplier clock) {
        Map<String, LongStream.Builder> samples = new LinkedHashMap<>();
        long start = clock.getAsLong();
        for (int i = 0; i < LEAST || (i < MOST && clock.getAsLong() - start < NANOS); i++) {
            Map<String, Long> one = conv.profile();
            if (one.isEmpty()) {
                return Map.of();
            }
            one.forEach((stage, nanos) -> samples.computeIfAbsent(stage, s -> LongStream.builder()).add(nanos));
        }
        Map<String, Long> medians = new LinkedHashMap<>();
        samples.forEach((stage, nanos) -> medians.put(
                stage, Math.round(Median.withDefaults().evaluate(nanos.build().asDoubleStream().toArray()))));
        return medians;
    }
}
