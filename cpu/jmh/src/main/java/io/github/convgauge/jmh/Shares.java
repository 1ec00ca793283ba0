package io.github.convgauge.jmh;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.convgauge.conv.ConvProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds in the files of a {@link Measurement} what share of the peak each kernel reached. */
final class Shares {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Shares() {}

    /**
     * One of JMH's results: a kernel's, or the peak's, whose problem is empty.
     *
     * @param nanos of one operation
     * @param errorNanos half of JMH's 99.9 % interval; NaN from a single iteration
     */
    private record Timing(String algorithm, String dtype, Optional<ConvProblem> problem, double flops, double nanos, double errorNanos, boolean isLong) {
        double gflops() {
            return flops / nanos;
        }
    }

    /**
     * Judges each kernel by the mean rate of the peaks right before and right behind it, of its dtype.
     *
     * @throws IllegalArgumentException with one sentence, where a kernel has no floor or lacks a peak, and
     *     where a file is not one of JMH's results
     */
    static List<Verdict> judge(Path folder, List<Floor> floors) throws IOException {
        List<Timing> timings = new ArrayList<>();
        for (Path file : files(folder)) {
            timings.add(timing(file));
        }
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < timings.size(); i++) {
            Timing kernel = timings.get(i);
            if (kernel.problem.isEmpty()) {
                continue;
            }
            Floor floor = floor(kernel, floors);
            Timing before = peak(timings, i - 1, floor, "before");
            Timing behind = peak(timings, i + 1, floor, "behind");
            verdicts.add(Verdict.of(
                    floor, kernel.nanos, kernel.errorNanos, before.gflops(), behind.gflops(),
                    kernel.isLong && before.isLong && behind.isLong));
        }
        if (verdicts.isEmpty()) {
            throw new IllegalArgumentException("there are no results of kernels in " + folder);
        }
        return verdicts;
    }

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("there is no folder " + folder);
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> Measurement.RESULT.matcher(file.getFileName().toString()).matches()).sorted().toList();
        }
    }

    private static Floor floor(Timing kernel, List<Floor> floors) {
        ConvProblem problem = kernel.problem.orElseThrow();
        return floors.stream()
                .filter(floor -> floor.algorithm().equals(kernel.algorithm) && floor.dtype().equals(kernel.dtype) && floor.problem().equals(problem))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "%s (%s) has no floor; give it one in floors.txt".formatted(Floor.name(kernel.algorithm, kernel.dtype, problem), problem)));
    }

    private static Timing peak(List<Timing> timings, int index, Floor floor, String where) {
        if (index < 0 || index >= timings.size() || timings.get(index).problem.isPresent()
                || !timings.get(index).dtype.equals(floor.dtype())) {
            throw new IllegalArgumentException("there is no peak of %s right %s %s".formatted(floor.dtype(), where, floor.name()));
        }
        return timings.get(index);
    }

    private static Timing timing(Path file) throws IOException {
        try {
            JsonNode result = JSON.readTree(file.toFile()).path(0);
            JsonNode params = result.path("params");
            JsonNode metric = result.path("primaryMetric");
            String benchmark = result.path("benchmark").asText();
            boolean isPeak = benchmark.equals(PeakBenchmark.class.getName() + ".peak");
            if (!isPeak && !benchmark.equals(KernelBenchmark.class.getName() + ".kernel")) {
                throw new IllegalArgumentException("it names neither a kernel nor the peak");
            }
            Optional<ConvProblem> problem = isPeak ? Optional.empty() : Optional.of(ConvProblem.parse(params.path("problem").asText()));
            double flops = problem.map(ConvProblem::flops).orElseGet(() -> params.path("flops").asDouble());
            double nanos = metric.path("score").asDouble();
            if (!metric.path("scoreUnit").asText().equals("ns/op") || !(nanos > 0 && nanos < Double.POSITIVE_INFINITY && flops > 0)) {
                throw new IllegalArgumentException("it has no time in ns/op, or no operations");
            }
            return new Timing(
                    params.path("algorithm").asText(), params.path("dtype").asText(), problem, flops, nanos,
                    metric.path("scoreError").asDouble(Double.NaN),
                    result.path("warmupIterations").asInt() >= Measurement.WARM_UPS
                            && result.path("measurementIterations").asInt() >= Measurement.ITERATIONS);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " is no result of this suite: it is no JSON", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s is no result of this suite: %s".formatted(file, e.getMessage()), e);
        }
    }
}
