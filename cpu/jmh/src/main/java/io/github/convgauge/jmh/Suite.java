package io.github.convgauge.jmh;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What scripts/jmh runs: each kernel in a JVM of its own, the peak in others around it. */
@Command(
        name = "scripts/jmh", mixinStandardHelpOptions = true,
        description = "Measure the CPU kernels as shares of the peak, and hold them against their floors (cpu/jmh, floors.txt).",
        footer = "Exit status: 0 all reach their floors, or are not judged; 1 one does not; 2 bad input; 3 a kernel failed or was wrong.")
public final class Suite implements Callable<Integer> {
    private static final ObjectMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Parameters(arity = "0..1", paramLabel = "REGEX", description = "Only kernels in whose name it is found; --list has them.")
    private String regex;

    @Option(names = "--list", description = "Only list the kernels and their floors.")
    private boolean list;

    @Option(names = "--quick", description = "One short measurement each, which is not judged.")
    private boolean quick;

    @Option(names = "--judge", description = "Measure nothing; judge what an earlier run left in its folder.")
    private boolean judge;

    @Option(names = "--keep", description = "Write the shares to docs/results/jmh.json as well; needs all kernels, measured at length.")
    private boolean keep;

    @Option(names = "--out", paramLabel = "FOLDER", description = "Where the JSON files go; default: the project's target/jmh.")
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
        refuseCombinations();
        List<Floor> floors = floors();
        Path home = Path.of(System.getProperty("convgauge.home", ""));
        Path results = folder != null ? folder : home.resolve("target/jmh");
        if (list) {
            chosen(floors).forEach(floor -> System.out.printf("%s, floor %s%s%n", floor.name(), floor.share(), floor.origin()
                    .map(origin -> " (measured %s on %s, %s)".formatted(origin.share(), origin.date(), origin.machine()))
                    .orElse(" (no measurement on record)")));
            return 0;
        }
        if (!judge) {
            new Measurement(results, quick).run(chosen(floors));
        }
        List<Verdict> verdicts = Shares.judge(results, floors);
        System.out.println(Verdict.HEADER);
        verdicts.forEach(verdict -> System.out.println(verdict.line()));
        ObjectNode shares = shares(results, verdicts);
        JSON.writeValue(results.resolve("shares.json").toFile(), shares);
        System.out.println("JSON: " + results.resolve("shares.json") + ", and JMH's own beside it");
        if (!verdicts.stream().allMatch(Verdict::judged)) {
            System.out.println("the floors of kernels that were measured too shortly are not judged");
        }
        if (keep) {
            keep(shares, verdicts, floors, home.resolve("docs/results/jmh.json"));
        }
        return verdicts.stream().anyMatch(Verdict::isSpoiled) ? 1 : 0;
    }

    /** Before minutes are spent on what would be refused at their end. */
    private void refuseCombinations() {
        if (judge && (list || quick || regex != null)) {
            throw new IllegalArgumentException("--judge takes all that was measured; it goes without --list, --quick and REGEX");
        }
        if (keep && (list || quick || regex != null)) {
            throw new IllegalArgumentException("--keep needs all kernels, measured at length; it goes without --list, --quick and REGEX");
        }
    }

    private List<Floor> chosen(List<Floor> floors) {
        Pattern pattern;
        try {
            pattern = Pattern.compile(regex != null ? regex : "");
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("'" + regex + "' is no regular expression: " + e.getDescription(), e);
        }
        List<Floor> chosen = floors.stream().filter(floor -> pattern.matcher(floor.name()).find()).toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("no kernel matches '" + regex + "'; scripts/jmh --list has them");
        }
        return chosen;
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

    private static void keep(ObjectNode shares, List<Verdict> verdicts, List<Floor> floors, Path file) throws IOException {
        if (verdicts.size() != floors.size() || !verdicts.stream().allMatch(Verdict::judged)) {
            throw new IllegalArgumentException("--keep needs all kernels, measured at length; %d of %d were"
                    .formatted(verdicts.stream().filter(Verdict::judged).count(), floors.size()));
        }
        JSON.writeValue(file.toFile(), shares);
        System.out.println("kept: " + file);
    }
}
