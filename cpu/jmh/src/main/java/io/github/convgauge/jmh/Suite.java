package io.github.convgauge.jmh;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.convgauge.backend.Device;
import io.github.convgauge.cpu.CpuBackend;
import io.github.convgauge.tensor.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What scripts/jmh runs: each kernel in a JVM of its own, and the peak in another right behind it. */
@Command(
        name = "scripts/jmh", mixinStandardHelpOptions = true,
        description = "Measure the CPU kernels as shares of the peak, and hold them against their floors (cpu/jmh, floors.txt).",
        footer = "Exit status: 0 all reach their floors, 1 one does not, 2 bad input.")
public final class Suite implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "REGEX", defaultValue = ".", description = "Only kernels in whose name it is found; --list has them.")
    private String regex;

    @Option(names = "--list", description = "Only list the kernels and their floors.")
    private boolean list;

    @Option(names = "--quick", description = "One short measurement each, which is not judged.")
    private boolean quick;

    @Option(names = "--out", paramLabel = "FOLDER", defaultValue = "target/jmh", description = "Where the JSON files go; default: target/jmh.")
    private Path folder;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Suite())
                .setParameterExceptionHandler((e, words) -> {
                    System.err.println("jmh: " + e.getMessage());
                    return 2;
                })
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    System.err.println("jmh: " + e.getMessage());
                    return e instanceof IllegalArgumentException ? 2 : 3;
                })
                .execute(args));
    }

    /** The floors that come with the suite. */
    static List<Floor> floors() throws IOException {
        return Floor.parse(new String(Suite.class.getResourceAsStream("floors.txt").readAllBytes(), StandardCharsets.UTF_8));
    }

    @Override
    public Integer call() throws Exception {
        List<Floor> chosen = floors().stream().filter(floor -> pattern().matcher(floor.name()).find()).toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("no kernel matches '" + regex + "'; scripts/jmh --list has them");
        }
        if (list) {
            chosen.forEach(floor -> System.out.printf("%s, floor %s%n", floor.name(), floor.share()));
            return 0;
        }
        Files.createDirectories(folder);
        List<Verdict> verdicts = new ArrayList<>();
        for (Floor floor : chosen) {
            Result<?> kernel = run(floor, "kernel");
            Result<?> peak = run(floor, "peak");
            Verdict verdict = Verdict.of(
                    floor, kernel.getScore(), kernel.getScoreError(), peakFlops(floor) / peak.getScore(), !quick);
            verdicts.add(verdict);
            System.out.println(verdict.line());
        }
        JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build()
                .writeValue(folder.resolve("shares.json").toFile(), verdicts);
        System.out.println("JSON: " + folder.resolve("shares.json") + ", and JMH's own beside it");
        return verdicts.stream().anyMatch(Verdict::isSpoiled) ? 1 : 0;
    }

    private Pattern pattern() {
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("'" + regex + "' is no regular expression: " + e.getDescription(), e);
        }
    }

    private Result<?> run(Floor floor, String method) throws RunnerException {
        String file = (floor.name() + "-" + method).replaceAll("[^A-Za-z0-9+.-]", "_") + ".json";
        int seconds = quick ? 1 : 5;
        return new Runner(new OptionsBuilder()
                .include(Pattern.quote(KernelBenchmark.class.getName() + "." + method) + "$")
                .param("algorithm", floor.algorithm()).param("dtype", floor.dtype()).param("problem", floor.problem().toString())
                .forks(1)
                .jvmArgs("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch")
                .warmupIterations(quick ? 1 : 3).warmupTime(TimeValue.seconds(1))
                .measurementIterations(seconds).measurementTime(TimeValue.seconds(1))
                .shouldFailOnError(true)
                .result(folder.resolve(file).toString()).resultFormat(ResultFormatType.JSON)
                .verbosity(org.openjdk.jmh.runner.options.VerboseMode.SILENT)
                .build()).runSingle().getPrimaryResult();
    }

    private static double peakFlops(Floor floor) {
        try (CpuBackend backend = new CpuBackend()) {
            return backend.peak(Device.HOST_ID, DType.ofLabel(floor.dtype()), 1).orElseThrow().flops();
        }
    }
}
