package io.github.convgauge.cli;

import io.github.convgauge.cli.run.FileTrouble;
import io.github.convgauge.cli.run.InputException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.report.Comparability;
import io.github.convgauge.report.ComparisonTable;
import io.github.convgauge.report.FileComparison;
import io.github.convgauge.report.JsonLines;
import io.github.convgauge.report.ResultRow;
import io.github.convgauge.report.RowPattern;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convgauge compare}: what became faster or slower from one result to another, and what broke. */
@Command(
        name = "compare",
        description = {
            "Say what became faster or slower from BASE to NEW, what changed its status, what is missing and what is new.",
            "Each is a result file, or a folder of them: several runs of the same rows show how much runs differ, which one run cannot.",
            "docs/compare.md says when a change counts."},
        footer = {"", "Exit status: 0 nothing is slower, broken or missing, 1 something is, 2 bad input, or no time that may be compared."},
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class CompareCommand implements Callable<Integer> {
    private static final int FINE = 0;
    private static final int WORSE = 1;
    private static final int BAD_INPUT = 2;
    private static final double PERCENT = 100;
    private static final String SUFFIX = ".jsonl";

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "BASE", description = "What is compared with.")
    private Path base;

    @Parameters(index = "1", paramLabel = "NEW", description = "What is judged.")
    private Path fresh;

    @Option(names = "--threshold", paramLabel = "PERCENT", defaultValue = "5", description = "The least change that counts; default: 5.")
    private String threshold;

    @Option(names = "--ignore", paramLabel = "ROWS|FILE",
            description = "Rows that do not count: up to four regular expressions, for backend, algorithm, regime and output, or a file"
                    + " with such a pattern on each line. May be repeated.")
    private List<String> ignored = List.of();

    @Option(names = "--despite", paramLabel = "NAMES",
            description = "Compare times all the same where these differ: machine, jdk, data (seed, fill), pace (--quick or not).")
    private String despite;

    @Option(names = "--per-peak", description = "Divide each time by that of the peak loop of its run, for machines whose clock drifts.")
    private boolean perPeak;

    @Option(names = "--allow-missing", description = "A row that is not in NEW, or has no time there, does not count.")
    private boolean allowMissing;

    @Option(names = "--all", description = "Show unchanged rows, too.")
    private boolean all;

    @Override
    public Integer call() {
        FileComparison.Settings settings = new FileComparison.Settings(share(threshold), perPeak, allowMissing, patterns(), differences());
        FileComparison comparison = new FileComparison(read(base), read(fresh), settings);
        if (!comparison.hasCommonRows()) {
            throw new InputException("%s and %s have no row in common".formatted(base, fresh));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(ComparisonTable.of(comparison, all));
        out.flush();
        Optional<String> nothing = comparison.nothingComparable();
        if (nothing.isPresent()) {
            spec.commandLine().getErr().println(
                    "convgauge: no times of these results may be compared: " + nothing.get() + "; --despite compares them all the same");
            return BAD_INPUT;
        }
        return comparison.isWorse() ? WORSE : FINE;
    }

    /** @return the percentage as a share */
    private static double share(String text) {
        try {
            double percent = Double.parseDouble(text.strip().replaceFirst("\\s*%$", ""));
            if (percent >= 0 && Double.isFinite(percent)) {
                return percent / PERCENT;
            }
        } catch (NumberFormatException e) {
            // The sentence is the same.
        }
        throw new InputException("--threshold is '" + text + "'; it must be a percentage such as 5, 0 or more");
    }

    private List<RowPattern> patterns() {
        List<RowPattern> patterns = new ArrayList<>();
        for (String word : ignored) {
            if (isFile(word)) {
                patterns.addAll(patternsIn(Path.of(word)));
            } else {
                patterns.add(pattern(word, "--ignore: "));
            }
        }
        return patterns;
    }

    /** Some patterns cannot even be the name of a file. */
    private static boolean isFile(String word) {
        try {
            return !word.isBlank() && Files.isRegularFile(Path.of(word));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static List<RowPattern> patternsIn(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new InputException("cannot read %s: %s".formatted(file, FileTrouble.describe(e)));
        }
        List<RowPattern> patterns = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).replaceFirst("(^|\\s)#.*", "").strip();
            if (!line.isEmpty()) {
                patterns.add(pattern(line, "%s, line %d: ".formatted(file, i + 1)));
            }
        }
        return patterns;
    }

    private static RowPattern pattern(String text, String where) {
        try {
            return new RowPattern(text);
        } catch (IllegalArgumentException e) {
            throw new InputException(where + e.getMessage());
        }
    }

    private Set<Comparability.Kind> differences() {
        Set<Comparability.Kind> kinds = EnumSet.noneOf(Comparability.Kind.class);
        for (String word : despite == null ? new String[0] : despite.split(",", -1)) {
            try {
                kinds.add(Comparability.Kind.ofLabel(word.strip()));
            } catch (IllegalArgumentException e) {
                throw new InputException("--despite: " + e.getMessage());
            }
        }
        return kinds;
    }

    /** The rows of a file, or of all result files of a folder. */
    private static List<ResultRow> read(Path path) {
        List<ResultRow> rows = new ArrayList<>();
        for (Path file : Files.isDirectory(path) ? filesIn(path) : List.of(path)) {
            try {
                List<ResultRow> own = JsonLines.read(file);
                for (int i = 0; i < own.size(); i++) {
                    requireWhole(file, i + 1, own.get(i));
                }
                rows.addAll(own);
            } catch (IOException e) {
                throw new InputException("cannot read %s: %s".formatted(file, FileTrouble.describe(e)));
            } catch (IllegalArgumentException e) {
                throw new InputException(e.getMessage());
            }
        }
        if (rows.isEmpty()) {
            throw new InputException("there is no row in " + path);
        }
        return rows;
    }

    private static List<Path> filesIn(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> files = entries.filter(file -> file.getFileName().toString().endsWith(SUFFIX)).sorted().toList();
            if (files.isEmpty()) {
                throw new InputException("there is no result file (*%s) in %s".formatted(SUFFIX, folder));
            }
            return files;
        } catch (IOException e) {
            throw new InputException("cannot read %s: %s".formatted(folder, FileTrouble.describe(e)));
        }
    }

    /** JSON may lack what makes a row one. */
    private static void requireWhole(Path file, int line, ResultRow row) {
        if (Stream.of(row.run(), row.problem(), row.dtype(), row.backend(), row.algorithm(), row.cache(), row.status()).anyMatch(Objects::isNull)) {
            throw new InputException("%s, line %d is no result row: it does not say which row it is".formatted(file, line));
        }
        try {
            ConvProblem.parse(row.problem());
        } catch (IllegalArgumentException e) {
            throw new InputException("%s, line %d is no result row: %s".formatted(file, line, e.getMessage()));
        }
        if (row.time() != null && row.time().ci95Ns() != null && row.time().ci95Ns().length != 2) {
            throw new InputException("%s, line %d is no result row: its interval has not two ends".formatted(file, line));
        }
    }
}
