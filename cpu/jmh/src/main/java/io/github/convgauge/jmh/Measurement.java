package io.github.convgauge.jmh;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.cpu.CpuBackend;
import io.github.convgauge.measure.Environment;
import io.github.convgauge.tensor.DType;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * JMH's runs, each in JVMs of its own and with a file of its own in one folder: {@code 000-peak-f32.json},
 * {@code 001-direct_f32_r2-3.json}. The numbers are the order; a yardstick stands before and behind each subject.
 */
final class Measurement {
    /** JVMs that a result comes from: what one JIT compiler made of a kernel by chance, another does not. */
    static final int FORKS = 3;
    static final int WARM_UPS = 3;
    static final int ITERATIONS = 5;
    static final String ENVIRONMENT = "environment.json";

    /**
     * Direct memory is what tensors are made of; {@link Subject#refusal} looks at what the machine has. JMH reaches for sun.misc.Unsafe, which
     * the JVM would complain of in each fork.
     */
    static final List<String> JVM = List.of(
            "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch",
            "-XX:MaxDirectMemorySize=1024g", "--sun-misc-unsafe-memory-access=allow");

    private static final Pattern RESULT = Pattern.compile("([0-9]{3,9})-.*\\.json");
    /** File systems take 255 bytes; a problem's name may be longer. */
    private static final int LONGEST_NAME = 120;
    /** What a JVM takes to start and to prove its answer, beside its iterations. */
    private static final int FORK_SECONDS = 2;

    private final Path folder;
    private final boolean quick;
    private final int forks;
    private int runs;
    private int planned;

    /**
     * @param folder made if it is not there; what an earlier measurement left in it goes
     * @param quick one second each, too short to be judged
     * @param leftOut what was asked for and is not measured, with the reasons
     */
    Measurement(Path folder, boolean quick, int forks, Map<String, String> leftOut) throws IOException {
        this.folder = folder;
        this.quick = quick;
        this.forks = forks;
        Files.createDirectories(folder);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (isResult(file)) {
                    Files.delete(file);
                }
            }
        }
        Map<String, Object> about = about();
        if (!leftOut.isEmpty()) {
            about.put("left_out", leftOut);
        }
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(folder.resolve(ENVIRONMENT).toFile(), about);
    }

    /** When and where it is now. */
    static Map<String, Object> about() {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        about.put("env", Environment.capture().toMap());
        return about;
    }

    static boolean isResult(Path file) {
        return RESULT.matcher(file.getFileName().toString()).matches();
    }

    /** When a result was measured among the others of its folder. */
    static int number(Path file) {
        Matcher matcher = RESULT.matcher(file.getFileName().toString());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(file + " is no result");
        }
        return Integer.parseInt(matcher.group(1));
    }

    /**
     * Runs subjects, those of one yardstick after one another so that they share those between them.
     *
     * @throws RunnerException if a JVM fails or an answer is wrong
     */
    void run(List<Subject> subjects) throws RunnerException {
        Map<Yardstick, List<Subject>> groups = new LinkedHashMap<>();
        subjects.forEach(subject -> groups.computeIfAbsent(subject.yardstick(), yardstick -> new ArrayList<>()).add(subject));
        planned = groups.values().stream().mapToInt(group -> 2 * group.size() + 1).sum();
        say("%d benchmarks with their yardsticks, %d fork%s each: some %d minutes".formatted(
                planned, forks, forks == 1 ? "" : "s", Math.ceilDiv(planned * forks * forkSeconds(), 60)));
        tune(subjects);
        for (Map.Entry<Yardstick, List<Subject>> group : groups.entrySet()) {
            String yardstick = group.getKey().fileName();
            run(yardstick, benchmark(group.getKey()));
            for (Subject subject : group.getValue()) {
                run(subject.name(), benchmark(subject));
                run(yardstick, benchmark(group.getKey()));
            }
        }
    }

    private int forkSeconds() {
        return FORK_SECONDS + (quick ? 2 : WARM_UPS + ITERATIONS);
    }

    /**
     * Lays each kernel out once, so that whatever is chosen by timing is chosen before: all forks then have the same
     * kernel, and none is measured in a JVM that the tuner has warmed.
     */
    static void tune(List<Subject> subjects) {
        for (Subject subject : subjects) {
            if (subject.kind() == Subject.Kind.KERNEL) {
                try (KernelRun run = new KernelRun(subject)) {
                    run.execute();
                } catch (BackendUnavailableException | UnsupportedConvException e) {
                    throw new IllegalStateException("%s: %s".formatted(subject.name(), e.getMessage()), e);
                }
                System.gc(); // frees tensors, whose size the collector does not see
            }
        }
    }

    private static ChainedOptionsBuilder benchmark(Yardstick yardstick) {
        return switch (yardstick) {
            case Yardstick.Peak peak -> include(PeakBenchmark.class, "peak")
                    .param("dtype", peak.dtype().label()).param("flops", String.valueOf(peakFlops(peak.dtype())));
            case Yardstick.PlainCopy copy -> include(PlainCopyBenchmark.class, "copy").param("bytes", String.valueOf(copy.bytes()));
        };
    }

    /** What is benchmarked, and in which JVM; how long, and in how many, is the caller's to say. */
    static ChainedOptionsBuilder benchmark(Subject subject) {
        ChainedOptionsBuilder options = switch (subject.kind()) {
            case KERNEL -> include(KernelBenchmark.class, "kernel").param("algorithm", subject.algorithm());
            case COPY -> include(CopyBenchmark.class, "copy").param("pattern", subject.pattern().label());
            case GEMM -> include(GemmBenchmark.class, "gemm");
        };
        return options.param("dtype", subject.dtype().label()).param("problem", subject.problem().toString());
    }

    private static ChainedOptionsBuilder include(Class<?> benchmarks, String method) {
        return new OptionsBuilder()
                .include(Pattern.quote(benchmarks.getName() + "." + method) + "$")
                .jvmArgs(JVM.toArray(String[]::new))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
    }

    private void run(String name, ChainedOptionsBuilder options) throws RunnerException {
        say("%d of %d: %s".formatted(runs + 1, planned, name));
        Path file = folder.resolve("%03d-%s.json".formatted(runs++, fileName(name)));
        new Runner(options
                .forks(forks)
                .warmupIterations(quick ? 1 : WARM_UPS).warmupTime(TimeValue.seconds(1))
                .measurementIterations(quick ? 1 : ITERATIONS).measurementTime(TimeValue.seconds(1))
                .result(file.toString()).resultFormat(ResultFormatType.JSON).build()).runSingle();
    }

    private static String fileName(String name) {
        String plain = name.replaceAll("[^A-Za-z0-9+.-]", "_");
        return plain.substring(0, Math.min(plain.length(), LONGEST_NAME));
    }

    static void say(String what) {
        System.err.println("jmh: " + what);
    }

    private static double peakFlops(DType dtype) {
        try (CpuBackend backend = new CpuBackend()) {
            return backend.peak(Device.HOST_ID, dtype, 1).orElseThrow().flops();
        }
    }
}
