package io.github.convgauge.cli.run;

import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.check.Fill;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.ProblemSet;
import io.github.convgauge.measure.Environment;
import io.github.convgauge.report.JsonLines;
import io.github.convgauge.report.OutputFolder;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.worker.BackendFolder;
import io.github.convgauge.worker.DataSource;
import io.github.convgauge.worker.DimensionOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The options of {@code run}, and the plan that they make once they are all checked. */
final class RunOptions {
    @Option(names = "--problem", paramLabel = "P[,P...]",
            description = "Problems in benchdnn's syntax; default: the notebook's, mb10ih32iw32ic8oc16kh3kw3.")
    private String problem;

    @Option(names = "--problems", paramLabel = "FILE", description = "A file with one problem a line; # starts a comment.")
    private Path problems;

    @Option(names = "--dtype", paramLabel = "f32,f64", defaultValue = "f64,f32", description = "Default: f64,f32.")
    private String dtypes;

    @Option(names = "--algorithm", paramLabel = "REGEX", description = "Only algorithms in whose name REGEX is found.")
    private String algorithm;

    @Option(names = "--backend", paramLabel = "NAMES", description = "Only these backends; 'convgauge devices' lists them.")
    private String backends;

    @Option(names = "--device", paramLabel = "REGEX",
            description = "Only devices in whose name, id or platform REGEX is found; 'convgauge devices' lists them.")
    private String device;

    @Option(names = "--regime", paramLabel = "NAMES",
            description = "Only these regimes: eager, prepared (CPU); resident, weights_resident, end_to_end (devices).")
    private String regimes;

    @Option(names = "--output", paramLabel = "reused,fresh",
            description = "Only results written to one buffer (reused), or to one of its own at each execution (fresh).")
    private String outputs;

    @Option(names = "--threads", paramLabel = "N[,N...]", defaultValue = "1",
            description = "CPU threads; default: 1. Devices take none, and are run once.")
    private String threads;

    @Option(names = "--cache", paramLabel = "hot|cold|both", defaultValue = "hot",
            description = "What the caches hold when an execution begins; default: hot. Devices are run hot only.")
    private String cache;

    @Option(names = "--fill", paramLabel = "uniform|normal|integer", defaultValue = "uniform",
            description = "The data: in [0, 1), standard normal, or small integers; default: uniform.")
    private String fill;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "42", description = "Of data and order; default: 42.")
    private String seed;

    @Option(names = "--x", paramLabel = "FILE.npy", description = "Your own input, with --w.")
    private Path x;

    @Option(names = "--w", paramLabel = "FILE.npy", description = "Your own weights, with --x.")
    private Path w;

    @Option(names = "--layout", paramLabel = "nhwc|nchw", defaultValue = "nhwc",
            description = "Order of --x, --w and saved arrays: x NHWC and w K,K,Cin,Cout (default), or x NCHW and w Cout,Cin,K,K.")
    private String layout;

    @Option(names = "--save", paramLabel = "DIR", description = "Write x.npy, w.npy and each row's y-<backend>-<algorithm>-<dtype>.npy.")
    private Path save;

    @Option(names = "--keep-kernels", paramLabel = "DIR",
            description = "Write the device kernels of each row, as they were compiled and launched, into a folder of its own in DIR.")
    private Path keepKernels;

    @Option(names = "--untuned",
            description = "Leave out what 'convgauge tune' found: each row runs its backend's default.")
    private boolean untuned;

    @Option(names = "--tuning-cache", paramLabel = "FILE",
            description = "What 'convgauge tune --cache FILE' found; default: ~/.cache/convgauge/device-kernels.json.")
    private Path tuningCache;

    @Option(names = "--variant", paramLabel = "WORDS",
            description = "Run each row in this variant of its kernels, as 'convgauge tune' prints them: 'lanes=16 pixels=7 group=1x64'.")
    private String variant;

    @Option(names = "--json", paramLabel = "FILE", description = "Where the JSON lines go; default: convgauge-results/<time>.jsonl.")
    private Path json;

    @Option(names = "--quick",
            description = "Fewer samples and shorter warm-up; of device rows only 'resident', unless --regime says otherwise,"
                    + " and of outputs the first that an algorithm has, unless --output does.")
    private boolean quick;

    @Option(names = "--check-only", description = "Only check the answers; time nothing but the first execution.")
    private boolean checkOnly;

    @Option(names = "--time-budget", paramLabel = "TIME", description = "For the whole run: 90s, 5m, 1h.")
    private String timeBudget;

    /**
     * Checks everything before anything is started or written.
     *
     * @param warnings where the run says what it leaves out
     * @throws InputException with one sentence for the user
     */
    Plan plan(Environment environment, String runId, Consumer<String> warnings) throws IOException {
        requireNames();
        return plan(environment, runId, warnings, parseProblems(data()));
    }

    /**
     * The same for many problems.
     *
     * @param sets problems besides those of the options; one that is there twice counts once
     */
    Plan sweepPlan(Environment environment, String runId, Consumer<String> warnings, List<ConvProblem> sets) throws IOException {
        requireNames();
        if (x != null || w != null) {
            throw new InputException("--x and --w are one problem, which is for 'convgauge run' and not for a sweep");
        }
        if (save != null || keepKernels != null) {
            throw new InputException("%s is for 'convgauge run': a sweep keeps rows only".formatted(save != null ? "--save" : "--keep-kernels"));
        }
        Set<ConvProblem> all = new LinkedHashSet<>(sets);
        if (problem != null || problems != null) {
            all.addAll(OptionValues.problems(problem, problems));
        }
        if (all.isEmpty()) {
            throw new InputException("there is nothing to sweep over; name a set (%s), --problems FILE or --problem P".formatted(ProblemSet.labels()));
        }
        return plan(environment, runId, warnings, List.copyOf(all));
    }

    private Plan plan(Environment environment, String runId, Consumer<String> warnings, List<ConvProblem> parsed) throws IOException {
        DeviceFilter devices = new DeviceFilter(device, environment.cpu());
        List<BackendFolder> all = BackendFolder.findAll(BackendHome.backends());
        Set<String> asked = OptionValues.backendNames(backends, all);
        List<BackendFolder> chosen = all.stream().filter(b -> asked.isEmpty() || asked.contains(b.name())).toList();
        DataSource data = data();
        List<DType> types = OptionValues.dtypes(dtypes);
        parsed.forEach(p -> OptionValues.requireMemory(p, types, chosen.size(), environment));
        parsed.forEach(p -> types.forEach(type -> OptionValues.requireBound(p, type)));
        Plan plan = new Plan(
                parsed, types, OptionValues.algorithms(algorithm), algorithm != null,
                regimes == null ? List.of() : OptionValues.words("--regime", regimes).stream().map(r -> OptionValues.asked(() -> Regime.ofLabel(r))).toList(),
                outputs == null ? List.of() : OptionValues.words("--output", outputs).stream().map(o -> OptionValues.asked(() -> Output.ofLabel(o))).toList(),
                devices, chosen, asked, all, threadCounts(), CacheState.ofLabel(cache), data, quick, checkOnly,
                OptionValues.budget(timeBudget), variants(warnings), json != null ? json : Path.of("convgauge-results", runId + ".jsonl"), Optional.ofNullable(save),
                Optional.ofNullable(keepKernels).map(KeptKernels::new));
        requireSavable();
        requireWritable(keepKernels);
        requireOwnJson();
        return plan;
    }

    private DataSource data() {
        DimensionOrder order = OptionValues.asked(() -> DimensionOrder.ofLabel(layout));
        Fill kind = OptionValues.asked(() -> Fill.ofLabel(fill));
        long number = OptionValues.number("--seed", seed);
        if ((x == null) != (w == null)) {
            throw new InputException("--x and --w belong together; %s is missing".formatted(x == null ? "--x" : "--w"));
        }
        return x == null
                ? new DataSource(kind.label(), number, null, null, order)
                : new DataSource(kind.label(), number, x.toAbsolutePath().toString(), w.toAbsolutePath().toString(), order);
    }

    private List<ConvProblem> parseProblems(DataSource data) throws IOException {
        if (data.xFile() != null && problem != null && problems != null) {
            throw new InputException("--problem and --problems exclude each other");
        }
        if (data.xFile() != null) {
            if (problems != null) {
                throw new InputException("--x and --w are one problem; --problems does not go with them");
            }
            return List.of(OperandFiles.problem(x, w, data.order(), problem));
        }
        return OptionValues.problems(problem, problems);
    }

    private VariantChoice variants(Consumer<String> warnings) {
        if (variant != null && (untuned || tuningCache != null)) {
            throw new InputException("--variant names what is run, so %s does not go with it".formatted(
                    untuned ? "--untuned" : "--tuning-cache"));
        }
        if (untuned && tuningCache != null) {
            throw new InputException("--untuned and --tuning-cache exclude each other");
        }
        if (variant != null && variant.isBlank()) {
            throw new InputException("--variant is empty; it takes words such as 'lanes=16 pixels=7 group=1x64'");
        }
        return new VariantChoice(
                Optional.ofNullable(variant).map(String::strip),
                variant != null || untuned
                        ? Optional.empty()
                        : Optional.of(new KernelCache(tuningCache == null ? KernelCache.ofUser() : tuningCache, warnings)));
    }

    private List<Integer> threadCounts() {
        List<Integer> counts = new ArrayList<>();
        for (String word : OptionValues.words("--threads", threads)) {
            long count = OptionValues.number("--threads", word);
            if (count < 1 || count > 4096) {
                throw new InputException("--threads %d: a count from 1 to 4096 is needed".formatted(count));
            }
            if (!counts.contains((int) count)) {
                counts.add((int) count);
            }
        }
        return counts;
    }

    /**
     * Opens the results file, of which nothing is on disk before the first row.
     *
     * @throws InputException if it cannot be written
     */
    JsonLines openJson(Plan plan) {
        requireJsonFolder();
        try {
            return JsonLines.to(plan.json());
        } catch (IOException e) {
            throw new InputException("cannot write %s: %s".formatted(plan.json(), FileTrouble.describe(e)));
        }
    }

    /** A folder that the user names has to be there; the default one comes with the first row. */
    void requireJsonFolder() {
        if (json != null && !Files.exists(json.toAbsolutePath().getParent())) {
            throw new InputException("cannot write %s: there is no folder %s".formatted(json, json.toAbsolutePath().getParent()));
        }
    }

    /** Whether the user says where rows go. */
    boolean namesJson() {
        return json != null;
    }

    private void requireSavable() throws IOException {
        if (save == null) {
            return;
        }
        requireWritable(save);
        for (Path input : x == null ? List.<Path>of() : List.of(x, w)) {
            String name = input.getFileName().toString();
            boolean namedAsOutput = name.equals("x.npy") || name.equals("w.npy") || name.startsWith("y-");
            Path folder = input.toAbsolutePath().getParent();
            if (namedAsOutput && Files.exists(save) && Files.isSameFile(folder, save)) {
                throw new InputException("--save %s would replace %s, which the run reads".formatted(save, input));
            }
        }
    }

    private static void requireWritable(Path folder) {
        try {
            if (folder != null) {
                OutputFolder.requireWritable(folder);
            }
        } catch (IOException e) {
            throw new InputException("cannot write to %s: %s".formatted(folder, FileTrouble.describe(e)));
        }
    }

    /** Results must not take the place of what the run reads. */
    private void requireOwnJson() throws IOException {
        for (Path input : Stream.of(problems, x, w).filter(Objects::nonNull).toList()) {
            if (json != null && Files.exists(json) && Files.isSameFile(json, input)) {
                throw new InputException("--json %s would replace what the run reads".formatted(json));
            }
        }
    }

    private void requireNames() {
        Map<String, Path> paths = new LinkedHashMap<>();
        paths.put("--problems", problems);
        paths.put("--x", x);
        paths.put("--w", w);
        paths.put("--json", json);
        paths.put("--save", save);
        paths.put("--keep-kernels", keepKernels);
        paths.put("--tuning-cache", tuningCache);
        paths.forEach(OptionValues::requireName);
    }
}
