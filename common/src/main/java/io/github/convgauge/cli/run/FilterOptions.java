package io.github.convgauge.cli.run;

import io.github.convgauge.cli.filter.FilterKernel;
import io.github.convgauge.cli.filter.Picture;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of {@code filter}: its own, and those of {@code run} that it hands on. */
final class FilterOptions {
    @Parameters(paramLabel = "PICTURE", description = "A PNG or JPEG, grey or RGB.")
    private Path picture;

    @Option(names = "--kernel", required = true, paramLabel = "sobel|gaussian|sharpen|FILE.npy",
            description = "What to filter with; a file holds (rows, columns) of weights.")
    private String kernel;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where the pictures go: a folder that is not there yet, or empty.")
    private Path out;

    @Option(names = "--dtype", paramLabel = "f32,f64", defaultValue = "f32", description = "Default: f32.")
    private String dtypes;

    @Option(names = "--algorithm", paramLabel = "REGEX", description = "Only algorithms in whose name REGEX is found.")
    private String algorithm;

    @Option(names = "--backend", paramLabel = "NAMES", description = "Only these backends; 'convgauge devices' lists them.")
    private String backends;

    @Option(names = "--device", paramLabel = "REGEX", description = "Only devices in whose name, id or platform REGEX is found.")
    private String device;

    @Option(names = "--regime", paramLabel = "NAMES", description = "Only these regimes, as 'run' has them.")
    private String regimes;

    @Option(names = "--threads", paramLabel = "N[,N...]", defaultValue = "1", description = "CPU threads; default: 1.")
    private String threads;

    @Option(names = "--quick", description = "Fewer samples and shorter warm-up, as 'run' has it.")
    private boolean quick;

    @Option(names = "--check-only", description = "Only check and draw the answers; time nothing but the first execution.")
    private boolean checkOnly;

    @Option(names = "--time-budget", paramLabel = "TIME", description = "For the whole run: 90s, 5m, 1h.")
    private String timeBudget;

    FilterKernel kernel() {
        try {
            return OptionValues.asked(() -> FilterKernel.of(kernel));
        } catch (InvalidPathException e) {
            throw new InputException("--kernel '" + kernel + "' cannot be the name of a file");
        }
    }

    /** The picture, which the kernel must fit into: beyond it there are only zeros. */
    Picture picture(FilterKernel filter) {
        Picture read;
        try {
            read = Picture.read(picture);
        } catch (IOException e) {
            throw new InputException("cannot read %s: %s".formatted(picture, FileTrouble.describe(e)));
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage());
        }
        if (filter.height() > read.height() || filter.width() > read.width()) {
            throw new InputException("the kernel has %d x %d weights, which is more than the %d x %d pixels of %s".formatted(
                    filter.width(), filter.height(), read.width(), read.height(), picture));
        }
        return read;
    }

    NewFolder results() {
        return NewFolder.at("--out", out);
    }

    /** What {@code run} is given, in its own words, so that whatever it refuses it refuses here, too. */
    RunOptions runOptions(Path x, Path w, String problem, Path save) {
        List<String> words = new ArrayList<>(List.of("--x=" + x, "--w=" + w, "--problem=" + problem, "--save=" + save));
        add(words, "--dtype", dtypes);
        add(words, "--algorithm", algorithm);
        add(words, "--backend", backends);
        add(words, "--device", device);
        add(words, "--regime", regimes);
        add(words, "--threads", threads);
        add(words, "--time-budget", timeBudget);
        if (quick) {
            words.add("--quick");
        }
        if (checkOnly) {
            words.add("--check-only");
        }
        RunOptions options = new RunOptions();
        new CommandLine(options).parseArgs(words.toArray(String[]::new));
        return options;
    }

    private static void add(List<String> words, String option, String value) {
        if (value != null) {
            words.add(option + "=" + value);
        }
    }

    /** The picture and the kernel, for people. */
    String describe() {
        return picture + " by " + kernel;
    }
}
