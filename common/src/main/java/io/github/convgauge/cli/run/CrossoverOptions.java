package io.github.convgauge.cli.run;

import io.github.convgauge.backend.Regime;
import io.github.convgauge.check.Fill;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.ProblemFile;
import io.github.convgauge.measure.Environment;
import io.github.convgauge.report.JsonLines;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.worker.BackendFolder;
import io.github.convgauge.worker.DataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** The options of {@code crossover}, and the plan that they make once they are all checked. */
final class CrossoverOptions {
    private static final int MOST_THREADS = 4096;
    private static final int MOST_CONVOLUTIONS = 4096;
    private static final int LARGEST_BATCH = 1 << 20;

    @Option(names = "--problem", paramLabel = "P",
            description = "One problem in benchdnn's syntax, whose batch is replaced by each that is tried; default: the notebook's.")
    private String problem = OptionValues.NOTEBOOK;

    @Option(names = "--dtype", paramLabel = "f32,f64", defaultValue = "f32", description = "Default: f32.")
    private String dtypes;

    @Option(names = "--backend", paramLabel = "NAMES",
            description = "Only these backends, of which one at least runs on the CPU and one on a device.")
    private String backends;

    @Option(names = "--device", paramLabel = "REGEX",
            description = "Only devices in whose name, id or platform REGEX is found; the CPU they are compared with is always there.")
    private String device;

    @Option(names = "--algorithm", paramLabel = "REGEX",
            description = "Of devices only algorithms in whose name REGEX is found; of the CPU the best one always.")
    private String algorithm;

    @Option(names = "--regime", paramLabel = "NAMES",
            description = "Of devices only these regimes: resident, weights_resident, end_to_end; default: all three.")
    private String regimes;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1", description = "CPU threads; default: 1.")
    private String threads;

    @Option(names = "--max-batch", paramLabel = "N", defaultValue = "1024", description = "The largest batch to try; default: 1024.")
    private String maxBatch;

    @Option(names = "--counts", paramLabel = "N[,N...]", defaultValue = "1,8,64",
            description = "How many convolutions to hand over at once, for the dispatch cost; default: 1,8,64.")
    private String counts;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "42", description = "Of data and order; default: 42.")
    private String seed;

    @Option(names = "--json", paramLabel = "FILE",
            description = "Where the JSON lines go; default: convgauge-results/crossover-<time>.jsonl.")
    private Path json;

    @Option(names = "--time-budget", paramLabel = "TIME", defaultValue = "10m", description = "For the whole search: 90s, 5m, 1h; default: 10m.")
    private String timeBudget;

    /**
     * Checks everything before anything is started or written.
     *
     * @throws InputException with one sentence for the user
     */
    CrossoverPlan plan(Environment environment, String runId) throws IOException {
        OptionValues.requireName("--json", json);
        List<BackendFolder> all = BackendFolder.findAll(BackendHome.backends());
        Set<String> asked = OptionValues.backendNames(backends, all);
        List<BackendFolder> chosen = all.stream().filter(b -> asked.isEmpty() || asked.contains(b.name())).toList();
        List<String> problems = ProblemFile.split(problem);
        if (problems.size() != 1) {
            throw new InputException("crossover takes one problem, and --problem has %d".formatted(problems.size()));
        }
        ConvProblem parsed = OptionValues.asked(() -> ConvProblem.parse(problem));
        List<DType> types = OptionValues.dtypes(dtypes);
        types.forEach(type -> OptionValues.requireBound(parsed, type));
        OptionValues.requireMemory(parsed.withBatch(1), types, chosen.size(), environment);
        return new CrossoverPlan(
                parsed, types, chosen, asked, new DeviceFilter(device, environment.cpu()),
                OptionValues.algorithms(algorithm), algorithm != null, regimes(),
                within("--threads", threads, MOST_THREADS), within("--max-batch", maxBatch, LARGEST_BATCH),
                OptionValues.words("--counts", counts).stream()
                        .map(count -> within("--counts", count, MOST_CONVOLUTIONS)).distinct().sorted().toList(),
                DataSource.ofSeed(Fill.UNIFORM, OptionValues.number("--seed", seed)), OptionValues.budget(timeBudget).orElseThrow(),
                json != null ? json : Path.of("convgauge-results", "crossover-" + runId + ".jsonl"));
    }

    private List<Regime> regimes() {
        List<Regime> ofDevices = List.of(Regime.ofDevices());
        if (regimes == null) {
            return ofDevices;
        }
        List<Regime> asked = OptionValues.words("--regime", regimes).stream()
                .map(label -> OptionValues.asked(() -> Regime.ofLabel(label))).distinct().toList();
        for (Regime regime : asked) {
            if (!ofDevices.contains(regime)) {
                throw new InputException(("--regime %s is one of the CPU, whose best is always compared with; devices have %s")
                        .formatted(regime.label(), String.join(", ", Arrays.stream(Regime.ofDevices()).map(Regime::label).toList())));
            }
        }
        return asked;
    }

    private static int within(String option, String text, int most) {
        long value = OptionValues.number(option, text);
        if (value < 1 || value > most) {
            throw new InputException("%s %d: a number from 1 to %d is needed".formatted(option, value, most));
        }
        return (int) value;
    }

    /**
     * Opens the results file, of which nothing is on disk before the first line.
     *
     * @throws InputException if it cannot be written
     */
    JsonLines openJson(CrossoverPlan plan) {
        if (json != null && !Files.exists(json.toAbsolutePath().getParent())) {
            throw new InputException("cannot write %s: there is no folder %s".formatted(json, json.toAbsolutePath().getParent()));
        }
        try {
            return JsonLines.to(plan.json());
        } catch (IOException e) {
            throw new InputException("cannot write %s: %s".formatted(plan.json(), FileTrouble.describe(e)));
        }
    }
}
