package io.github.convgauge.jmh;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds in the files of a {@link Measurement} what share of its yardstick each subject reached. */
final class Shares {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Shares() {}

    /**
     * One of JMH's results: a subject's, or a yardstick's.
     *
     * @param subject null for a yardstick
     * @param yardstick which one was measured; null for a subject
     * @param amount operations or bytes of one execution
     */
    private record Timing(Subject subject, Yardstick yardstick, double amount, ForkTimes times, boolean isLong) {
        /** In the median fork. */
        double rate() {
            return amount / times.median();
        }
    }

    /**
     * Judges each subject by the mean rate of its yardsticks right before and right behind it.
     *
     * @throws IllegalArgumentException with one sentence, where a subject lacks a yardstick, and where a file is not one of
     *     this suite's results
     */
    static List<Verdict> judge(Path folder, List<Floor> floors) throws IOException {
        List<Timing> timings = new ArrayList<>();
        for (Path file : files(folder)) {
            timings.add(timing(file));
        }
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < timings.size(); i++) {
            Timing timing = timings.get(i);
            if (timing.subject == null) {
                continue;
            }
            Timing before = yardstick(timings, i - 1, timing.subject, "before");
            Timing behind = yardstick(timings, i + 1, timing.subject, "behind");
            verdicts.add(Verdict.of(
                    timing.subject, floors.stream().filter(floor -> floor.subject().isLike(timing.subject)).findFirst(), timing.times,
                    before.rate(), behind.rate(), timing.isLong && before.isLong && behind.isLong));
        }
        if (verdicts.isEmpty()) {
            throw new IllegalArgumentException("there are no results of kernels, copies or products in " + folder);
        }
        return verdicts;
    }

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("there is no folder " + folder);
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Measurement::isResult).sorted(Comparator.comparingInt(Measurement::number)).toList();
        }
    }

    private static Timing yardstick(List<Timing> timings, int index, Subject subject, String where) {
        if (index < 0 || index >= timings.size() || !subject.yardstick().equals(timings.get(index).yardstick)) {
            throw new IllegalArgumentException("there is no %s right %s %s".formatted(subject.yardstick(), where, subject.name()));
        }
        return timings.get(index);
    }

    private static Timing timing(Path file) throws IOException {
        try {
            JsonNode result = JSON.readTree(file.toFile()).path(0);
            JsonNode params = result.path("params");
            JsonNode metric = result.path("primaryMetric");
            String benchmark = result.path("benchmark").asText();
            Optional<Yardstick> yardstick = Yardstick.of(benchmark, params);
            Subject subject = yardstick.isPresent() ? null : subject(benchmark, params);
            double amount = yardstick.map(yard -> Yardstick.amount(yard, params)).orElseGet(() -> subject.amount());
            if (!metric.path("scoreUnit").asText().equals("ns/op") || !(amount > 0)) {
                throw new IllegalArgumentException("it has no time in ns/op, or no operations");
            }
            ForkTimes times = ForkTimes.of(metric.path("rawData"));
            return new Timing(
                    subject, yardstick.orElse(null), amount, times,
                    result.path("warmupIterations").asInt() >= Measurement.WARM_UPS
                            && result.path("measurementIterations").asInt() >= Measurement.ITERATIONS
                            && times.forks() >= Measurement.FORKS);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " is no result of this suite: it is no JSON", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s is no result of this suite: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static Subject subject(String benchmark, JsonNode params) {
        boolean kernel = benchmark.equals(KernelBenchmark.class.getName() + ".kernel");
        boolean copy = benchmark.equals(CopyBenchmark.class.getName() + ".copy");
        if (!kernel && !copy && !benchmark.equals(GemmBenchmark.class.getName() + ".gemm")) {
            throw new IllegalArgumentException("it names no kernel, copy or product, nor a yardstick of one");
        }
        DType dtype = DType.ofLabel(params.path("dtype").asText());
        ConvProblem problem = ConvProblem.parse(params.path("problem").asText());
        if (copy) {
            return Subject.copy(CopyRun.Pattern.ofLabel(params.path("pattern").asText()), dtype, problem);
        }
        return kernel ? new Subject(params.path("algorithm").asText(), dtype, problem) : Subject.gemm(dtype, problem);
    }
}
