package io.github.convgauge.worker;

import io.github.convgauge.backend.PreparedConv;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.commons.statistics.descriptive.Median;

/** Stage times of a convolution: each stage's median over a few profiled executions, since one alone says little. */
final class Stages {
    private static final int EXECUTIONS = 7;

    private Stages() {}

    /** Nanoseconds by stage, in order; empty where the convolution shows none. */
    static Map<String, Long> medians(PreparedConv conv) {
        Map<String, LongStream.Builder> samples = new LinkedHashMap<>();
        for (int i = 0; i < EXECUTIONS; i++) {
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
