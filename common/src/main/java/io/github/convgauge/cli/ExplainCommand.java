package io.github.convgauge.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows, number by number, what an algorithm does to its input. */
@Command(
        name = "explain",
        description = "Shows, number by number, what an algorithm does.",
        subcommands = ExplainIm2colCommand.class)
public final class ExplainCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
    private boolean help;

    /** Without a subcommand: says which there are. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
