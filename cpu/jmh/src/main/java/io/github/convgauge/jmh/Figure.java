package io.github.convgauge.jmh;

import io.github.convgauge.measure.Interval;
import io.github.convgauge.measure.Summary;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which figure of the samples of a JVM JMH and our sampler are compared by. */
enum Figure {
    /** What a run reports. */
    MEDIAN(50) {
        @Override
        double of(Summary summary) {
            return summary.medianNs();
        }

        @Override
        Interval ofParts(double figure, double[] parts) {
            return Agreement.ofParts(figure, parts);
        }

        /** Half of the samples must have been undisturbed, so that all of the turn must. */
        @Override
        double tellingPeak(Agreement.Turn turn) {
            return turn.slowestPeak();
        }
    },
    /**
     * The shortest sample, the execution that nothing disturbed: for machines that are never quiet. Of a warm-up that did not settle, this one
     * tells by itself, in how far its parts are apart, whether that was the machine or code that was not yet compiled.
     */
    MINIMUM(0) {
        @Override
        double of(Summary summary) {
            return summary.minNs();
        }

        @Override
        Interval ofParts(double figure, double[] parts) {
            return Agreement.ofMinima(parts);
        }

        /** One sample must have been undisturbed, and where one of three short looks at the peak was, one of some thousand executions was. */
        @Override
        double tellingPeak(Agreement.Turn turn) {
            return turn.fastestPeak();
        }
    };

    private final double percentile;

    Figure(double percentile) {
        this.percentile = percentile;
    }

    /** @throws IllegalArgumentException if there is none of that label */
    static Figure ofLabel(String label) {
        return Arrays.stream(values()).filter(figure -> figure.label().equals(label)).findFirst().orElseThrow(() -> new IllegalArgumentException(
                "'%s' is no figure; there are %s".formatted(label, Arrays.stream(values()).map(Figure::label).collect(Collectors.joining(" and ")))));
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** In JMH's statistics. */
    double percentile() {
        return percentile;
    }

    /** In nanoseconds. */
    abstract double of(Summary summary);

    /**
     * With how well a JVM knows it.
     *
     * @param figure of all samples
     * @param parts the same of parts of them: iterations, or rounds
     */
    abstract Interval ofParts(double figure, double[] parts);

    /** The one of the three peaks of a turn that tells whether it was quiet enough for this figure. */
    abstract double tellingPeak(Agreement.Turn turn);
}
