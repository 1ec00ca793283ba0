package io.github.convgauge.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.github.convgauge.check.Status;
import io.github.convgauge.measure.Interval;
import io.github.convgauge.measure.Payback;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A line of what {@code convgauge crossover} writes; {@code kind} tells which. The JSON Schema beside this
 * class (crossover.schema.json) describes each field. Every field is always there; what does not apply is null.
 */
public sealed interface CrossoverLine {
    /** The version of this format. */
    int SCHEMA = 1;

    /**
     * One row at one batch size, as it was measured: what the other lines rest on.
     *
     * @param kind {@code row}
     * @param phase {@code scan}, {@code refine} or {@code alone}
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @JsonPropertyOrder({"schema", "kind", "run", "batch", "phase", "row"})
    record Row(int schema, String kind, String run, int batch, String phase, ResultRow row) implements CrossoverLine {
        public static Row of(int batch, String phase, ResultRow row) {
            return new Row(SCHEMA, "row", row.run(), batch, phase, row);
        }
    }

    /**
     * One side of a comparison: the best row of the CPU, or of the device.
     *
     * @param ci95Ns bootstrap 95 % interval of the median: low, high
     * @param prepareNs laying out, before the first execution
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Side(
            String backend, String algorithm, String regime, String output, double medianNs,
            @JsonProperty("ci95_ns") double[] ci95Ns, boolean settled, long prepareNs, long firstNs) {
        /** Of a row that has times. */
        public static Side of(ResultRow row) {
            ResultRow.Time time = row.time();
            return new Side(
                    row.backend(), row.algorithm(), row.regime(), row.output(), time.medianNs(), time.ci95Ns(),
                    Boolean.TRUE.equals(time.settled()), row.stages().getOrDefault("prepare", 0L), time.firstNs());
        }

        /** The median with its interval. */
        public Interval interval() {
            return new Interval(medianNs, ci95Ns[0], ci95Ns[1]);
        }
    }

    /** {@link Payback} as these lines carry it. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record PaidBack(String kind, Long executions, Long fewest, Long most, @JsonProperty("text") String text) {
        static PaidBack of(Payback payback) {
            return new PaidBack(
                    payback.kind().name().toLowerCase(Locale.ROOT), payback.executions(), payback.fewest(), payback.most(),
                    payback.describe());
        }
    }

    /**
     * The best of both sides at one batch size, from the same rounds.
     *
     * @param phase of the rounds: {@code alone} where these two rows had fresh processes and the rounds to themselves
     * @param standing {@code faster}, {@code slower} or {@code unclear}: the device, by the two intervals
     * @param ratio the device's median over the CPU's
     * @param paidBack executions that pay the first one back; null unless alone, since only then is a first execution one
     * @param paidBackWithPreparing the same with the laying out
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Point(
            int batch, String phase, String standing, Side cpu, Side device, double ratio, PaidBack paidBack,
            PaidBack paidBackWithPreparing) {
        /** The phase in which first executions are first ones. */
        public static final String ALONE = "alone";

        public static Point of(int batch, String phase, String standing, Side cpu, Side device) {
            boolean alone = phase.equals(ALONE);
            return new Point(
                    batch, phase, standing, cpu, device, device.medianNs / cpu.medianNs,
                    alone ? payback(cpu, cpu.firstNs, device, device.firstNs) : null,
                    alone ? payback(cpu, cpu.prepareNs + cpu.firstNs, device, device.prepareNs + device.firstNs) : null);
        }

        private static PaidBack payback(Side cpu, long cpuBegins, Side device, long deviceBegins) {
            return PaidBack.of(Payback.of(
                    deviceBegins - device.medianNs, device.interval(), cpuBegins - cpu.medianNs, cpu.interval()));
        }
    }

    /**
     * Where one device in one regime overtakes the CPU.
     *
     * @param kind {@code crossover}
     * @param problem as it was asked for; its batch is replaced by each that was tried
     * @param threads of the CPU
     * @param overtakes {@code from}, {@code already_at_one}, {@code never}, {@code within_noise}, or {@code unknown} where
     *     no batch has rows of both sides that passed
     * @param text the same for people
     * @param fasterFrom the smallest measured batch from which on the device is faster; null for none
     * @param slowerAt the largest below it at which it is slower; null for none
     * @param noise first and last batch between these two at which the intervals overlap; empty for none
     * @param largest the largest batch at which both sides were measured; null where there is none
     * @param alsoFaster smaller batches at which it was faster, too
     * @param points every batch at which both sides were measured
     * @param troubles rows of this device, or of the CPU, that did not pass, with their status
     * @param remarks what else there is to know, such as what the time budget did not reach
     * @param directly the command that measures the named batch directly; null where there is none
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @JsonPropertyOrder({"schema", "kind", "run", "problem", "dtype", "backend", "device", "hardware", "regime", "threads"})
    record Overtaking(
            int schema, String kind, String run, String problem, String dtype, String backend, String device,
            String hardware, String regime, int threads, String overtakes, String text, Integer fasterFrom, Integer slowerAt,
            List<Integer> noise, Integer largest, List<Integer> alsoFaster, List<Point> points, List<String> troubles,
            List<String> remarks, String directly, Map<String, Object> env) implements CrossoverLine {
        /** The batch that the claim is about: where it overtakes, or the largest. */
        public Point named() {
            return at(fasterFrom == null ? largest : fasterFrom);
        }

        /** The point at one batch, or null. */
        public Point at(Integer batch) {
            return points.stream().filter(point -> batch != null && point.batch == batch).findFirst().orElse(null);
        }
    }

    /**
     * What handing convolutions to a device costs.
     *
     * @param kind {@code dispatch}
     * @param count convolutions in one timed execution
     * @param together one submission: time of one convolution of them; null where it was not timed, as the others below
     * @param apart a submission each
     * @param dispatchNs apart less together: what a submission and its wait cost a convolution
     * @param dispatchRangeNs the same at the far ends of the two intervals; where it holds 0, there is no difference to tell
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @JsonPropertyOrder({"schema", "kind", "run", "problem", "dtype", "backend", "device", "hardware", "algorithm", "count"})
    record Dispatch(
            int schema, String kind, String run, String problem, String dtype, String backend, String device,
            String hardware, String algorithm, int count, Submitted together, Submitted apart, Double dispatchNs,
            double[] dispatchRangeNs, Map<String, Object> env) implements CrossoverLine {}

    /**
     * Many convolutions in one grouping.
     *
     * @param reason why the status is not PASSED, or what else there is to know
     * @param medianNs time of one convolution: that of the execution over their number; null where it was not timed
     * @param firstNs the first execution, all of them together
     * @param proof what shows that the device did them
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Submitted(
            Status status, String reason, Double medianNs, @JsonProperty("ci95_ns") double[] ci95Ns, Long prepareNs,
            Long firstNs, String proof) {}
}
