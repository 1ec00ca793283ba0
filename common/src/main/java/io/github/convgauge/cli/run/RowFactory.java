package io.github.convgauge.cli.run;

import io.github.convgauge.check.Status;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.measure.Environment;
import io.github.convgauge.measure.Ratio;
import io.github.convgauge.measure.Summary;
import io.github.convgauge.report.ResultRow;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.worker.Reply;
import io.github.convgauge.worker.Worker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Makes result rows of what is known of entrants. */
final class RowFactory {
    /** Above this share over the threads that it was given, a row is said to have taken more. */
    private static final double TOO_MANY_CORES = 1.25;
    private static final String NOT_ALONE = "other jobs ran meanwhile, so the time of its first execution means nothing";

    private final Plan plan;
    private final Environment environment;
    private final String runId;
    private final boolean alone;

    RowFactory(Plan plan, Environment environment, String runId) {
        this(plan, environment, runId, true);
    }

    /** @param alone whether nothing else is executed meanwhile, so that times mean something */
    RowFactory(Plan plan, Environment environment, String runId, boolean alone) {
        this.plan = plan;
        this.environment = environment;
        this.runId = runId;
        this.alone = alone;
    }

    /** The group that a row belongs to. */
    record Heat(ConvProblem problem, DType dtype, int threads, CacheState cache) {
        /** The caller's alone, on devices: how many cores a driver takes is up to it. */
        int threads(Reply.DeviceInfo device) {
            return device.onHost() ? threads : 1;
        }
    }

    /**
     * Whom a row is compared with; any of them may be null.
     *
     * @param yardstick the yardstick's samples of the same rounds
     * @param twin the same algorithm, or the one whose kernels it launches, and regime of another backend on the same hardware
     * @param twinTiming its samples of the same rounds
     * @param peak those of the peak loop
     * @param peakFlops operations of one execution of the peak loop
     * @param copyGbytes billions of bytes that a copy on the device reads and writes in a second
     */
    record Rivals(Timing yardstick, Entrant twin, Timing twinTiming, Timing peak, double peakFlops, Double copyGbytes) {}

    /**
     * What only a row with times has.
     *
     * @param gflops by the median
     * @param bestGflops by the shortest time
     * @param peakGflops of the peak loop, by its median
     * @param peakBestGflops of the peak loop, by its shortest time
     */
    private record Rates(
            Double gflops, Double bestGflops, Double peakGflops, Double peakBestGflops, Double copyGbytes, Ratio vsYardstick, Entrant twin,
            Ratio vsTwin) {
        static final Rates NONE = new Rates(null, null, null, null, null, null, null, null);
    }

    /** A row that was not timed. */
    ResultRow untimed(Heat heat, Entrant entrant) {
        return row(heat, entrant, entrant.reason(), time(entrant, null), Rates.NONE, null);
    }

    /** A row with its times. */
    ResultRow timed(Heat heat, Entrant entrant, Timing timing, Rivals rivals) {
        if (timing.isEmpty() || !entrant.deservesTiming()) {
            return untimed(heat, entrant);
        }
        long seed = plan.data().seed();
        Summary own = timing.summary(seed);
        Summary peak = rivals.peak == null || rivals.peak.isEmpty() ? null : rivals.peak.summary(seed);
        List<String> remarks = new ArrayList<>();
        if (entrant.reason() != null) {
            remarks.add(entrant.reason());
        }
        if (!timing.settled()) {
            remarks.add(ResultRow.NEVER_SETTLED);
        }
        tooManyCores(timing.cores(), threads(heat, entrant)).ifPresent(remarks::add);
        return row(
                heat, entrant, remarks.isEmpty() ? null : String.join("; ", remarks), time(entrant, timing),
                new Rates(
                        heat.problem.flops() / own.medianNs(), heat.problem.flops() / own.minNs(),
                        peak == null ? null : rivals.peakFlops / peak.medianNs(), peak == null ? null : rivals.peakFlops / peak.minNs(),
                        rivals.copyGbytes, ratio(timing, rivals.yardstick), rivals.twin, ratio(timing, rivals.twinTiming)),
                entrant.stages());
    }

    private static Ratio ratio(Timing timing, Timing other) {
        return other == null ? null : Ratio.of(timing.rounds(), other.rounds());
    }

    private static Integer threads(Heat heat, Entrant entrant) {
        return entrant.isOnHost() ? heat.threads : null;
    }

    /** @param threads that it was given; null for a device, whose driver takes as many cores as it likes */
    static Optional<String> tooManyCores(Double cores, Integer threads) {
        return cores == null || threads == null || cores <= threads * TOO_MANY_CORES
                ? Optional.empty()
                : Optional.of(String.format(Locale.ROOT, "it took %.1f cores where it was given %d", cores, threads));
    }

    private ResultRow row(
            Heat heat, Entrant entrant, String reason, ResultRow.Time time, Rates rates, Map<String, Long> stages) {
        Map<String, Long> allStages = new LinkedHashMap<>();
        if (entrant.isOpen() && entrant.firstNanos() != null) {
            allStages.put("prepare", entrant.prepareNanos());
        }
        if (stages != null) {
            allStages.putAll(stages);
        }
        Long kernelNanos = stages == null ? null : entrant.kernelNanos();
        Long twinKernelNanos = rates.twin == null ? null : rates.twin.kernelNanos();
        return new ResultRow(
                ResultRow.SCHEMA,
                runId,
                heat.problem.toString(),
                heat.problem.name(),
                heat.dtype.label(),
                entrant.team().backend().name(),
                entrant.device() == null ? null : plan.devices().name(entrant.device()),
                entrant.device() == null ? null : entrant.device().hardware(),
                entrant.algorithmName(),
                threads(heat, entrant),
                entrant.regime(),
                entrant.output(),
                heat.cache.label(),
                entrant.device() == null || entrant.choice().variant().isEmpty() ? null : entrant.choice().variant(),
                entrant.device() == null ? null : entrant.choice().source().label(),
                entrant.status(),
                time == null ? reason : crowded(reason),
                RepeatCommand.of(plan, heat, entrant),
                entrant.agreement(),
                entrant.proof(),
                time,
                rates.gflops,
                percent(rates.gflops, rates.peakGflops),
                rates.peakGflops,
                percent(rates.bestGflops, rates.peakBestGflops),
                rates.peakBestGflops,
                rates.copyGbytes,
                median(rates.vsYardstick),
                quartiles(rates.vsYardstick),
                entrant.kernelsOf(),
                rates.twin == null ? null : rates.twin.team().backend().name(),
                median(rates.vsTwin),
                quartiles(rates.vsTwin),
                kernelNanos,
                kernelNanos == null ? null : percent(heat.problem.flops() / (double) kernelNanos, rates.peakGflops),
                kernelNanos == null || twinKernelNanos == null ? null : (double) kernelNanos / twinKernelNanos,
                allStages,
                env(entrant));
    }

    /** What there is to know, with what there is to know of its time. */
    private String crowded(String reason) {
        if (alone) {
            return reason;
        }
        return reason == null ? NOT_ALONE : reason + "; " + NOT_ALONE;
    }

    private static Double percent(Double gflops, Double peakGflops) {
        return gflops == null || peakGflops == null ? null : Double.valueOf(100 * gflops / peakGflops);
    }

    private static Double median(Ratio ratio) {
        return ratio == null ? null : Double.valueOf(ratio.median());
    }

    private static double[] quartiles(Ratio ratio) {
        return ratio == null ? null : new double[] {ratio.low(), ratio.high()};
    }

    private ResultRow.Time time(Entrant entrant, Timing timing) {
        if (entrant.firstNanos() == null) {
            return null;
        }
        if (timing == null) {
            return new ResultRow.Time(null, null, null, null, 0, 0, null, entrant.firstNanos(), null);
        }
        Summary summary = timing.summary(plan.data().seed());
        return new ResultRow.Time(
                summary.medianNs(), summary.iqrNs(), summary.minNs(),
                new double[] {summary.ci95LowNs(), summary.ci95HighNs()},
                summary.samples(), summary.outliers(), timing.settled(), entrant.firstNanos(), timing.cores());
    }

    private Map<String, Object> env(Entrant entrant) {
        Map<String, Object> env = new LinkedHashMap<>(environment.toMap());
        Reply.Welcome welcome = entrant.team().welcome();
        // The worker's, not those of the command line, whose collector it does not share either.
        env.remove("gc");
        env.put("jvm_flags", welcome == null
                ? List.of()
                : Worker.telling(welcome.jvmFlags(), entrant.team().backend().launch()));
        env.put("libraries", welcome == null ? Map.of() : welcome.versions());
        env.put("seed", plan.data().seed());
        env.put("fill", plan.data().xFile() == null ? plan.data().fill() : "file");
        return env;
    }

    /**
     * Whether a row makes the run fail: its status, a thing that was asked for and is not to be had,
     * or a row that the time budget did not reach.
     */
    boolean fails(ResultRow row) {
        boolean backendIsHere = !row.algorithm().equals(Entrant.ALL_ALGORITHMS);
        return row.status().alwaysFailsTheRun()
                || (row.status() == Status.UNSUPPORTED
                        && (plan.algorithmAsked() || plan.devices().isAsked() || plan.variants().asked().isPresent()))
                || (row.status() == Status.UNAVAILABLE && (backendIsHere || plan.askedBackends().contains(row.backend())));
    }
}
