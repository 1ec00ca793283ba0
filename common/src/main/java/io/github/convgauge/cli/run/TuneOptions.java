package io.github.convgauge.cli.run;

import io.github.convgauge.check.Fill;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.measure.Environment;
import io.github.convgauge.report.OutputFolder;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.worker.BackendFolder;
import io.github.convgauge.worker.DataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** The options of {@code tune}, and the plan that they make once they are all checked. */
final class TuneOptions {
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

    @Option(names = "--seed", paramLabel = "N", defaultValue = "42", description = "Of data and order; default: 42.")
    private String seed;

    @Option(names = "--time-budget", paramLabel = "TIME", defaultValue = "60s",
            description = "For the whole search, which its rows share: 90s, 5m, 1h; default: 60s.")
    private String timeBudget;

    @Option(names = "--again", description = "Search also what the cache knows, and keep what is found now.")
    private boolean again;

    @Option(names = "--cache", paramLabel = "FILE",
            description = "Where winners are kept; default: ~/.cache/convgauge/device-kernels.json, where 'run' looks for them.")
    private Path cache;

    /**
     * Checks everything before anything is started or written.
     *
     * @throws InputException with one sentence for the user
     */
    TunePlan plan(Environment environment) throws IOException {
        OptionValues.requireName("--problems", problems);
        OptionValues.requireName("--cache", cache);
        DeviceFilter devices = new DeviceFilter(device, environment.cpu());
        List<BackendFolder> all = BackendFolder.findAll(BackendHome.backends());
        Set<String> asked = OptionValues.backendNames(backends, all);
        List<BackendFolder> chosen = all.stream().filter(b -> asked.isEmpty() || asked.contains(b.name())).toList();
        List<ConvProblem> parsed = OptionValues.problems(problem, problems);
        List<DType> types = OptionValues.dtypes(dtypes);
        parsed.forEach(p -> OptionValues.requireMemory(p, types, chosen.size(), environment));
        parsed.forEach(p -> types.forEach(type -> OptionValues.requireBound(p, type)));
        TunePlan plan = new TunePlan(
                parsed, types, OptionValues.algorithms(algorithm), algorithm != null, devices, chosen, asked, all,
                DataSource.ofSeed(Fill.UNIFORM, OptionValues.number("--seed", seed)),
                OptionValues.budget(timeBudget).orElseThrow(), again);
        requireWritable(cacheFile());
        return plan;
    }

    /** @param warnings where it says that the file is left out */
    KernelCache cache(Consumer<String> warnings) {
        return new KernelCache(cacheFile(), warnings);
    }

    private Path cacheFile() {
        return (cache == null ? KernelCache.ofUser() : cache).toAbsolutePath();
    }

    /** A search whose winners nobody could keep would be for nothing. */
    private static void requireWritable(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw new InputException("cannot write %s: it is a folder".formatted(file));
            }
            OutputFolder.requireWritable(file.getParent());
            if (Files.exists(file)) {
                Files.newByteChannel(file, StandardOpenOption.WRITE).close();
            }
        } catch (IOException e) {
            throw new InputException("cannot write %s: %s".formatted(file, FileTrouble.describe(e)));
        }
    }
}
