package io.github.convgauge.jmh;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.convgauge.backend.Device;
import io.github.convgauge.cpu.CpuBackend;
import io.github.convgauge.measure.Environment;
import io.github.convgauge.tensor.DType;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * JMH's runs, each in a JVM of its own and with a file of its own in one folder: {@code 000-peak-f32.json},
 * {@code 001-direct_f32_r2-3.json}. The numbers are the order; a peak stands before and behind each kernel.
 */
final class Measurement {
    static final int WARM_UPS = 3;
    static final int ITERATIONS = 5;
    static final String ENVIRONMENT = "environment.json";
    static final Pattern RESULT = Pattern.compile("[0-9]{3}-.*\\.json");

    private static final List<String> JVM = List.of(
            "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch");

    private final Path folder;
    private final boolean quick;
    private int runs;

    /**
     * @param folder made if it is not there; what an earlier measurement left in it goes
     * @param quick one second each, too short to be judged
     */
    Measurement(Path folder, boolean quick) throws IOException {
        this.folder = folder;
        this.quick = quick;
        Files.createDirectories(folder);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (RESULT.matcher(file.getFileName().toString()).matches()) {
                    Files.delete(file);
                }
            }
        }
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        about.put("env", Environment.capture().toMap());
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(folder.resolve(ENVIRONMENT).toFile(), about);
    }

    /**
     * Runs kernels, those of one dtype after one another so that they share the peaks between them.
     *
     * @throws RunnerException if a JVM fails or a kernel's answer is wrong
     */
    void run(List<Floor> floors) throws RunnerException {
        for (String dtype : floors.stream().map(Floor::dtype).distinct().toList()) {
            String flops = String.valueOf(peakFlops(dtype));
            runPeak(dtype, flops);
            for (Floor floor : floors.stream().filter(candidate -> candidate.dtype().equals(dtype)).toList()) {
                run(floor.name(), options(KernelBenchmark.class, "kernel")
                        .param("algorithm", floor.algorithm()).param("dtype", dtype).param("problem", floor.problem().toString()));
                runPeak(dtype, flops);
            }
        }
    }

    private void runPeak(String dtype, String flops) throws RunnerException {
        run("peak-" + dtype, options(PeakBenchmark.class, "peak").param("dtype", dtype).param("flops", flops));
    }

    private ChainedOptionsBuilder options(Class<?> benchmarks, String method) {
        return new OptionsBuilder()
                .include(Pattern.quote(benchmarks.getName() + "." + method) + "$")
                .forks(1)
                .jvmArgs(JVM.toArray(String[]::new))
                .warmupIterations(quick ? 1 : WARM_UPS).warmupTime(TimeValue.seconds(1))
                .measurementIterations(quick ? 1 : ITERATIONS).measurementTime(TimeValue.seconds(1))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
    }

    private void run(String name, ChainedOptionsBuilder options) throws RunnerException {
        String file = "%03d-%s.json".formatted(runs++, name.replaceAll("[^A-Za-z0-9+.-]", "_"));
        new Runner(options.result(folder.resolve(file).toString()).resultFormat(ResultFormatType.JSON).build()).runSingle();
    }

    private static double peakFlops(String dtype) {
        try (CpuBackend backend = new CpuBackend()) {
            return backend.peak(Device.HOST_ID, DType.ofLabel(dtype), 1).orElseThrow().flops();
        }
    }
}
