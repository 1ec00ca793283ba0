package io.github.convgauge.jmh;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.measure.Interval;
import io.github.convgauge.tensor.DType;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code scripts/jmh agree}: whether JMH and our sampler give three kernels the same times. */
@Command(
        name = "agree", mixinStandardHelpOptions = true, sortOptions = false,
        description = {
            "Time three kernels by JMH and by the sampler of 'convgauge run', in turns, and compare the 95 %% intervals of their medians.",
            "Takes three minutes or more, and wants a quiet machine: a turn beside which the peak was slow does not count, and is taken"
                + " again. Where too few count in the end, it is not decided."},
        footer = "Exit status: 0 all three agree; 1 one does not; 2 bad input; 3 a kernel failed or was wrong; 4 none disagrees, but not all were decided.")
final class Agree implements Callable<Integer> {
    static final int DISAGREE = 1;
    static final int NOT_DECIDED = 4;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();
    private static final String FILE = "agree.json";
    private static final String KERNELS = "kernels";
    private static final String FIGURE = "figure";
    private static final String RESULTS = "agree-*.json";
    private static final int MOST_TURNS = 100;
    private static final String ROW = "%-12s %-5s %-10s %32s %32s %7s %7s %7s  %s";

    /** One vector of output channels; a 3×3 layer of a net; and the copy and the product, in one kernel. */
    private static final List<Subject> SUBJECTS = List.of(
            new Subject("direct", DType.F32, ConvProblem.parse("mb10ic8ih32oc16kh3n\"notebook\"")),
            new Subject("direct", DType.F32, ConvProblem.parse("ic128ih28oc128kh3ph1n\"r3-3\"")),
            new Subject("im2col+gemm", DType.F32, ConvProblem.parse("ic128ih28oc128kh3ph1n\"r3-3\"")));

    @Option(names = "--turns", paramLabel = "N", defaultValue = "15",
            description = "How many turns JMH and the sampler take at most over each kernel, until 6 or more count and the result is precise. Default: 15.")
    private int most;

    @Option(names = "--minimum",
            description = "Compare the shortest executions, which nothing disturbed, instead of the medians: for a machine that is never quiet.")
    private boolean minimum;

    @Option(names = "--judge", description = "Measure nothing; judge what an earlier run left in its folder.")
    private boolean judge;

    @Option(names = "--keep", description = "Write the result to docs/results/jmh-agree.json as well, if it is decided.")
    private boolean keep;

    @Option(names = "--out", paramLabel = "FOLDER", description = "Where the JSON files go; default: the project's target/jmh-agree.")
    private Path folder;

    @Spec
    private CommandSpec spec;

    /** What the file has of a kernel. */
    private record Tried(String algorithm, String dtype, String problem, List<Agreement.Turn> turns) {
        Subject subject() {
            return new Subject(algorithm, DType.ofLabel(dtype), ConvProblem.parse(problem));
        }
    }

    @Override
    public Integer call() throws Exception {
        if (most < Agreement.FEWEST || most > MOST_TURNS) {
            throw new IllegalArgumentException("--turns %d: from %d to %d are possible".formatted(most, Agreement.FEWEST, MOST_TURNS));
        }
        if (judge && minimum) {
            throw new IllegalArgumentException("--judge and --minimum exclude each other: what was compared is in the file");
        }
        PrintWriter out = spec.commandLine().getOut();
        Path results = folder != null ? folder : Suite.home().resolve("target/jmh-agree");
        Path file = results.resolve(FILE);
        if (!judge) {
            measure(results, file);
        }
        ObjectNode all = read(file);
        List<Agreement.Outcome> outcomes = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        Figure figure = figure(file, all);
        out.println("by the " + figure.label() + " of each JVM's samples");
        out.println(String.format(
                Locale.ROOT, ROW, "family", "dtype", "problem", "JMH, µs", "sampler, µs", "ratio", "turns", "peak %", "verdict"));
        for (JsonNode kernel : all.path(KERNELS)) {
            Tried tried = tried(file, kernel);
            Agreement agreement = Agreement.of(tried.turns, figure);
            outcomes.add(agreement.outcome());
            out.println(line(tried.subject(), agreement));
            if (!agreement.why().isEmpty()) {
                notes.add("%s: %s".formatted(tried.subject().name(), agreement.why()));
            }
            ((ObjectNode) kernel).set("agreement", JSON.valueToTree(agreement));
        }
        if (outcomes.size() < SUBJECTS.size()) {
            throw new IllegalArgumentException("%s has %d of %d kernels".formatted(file, outcomes.size(), SUBJECTS.size()));
        }
        notes.forEach(out::println);
        JSON.writeValue(file.toFile(), all);
        out.println("JSON: " + file);
        if (keep && status(outcomes) == NOT_DECIDED) {
            out.println("not kept, since it is not decided");
        } else if (keep) {
            Path kept = Suite.home().resolve("docs/results/jmh-agree.json");
            JSON.writeValue(kept.toFile(), all);
            out.println("kept: " + kept);
        }
        return status(outcomes);
    }

    /** One that disagrees counts more than one that is not decided. */
    static int status(List<Agreement.Outcome> outcomes) {
        if (outcomes.contains(Agreement.Outcome.DISAGREE)) {
            return DISAGREE;
        }
        return outcomes.isEmpty() || outcomes.contains(Agreement.Outcome.NOT_DECIDED) ? NOT_DECIDED : 0;
    }

    private void measure(Path results, Path file) throws Exception {
        Files.createDirectories(results);
        Files.deleteIfExists(file);
        try (DirectoryStream<Path> old = Files.newDirectoryStream(results, RESULTS)) {
            for (Path result : old) {
                Files.delete(result);
            }
        }
        Figure figure = minimum ? Figure.MINIMUM : Figure.MEDIAN;
        ObjectNode all = JSON.valueToTree(Measurement.about());
        all.put(FIGURE, figure.label());
        ArrayNode kernels = all.putArray(KERNELS);
        Measurement.tune(SUBJECTS);
        try (Trial trial = new Trial(results, DType.F32, figure)) {
            for (Subject subject : SUBJECTS) {
                List<Agreement.Turn> turns = new ArrayList<>();
                do {
                    Agreement.Turn turn = trial.turn(subject, turns.size() % 2 == 0);
                    turns.add(turn);
                    Measurement.say(String.format(
                            Locale.ROOT, "%s, turn %d of at most %d: JMH %.2f µs, sampler %.2f µs, peak %.1f to %.1f GFLOP/s", subject.name(),
                            turns.size(), most, turn.jmh().median() / 1e3, turn.sampler().median() / 1e3, turn.slowestPeak(), turn.fastestPeak()));
                } while (turns.size() < most && Agreement.of(turns, figure).outcome() == Agreement.Outcome.NOT_DECIDED);
                kernels.add(JSON.<JsonNode>valueToTree(
                        new Tried(subject.algorithm(), subject.dtype().label(), subject.problem().toString(), turns)));
            }
        }
        JSON.writeValue(file.toFile(), all);
    }

    private static ObjectNode read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("there is no " + file + "; 'scripts/jmh agree' makes it");
        }
        try {
            if (JSON.readTree(file.toFile()) instanceof ObjectNode all) {
                return all;
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " is no result of 'scripts/jmh agree': it is no JSON", e);
        }
        throw new IllegalArgumentException(file + " is no result of 'scripts/jmh agree': it holds no kernels");
    }

    private static Figure figure(Path file, ObjectNode all) {
        try {
            return Figure.ofLabel(all.path(FIGURE).asText());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s is no result of 'scripts/jmh agree': %s".formatted(file, e.getMessage()), e);
        }
    }

    private static Tried tried(Path file, JsonNode kernel) {
        try {
            ObjectNode raw = kernel.deepCopy();
            raw.remove("agreement");
            Tried tried = JSON.treeToValue(raw, Tried.class);
            if (Stream.of(tried.algorithm, tried.dtype, tried.problem, tried.turns).anyMatch(Objects::isNull)
                    || tried.turns.isEmpty() || tried.turns.stream().anyMatch(Objects::isNull)) {
                throw new IllegalArgumentException("a kernel has no algorithm, dtype, problem or turns");
            }
            tried.subject();
            return tried;
        } catch (JsonProcessingException | ClassCastException e) {
            Throwable cause = e.getCause() instanceof IllegalArgumentException ? e.getCause() : e;
            throw new IllegalArgumentException("%s is no result of 'scripts/jmh agree': %s".formatted(
                    file, cause.getMessage().lines().findFirst().orElse("")), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s is no result of 'scripts/jmh agree': %s".formatted(file, e.getMessage()), e);
        }
    }

    private static String line(Subject subject, Agreement agreement) {
        return String.format(
                Locale.ROOT, ROW, subject.family(), subject.dtype().label(), subject.problemName(), words(agreement.jmh()),
                words(agreement.sampler()), String.format(Locale.ROOT, "%.3f", agreement.ratio()),
                "%d/%d".formatted(agreement.counted(), agreement.turns()),
                String.format(Locale.ROOT, "%.1f", 100 * agreement.peakMoved()), agreement.outcome().label());
    }

    private static String words(Interval time) {
        return String.format(Locale.ROOT, "%.2f [%.2f, %.2f]", time.median() / 1e3, time.low() / 1e3, time.high() / 1e3);
    }
}
