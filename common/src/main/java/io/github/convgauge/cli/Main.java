package io.github.convgauge.cli;

import io.github.convgauge.cli.run.CrossoverCommand;
import io.github.convgauge.cli.run.FilterCommand;
import io.github.convgauge.cli.run.InputException;
import io.github.convgauge.cli.run.RunCommand;
import io.github.convgauge.cli.run.SweepCommand;
import io.github.convgauge.cli.run.TuneCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. Without a command it is {@code run}, so that a bare call does the most useful thing. */
@Command(
        name = "convgauge",
        description = "One 2-D convolution, every implementation on every device: proved right, then timed.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footer = {"", "Without a command, 'run' is meant: 'convgauge --quick' is 'convgauge run --quick'.",
            "'scripts/convgauge --no-install …' keeps the script from installing packages.",
            "Exit status: 0 all rows passed, 1 some did not, 2 bad input, 130 interrupted."},
        subcommands = {RunCommand.class, SweepCommand.class, TuneCommand.class, CrossoverCommand.class, DevicesCommand.class, TableCommand.class, RatiosCommand.class, ReportCommand.class, CompareCommand.class, FilterCommand.class, ExplainCommand.class, CommandLine.HelpCommand.class})
public final class Main {
    private static final int BAD_INPUT = 2;
    private static final int BROKEN = 3;
    private static final int INTERRUPTED = 130;
    private static final Set<String> OWN_OPTIONS = Set.of("-h", "--help", "-V", "--version");

    private Main() {}

    public static void main(String[] args) {
        // Tables and microseconds need UTF-8 even where the platform's output encoding is another.
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        int status = execute(args, out, new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        out.flush();
        if (status != INTERRUPTED) {
            System.exit(status);
        }
        // The virtual machine is shutting down already; exit() would wait for itself.
    }

    /** Runs one command line, and returns its exit status. */
    static int execute(String[] args, PrintWriter out, PrintWriter err) {
        return new CommandLine(new Main())
                .setOut(out)
                .setErr(err)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler((e, words) -> {
                    err.println("convgauge: " + firstLine(e));
                    return BAD_INPUT;
                })
                .setExecutionExceptionHandler((e, command, result) -> {
                    if (e instanceof InputException) {
                        err.println("convgauge: " + firstLine(e));
                        return BAD_INPUT;
                    }
                    err.println("convgauge: this is a bug or a broken machine: " + e);
                    e.printStackTrace(err);
                    return BROKEN;
                })
                .execute(withCommand(args));
    }

    private static String[] withCommand(String[] args) {
        boolean needsCommand = args.length == 0 || (args[0].startsWith("-") && !OWN_OPTIONS.contains(args[0]));
        if (!needsCommand) {
            return args;
        }
        String[] completed = new String[args.length + 1];
        completed[0] = "run";
        System.arraycopy(args, 0, completed, 1, args.length);
        return completed;
    }

    private static String firstLine(Exception e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        return Arrays.stream(message.split("\\R")).findFirst().orElse(message);
    }
}
