package io.github.convgauge.jmh;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.PeakLoop;
import io.github.convgauge.cpu.CpuBackend;
import io.github.convgauge.measure.Interval;
import io.github.convgauge.measure.Slice;
import io.github.convgauge.measure.SliceSpec;
import io.github.convgauge.measure.Summary;
import io.github.convgauge.measure.WarmUp;
import io.github.convgauge.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Times one kernel by JMH and by our sampler, in turns and each time in a JVM of its own with the same flags, and the peak in this JVM between
 * them. JMH samples times of single executions, whose median and minimum the sampler reports too; a mean would differ from that by
 * whatever the machine does beside.
 */
final class Trial implements AutoCloseable {
    private static final int WARM_UPS = 3;
    private static final int ITERATIONS = 5;
    private static final TimeValue WARM_UP = TimeValue.seconds(1);
    private static final TimeValue ITERATION = TimeValue.milliseconds(300);
    private static final SliceSpec PROBE = new SliceSpec(TimeUnit.MILLISECONDS.toNanos(150), 1, TimeUnit.MILLISECONDS.toNanos(50));
    private static final long SEED = 42;
    private static final int PATIENCE_SECONDS = 300;

    private final Path folder;
    private final Figure figure;
    private final CpuBackend backend = new CpuBackend();
    private final PeakLoop peak;
    private int files;

    /** @param folder where JMH's results go, one of each fork */
    Trial(Path folder, DType dtype, Figure figure) {
        this.folder = folder;
        this.figure = figure;
        peak = backend.peak(Device.HOST_ID, dtype, 1).orElseThrow();
        WarmUp.run(peak, WarmUp.STANDARD_CAP_NANOS);
    }

    /**
     * One turn.
     *
     * @param jmhFirst who is first: in turns, so that what slows down steadily slows down both alike
     * @throws RunnerException if a fork of JMH fails, or its answer is wrong
     * @throws IOException if a JVM of the sampler does
     */
    Agreement.Turn turn(Subject subject, boolean jmhFirst) throws RunnerException, IOException, InterruptedException {
        double before = probe();
        Interval jmh = jmhFirst ? byJmh(subject) : null;
        SamplerMain.Sampled sampled = jmhFirst ? null : bySampler(subject);
        double between = probe();
        if (jmhFirst) {
            sampled = bySampler(subject);
        } else {
            jmh = byJmh(subject);
        }
        return new Agreement.Turn(List.of(before, between, probe()), jmhFirst, jmh, sampled.time(), sampled.settled());
    }

    /** In operations a nanosecond. */
    private double probe() {
        return peak.flops() / figure.of(Summary.of(Slice.take(peak, PROBE, Optional.empty()).nanos(), SEED));
    }

    private Interval byJmh(Subject subject) throws RunnerException {
        Path file = folder.resolve("agree-%03d.json".formatted(files++));
        BenchmarkResult fork = new Runner(Measurement.benchmark(subject)
                .mode(Mode.SampleTime)
                .forks(1)
                .warmupIterations(WARM_UPS).warmupTime(WARM_UP)
                .measurementIterations(ITERATIONS).measurementTime(ITERATION)
                .result(file.toString()).resultFormat(ResultFormatType.JSON).build())
                .runSingle().getBenchmarkResults().iterator().next();
        return figure.ofParts(
                fork.getPrimaryResult().getStatistics().getPercentile(figure.percentile()),
                fork.getIterationResults().stream().mapToDouble(i -> i.getPrimaryResult().getStatistics().getPercentile(figure.percentile())).toArray());
    }

    private SamplerMain.Sampled bySampler(Subject subject) throws IOException, InterruptedException {
        Path file = Files.createTempFile("convgauge", ".json");
        try {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(Measurement.JVM);
            command.addAll(List.of(
                    "-cp", System.getProperty("java.class.path"), SamplerMain.class.getName(),
                    subject.algorithm(), subject.dtype().label(), subject.problem().toString(), figure.label(), file.toString()));
            Process process = new ProcessBuilder(command).inheritIO().start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("the sampler's JVM overran its time of %d s with %s".formatted(PATIENCE_SECONDS, subject.name()));
            }
            if (process.exitValue() != 0) {
                throw new IOException("the sampler's JVM ended with exit status %d over %s".formatted(process.exitValue(), subject.name()));
            }
            return new ObjectMapper().readValue(file.toFile(), SamplerMain.Sampled.class);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    @Override
    public void close() {
        peak.close();
        backend.close();
    }
}
