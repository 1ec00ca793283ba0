package io.github.convgauge.jmh;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.convgauge.tensor.DType;
import java.util.Optional;

/** What the rate of a {@link Subject} is divided by, and what is measured right before it and right behind it. */
sealed interface Yardstick {
    /** The loop of multiply-adds in registers. */
    record Peak(DType dtype) implements Yardstick {
        @Override
        public String toString() {
            return "peak of " + dtype.label();
        }

        @Override
        public String fileName() {
            return "peak-" + dtype.label();
        }
    }

    /**
     * One call that copies an array to another, as the platform does it at its best.
     *
     * @param bytes of one array
     */
    record PlainCopy(long bytes) implements Yardstick {
        @Override
        public String toString() {
            return "plain copy of %d bytes".formatted(bytes);
        }

        @Override
        public String fileName() {
            return "plain-copy-" + bytes;
        }
    }

    /** The middle of its result files' names. */
    String fileName();

    /** What a result of JMH's measured, if that was a yardstick. */
    static Optional<Yardstick> of(String benchmark, JsonNode params) {
        if (benchmark.equals(PeakBenchmark.class.getName() + ".peak")) {
            return Optional.of(new Peak(DType.ofLabel(params.path("dtype").asText())));
        }
        if (benchmark.equals(PlainCopyBenchmark.class.getName() + ".copy")) {
            return Optional.of(new PlainCopy(params.path("bytes").asLong()));
        }
        return Optional.empty();
    }

    /** Operations of one execution, or bytes that it reads and writes, as its result says. */
    static double amount(Yardstick yardstick, JsonNode params) {
        return yardstick instanceof PlainCopy copy ? 2.0 * copy.bytes : params.path("flops").asDouble();
    }
}
