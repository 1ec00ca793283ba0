package io.github.convgauge.cli;

import io.github.convgauge.cli.run.FileTrouble;
import io.github.convgauge.cli.run.InputException;
import io.github.convgauge.report.JsonLines;
import io.github.convgauge.report.ResultRow;
import io.github.convgauge.report.RowPattern;
import io.github.convgauge.report.SpeedUps;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convgauge ratios}: how much faster one implementation is than another, over many problems. */
@Command(
        name = "ratios",
        description = {
            "Print, for each problem of result files, how much faster the fastest row that matches --of is than the fastest that matches --to.",
            "Medians of the same run are compared, and with --minimum or --kernel other times, which the table then names. Rows are named by up to four regular expressions: backend, algorithm, regime, output.",
            "Example: ratios results.jsonl --of 'cpu direct prepared reused' --to 'onednn .* prepared'"},
        mixinStandardHelpOptions = true)
final class RatiosCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Result files.")
    private List<Path> files;

    @Option(names = "--of", required = true, paramLabel = "ROWS", description = "Whose speed-up is printed.")
    private String of;

    @Option(names = "--to", required = true, paramLabel = "ROWS", description = "What it is compared with.")
    private String to;

    @Option(names = "--at-least", paramLabel = "RATIO", description = "Name the problems below it, and end with exit status 1 if there is one.")
    private String atLeast;

    @Option(names = "--minimum", description = {
        "Compare the shortest executions instead of the medians, each row's share of the peak being that of its shortest by the peak loop's shortest.",
        "Disturbances only add time, so these are the least disturbed ones; docs/methodology.md says when such a ratio is fair."})
    private boolean minimum;

    @Option(names = "--kernel", description = "Compare the time in device kernels, by the device's clock, instead of whole executions.")
    private boolean kernel;

    @Override
    public Integer call() {
        SpeedUps.Clock clock = clock();
        List<ResultRow> rows = new ArrayList<>();
        for (Path file : files) {
            try {
                rows.addAll(JsonLines.read(file));
            } catch (IOException e) {
                throw new InputException("cannot read %s: %s".formatted(file, FileTrouble.describe(e)));
            } catch (IllegalArgumentException e) {
                throw new InputException(e.getMessage());
            }
        }
        Optional<Double> limit = Optional.ofNullable(atLeast).map(RatiosCommand::limit);
        SpeedUps speedUps;
        try {
            speedUps = new SpeedUps(rows, new RowPattern(of), new RowPattern(to), clock);
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage());
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(speedUps.markdown(limit));
        out.flush();
        return limit.isEmpty() || speedUps.allReach(limit.get()) ? 0 : 1;
    }

    private SpeedUps.Clock clock() {
        if (minimum && kernel) {
            throw new InputException("--minimum and --kernel exclude each other: of the time in kernels the result files have no minimum");
        }
        return minimum ? SpeedUps.Clock.MINIMUM : kernel ? SpeedUps.Clock.KERNEL : SpeedUps.Clock.EXECUTION;
    }

    private static double limit(String text) {
        try {
            double limit = Double.parseDouble(text);
            if (limit > 0 && Double.isFinite(limit)) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // The sentence is the same.
        }
        throw new InputException("--at-least is '" + text + "'; it must be a positive number");
    }
}
