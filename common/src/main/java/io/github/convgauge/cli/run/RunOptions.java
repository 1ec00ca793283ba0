package io.github.convgauge.cli.run;

import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.check.Fill;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.measure.Environment;
import io.github.convgauge.report.JsonLines;
import io.github.convgauge.report.OutputFolder;
import io.github.convgauge.report.Units;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.worker.BackendFolder;
import io.github.convgauge.worker.DataSource;
import io.github.convgauge.worker.DimensionOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The options of {@code run}, and the plan that they make once they are all checked. */
final class RunOptions {
    static final String NOTEBOOK = "mb10ih32iw32ic8oc16kh3kw3n\"notebook\"";
    private static final Pattern BUDGET = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ms|s|m|h)?");

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
     * @throws InputException with one sentence for the user
     */
    Plan plan(Environment environment, String runId) throws IOException {
        requireNames();
        DeviceFilter devices = new DeviceFilter(device, environment.cpu());
        List<BackendFolder> all = BackendFolder.findAll(BackendHome.backends());
        Set<String> asked = backends == null ? Set.of() : new LinkedHashSet<>(words("--backend", backends));
        List<BackendFolder> chosen = chosen(asked, all);
        DataSource data = data();
        List<ConvProblem> parsed = parseProblems(data);
        List<DType> types = words("--dtype", dtypes).stream().map(RunOptions::dtype).distinct().toList();
        parsed.forEach(p -> requireMemory(p, types, chosen.size(), environment));
        parsed.forEach(p -> types.forEach(type -> requireBound(p, type)));
        Plan plan = new Plan(
                parsed, types, regex(), algorithm != null,
                regimes == null ? List.of() : words("--regime", regimes).stream().map(r -> asked(() -> Regime.ofLabel(r))).toList(),
                outputs == null ? List.of() : words("--output", outputs).stream().map(o -> asked(() -> Output.ofLabel(o))).toList(),
                devices, chosen, asked, all, threadCounts(), CacheState.ofLabel(cache), data, quick, checkOnly,
                budget(), json != null ? json : Path.of("convgauge-results", runId + ".jsonl"), Optional.ofNullable(save),
                Optional.ofNullable(keepKernels).map(KeptKernels::new));
        requireSavable();
        requireWritable(keepKernels);
        requireOwnJson();
        return plan;
    }

    /** Those that were asked for, or all where none was. */
    static List<BackendFolder> chosen(Set<String> asked, List<BackendFolder> all) {
        Set<String> known = all.stream().map(BackendFolder::name).collect(Collectors.toCollection(LinkedHashSet::new));
        for (String name : asked) {
            if (!known.contains(name)) {
                throw new InputException("unknown backend '%s'; there are %s".formatted(name, String.join(", ", known)));
            }
        }
        if (all.isEmpty()) {
            throw new InputException("no backend is laid out in " + BackendHome.backends());
        }
        return all.stream().filter(b -> asked.isEmpty() || asked.contains(b.name())).toList();
    }

    private DataSource data() {
        DimensionOrder order = asked(() -> DimensionOrder.ofLabel(layout));
        Fill kind = asked(() -> Fill.ofLabel(fill));
        long number = number("--seed", seed);
        if ((x == null) != (w == null)) {
            throw new InputException("--x and --w belong together; %s is missing".formatted(x == null ? "--x" : "--w"));
        }
        return x == null
                ? new DataSource(kind.label(), number, null, null, order)
                : new DataSource(kind.label(), number, x.toAbsolutePath().toString(), w.toAbsolutePath().toString(), order);
    }

    private List<ConvProblem> parseProblems(DataSource data) throws IOException {
        if (problem != null && problems != null) {
            throw new InputException("--problem and --problems exclude each other");
        }
        if (data.xFile() != null) {
            if (problems != null) {
                throw new InputException("--x and --w are one problem; --problems does not go with them");
            }
            return List.of(OperandFiles.problem(x, w, data.order(), problem));
        }
        if (problems != null) {
            return ProblemFile.read(problems);
        }
        List<ConvProblem> parsed = new ArrayList<>();
        for (String text : ProblemFile.split(problem == null ? NOTEBOOK : problem)) {
            parsed.add(asked(() -> ConvProblem.parse(text)));
        }
        return parsed;
    }

    /** Convolutions are run in floating point; i32 is for data files and for explain. */
    static DType dtype(String label) {
        DType type = Arrays.stream(DType.values())
                .filter(known -> known.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new InputException("unknown dtype '%s'; convolutions are run in f32 and f64".formatted(label)));
        if (!type.isFloating()) {
            throw new InputException("convolutions are run in f32 and f64, not in " + label);
        }
        return type;
    }

    private Pattern regex() {
        return DeviceFilter.regex("--algorithm", algorithm == null ? "" : algorithm);
    }

    private List<Integer> threadCounts() {
        List<Integer> counts = new ArrayList<>();
        for (String word : words("--threads", threads)) {
            long count = number("--threads", word);
            if (count < 1 || count > 4096) {
                throw new InputException("--threads %d: a count from 1 to 4096 is needed".formatted(count));
            }
            if (!counts.contains((int) count)) {
                counts.add((int) count);
            }
        }
        return counts;
    }

    private Optional<Duration> budget() {
        return timeBudget == null ? Optional.empty() : Optional.of(budget(timeBudget));
    }

    static Duration budget(String text) {
        Matcher matcher = BUDGET.matcher(text.strip());
        if (!matcher.matches() || Double.parseDouble(matcher.group(1)) == 0) {
            throw new InputException("--time-budget '%s' is not a time such as 90s, 5m or 1h".formatted(text));
        }
        double value = Double.parseDouble(matcher.group(1));
        double millis = switch (matcher.group(2) == null ? "s" : matcher.group(2)) {
            case "ms" -> value;
            case "m" -> value * 60_000;
            case "h" -> value * 3_600_000;
            default -> value * 1000;
        };
        return Duration.ofMillis(Math.max(1, (long) Math.min(millis, 1e15)));
    }

    /** Sums so long that no error bound holds, nor are integers exact then, could not be judged. */
    static void requireBound(ConvProblem p, DType type) {
        if (p.terms() * type.unitRoundoff() >= 1) {
            throw new InputException("problem '%s' sums %d products, for which there is no error bound in %s"
                    .formatted(p, p.terms(), type.label()));
        }
    }

    /** x, w, y of the run's own data and of the exact tier in each worker, and two references. */
    static void requireMemory(ConvProblem p, List<DType> types, int workers, Environment environment) {
        DType widest = types.contains(DType.F64) ? DType.F64 : DType.F32;
        double needed;
        try {
            needed = 2.0 * workers * p.bytes(widest) + 4.0 * Math.multiplyExact(p.bytes(DType.F64), 1L);
        } catch (ArithmeticException e) {
            throw new InputException("problem '%s': its sizes overflow 63 bits".formatted(p));
        }
        if (needed > environment.memoryTotalBytes()) {
            throw new InputException("problem '%s' needs %s of memory, and this machine has %s".formatted(
                    p, Units.bytes(needed), Units.bytes(environment.memoryTotalBytes())));
        }
    }

    /**
     * Opens the results file, of which nothing is on disk before the first row.
     *
     * @throws InputException if it cannot be written
     */
    JsonLines openJson(Plan plan) {
        if (json != null && !Files.exists(json.toAbsolutePath().getParent())) {
            throw new InputException("cannot write %s: there is no folder %s".formatted(json, json.toAbsolutePath().getParent()));
        }
        try {
            return JsonLines.to(plan.json());
        } catch (IOException e) {
            throw new InputException("cannot write %s: %s".formatted(plan.json(), FileTrouble.describe(e)));
        }
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
        paths.forEach((option, path) -> {
            if (path != null && path.toString().isBlank()) {
                throw new InputException(option + " is empty; it takes the name of a file or folder");
            }
        });
    }

    static List<String> words(String option, String list) {
        List<String> words = Arrays.stream(list.split(",", -1)).map(String::strip).toList();
        if (words.stream().anyMatch(String::isEmpty)) {
            throw new InputException("%s '%s' has an empty entry".formatted(option, list));
        }
        return words;
    }

    static long number(String option, String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new InputException("%s '%s' is not a whole number".formatted(option, text));
        }
    }

    /** Turns a library's complaint about a value into one to the user. */
    static <T> T asked(Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage());
        }
    }
}
