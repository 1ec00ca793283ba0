package io.github.convgauge.jmh;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What scripts/jmh runs: each benchmark in JVMs of its own, its yardstick in others around it. */
@Command(
        name = "scripts/jmh", mixinStandardHelpOptions = true, sortOptions = false,
        description = {
            "Measure under JMH the CPU kernels and the matrix product as shares of the peak, and strided copies as shares of a plain one;"
                + " hold the kernels that have a floor against it (cpu/jmh, floors.txt).",
            "Without --problems, what has a floor is measured."},
        subcommands = Agree.class,
        footer = "Exit status: 0 all reach their floors, have none, or are not judged; 1 one does not; 2 bad input; 3 a kernel failed or was wrong.")
public final class Suite implements Callable<Integer> {
    private static final ObjectMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final int MOST_FORKS = 100;

    @Mixin
    private Choice choice;

    @Option(names = "--list", description = "Only list what would be measured, and the floors.")
    private boolean list;

    @Option(names = "--quick", description = "One short measurement each, which is not judged; in one fork.")
    private boolean quick;

    @Option(names = "--forks", paramLabel = "N",
            description = "JVMs that each result comes from; with fewer than 3 it is not judged. Default: 3, and 1 with --quick.")
    private Integer forks;

    @Option(names = "--judge", description = "Measure nothing; judge what an earlier run left in its folder.")
    private boolean judge;

    @Option(names = "--keep", description = "Write the shares to docs/results/jmh.json as well; needs all kernels, measured at length.")
    private boolean keep;

    @Option(names = "--out", paramLabel = "FOLDER", description = "Where the JSON files go; default: the project's target/jmh.")
    private Path folder;

    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        // ± and µ need UTF-8 even where the platform's output encoding is another.
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        int status = execute(args, out, new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        out.flush();
        System.exit(status);
    }

    /** Runs one command line, and returns its exit status. */
    static int execute(String[] args, PrintWriter out, PrintWriter err) {
        return new CommandLine(new Suite())
                .setOut(out)
                .setErr(err)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler((e, words) -> {
                    err.println("jmh: " + e.getMessage());
                    return 2;
                })
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    err.println("jmh: " + e.getMessage());
                    return e instanceof IllegalArgumentException ? 2 : 3;
                })
                .execute(args);
    }

    /** The floors that come with the suite. */
    static List<Floor> floors() throws IOException {
        return Floor.parse(new String(Suite.class.getResourceAsStream("floors.txt").readAllBytes(), StandardCharsets.UTF_8));
    }

    /** The project's folder. */
    static Path home() {
        return Path.of(System.getProperty("convgauge.home", ""));
    }

    @Override
    public Integer call() throws Exception {
        refuseCombinations();
        List<Floor> floors = floors();
        Path results = folder != null ? folder : home().resolve("target/jmh");
        if (list || !judge) {
            Choice.Chosen chosen = choice.of(floors);
            if (list) {
                list(chosen, floors);
                return 0;
            }
            chosen.leftOut().forEach((name, why) -> Measurement.say("left out: %s: %s".formatted(name, why)));
            new Measurement(results, quick, forks != null ? forks : quick ? 1 : Measurement.FORKS, chosen.leftOut()).run(chosen.subjects());
        }
        List<Verdict> verdicts = Shares.judge(results, floors);
        Verdict.lines(verdicts).forEach(out()::println);
        ObjectNode shares = shares(results, verdicts);
        JSON.writeValue(results.resolve("shares.json").toFile(), shares);
        out().println("JSON: " + results.resolve("shares.json") + ", and JMH's own beside it");
        if (verdicts.stream().anyMatch(verdict -> verdict.floor() != null && !verdict.judged())) {
            out().println("the floors of kernels that were measured too shortly, or in fewer than %d forks, are not judged"
                    .formatted(Measurement.FORKS));
        }
        if (keep) {
            keep(shares, verdicts, floors, home().resolve("docs/results/jmh.json"));
        }
        return verdicts.stream().anyMatch(Verdict::isSpoiled) ? 1 : 0;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Before minutes are spent on what would be refused at their end. */
    private void refuseCombinations() {
        if (judge && (list || quick || forks != null || choice.isNarrowed())) {
            throw new IllegalArgumentException("--judge takes all that was measured; it goes with --keep and --out only");
        }
        if (keep && (list || quick || choice.isNarrowed() || forks != null && forks < Measurement.FORKS)) {
            throw new IllegalArgumentException("--keep needs all kernels, measured at length; it goes with --judge, --out and --forks from %d on only"
                    .formatted(Measurement.FORKS));
        }
        if (forks != null && (forks < 1 || forks > MOST_FORKS)) {
            throw new IllegalArgumentException("--forks %d: from 1 to %d are possible".formatted(forks, MOST_FORKS));
        }
    }

    private void list(Choice.Chosen chosen, List<Floor> floors) {
        chosen.subjects().forEach(subject -> out().println(subject.name() + floors.stream()
                .filter(floor -> floor.subject().isLike(subject))
                .findFirst()
                .map(floor -> ", floor %s%s".formatted(floor.share(), floor.origin()
                        .map(origin -> " (measured %s on %s, %s)".formatted(origin.share(), origin.date(), origin.machine()))
                        .orElse(" (no measurement on record)")))
                .orElse(", no floor")));
        chosen.leftOut().forEach((name, why) -> out().println("left out: %s: %s".formatted(name, why)));
    }

    /** The verdicts with when and where they were measured, which may not be now and here. */
    private static ObjectNode shares(Path results, List<Verdict> verdicts) throws IOException {
        Path about = results.resolve(Measurement.ENVIRONMENT);
        if (!Files.isRegularFile(about) || !(JSON.readTree(about.toFile()) instanceof ObjectNode shares)) {
            throw new IllegalArgumentException("there is no " + about + ", which says when and where its results were measured");
        }
        shares.set("kernels", JSON.<JsonNode>valueToTree(verdicts));
        return shares;
    }

    private void keep(ObjectNode shares, List<Verdict> verdicts, List<Floor> floors, Path file) throws IOException {
        long judged = verdicts.stream().filter(Verdict::judged).count();
        if (judged != floors.size() || verdicts.size() != floors.size()) {
            throw new IllegalArgumentException("--keep needs all kernels, measured at length; %d of %d were".formatted(judged, floors.size()));
        }
        JSON.writeValue(file.toFile(), shares);
        out().println("kept: " + file);
    }
}
