package io.github.convgauge.cli.run;

import io.github.convgauge.measure.Environment;
import io.github.convgauge.report.CrossoverTable;
import io.github.convgauge.report.JsonLines;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code convgauge crossover}: from which batch size on each device is worth it, and what it costs to get there. */
@Command(
        name = "crossover",
        description = {
            "Find the batch size from which each device is faster than the CPU's best implementation, after how many executions its"
                    + " first one is paid back, and what handing it many small convolutions costs.",
            "docs/crossover.md defines each figure."},
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class CrossoverCommand implements Callable<Integer> {
    @Mixin
    private CrossoverOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Environment environment = Environment.capture();
        String runId = RunCommand.runId();
        CrossoverPlan plan = options.plan(environment, runId);
        Interruption interruption = new Interruption();
        try (PrivateFolder folder = PrivateFolder.create(); JsonLines json = options.openJson(plan)) {
            return run(plan, environment, runId, folder.path(), json, interruption, out, System.err);
        } finally {
            interruption.finished();
        }
    }

    private static int run(
            CrossoverPlan plan, Environment environment, String runId, Path folder, JsonLines json, Interruption interruption,
            PrintWriter out, PrintStream err)
            throws IOException, InterruptedException {
        boolean complete = false;
        IOException trouble = null;
        Progress progress = new Progress(err);
        Crossover crossover = new Crossover(plan, environment, runId, json, progress, folder, interruption);
        try (progress) {
            complete = crossover.run();
        } catch (IOException e) {
            trouble = e; // a full disk, say: what was measured is still worth a table
        }
        List<String> notes = new ArrayList<>(crossover.notes());
        environment.busy().ifPresent(notes::add);
        if (plan.threads() > environment.logicalCores()) {
            notes.add("the CPU's rows had more threads than the %d cores of this machine".formatted(environment.logicalCores()));
        }
        out.print(CrossoverTable.of(plan.problem().toString(), crossover.overtakings(), crossover.dispatches(), notes));
        out.println("JSON lines: " + json.file());
        if (trouble != null) {
            out.flush();
            err.println("convgauge: the search ends early, since its files cannot be written: " + FileTrouble.describe(trouble));
            return RunCommand.CANNOT_WRITE;
        }
        if (!complete) {
            out.println("interrupted: the tables have what was known by then");
        }
        out.flush();
        if (!complete) {
            return RunCommand.INTERRUPTED;
        }
        return crossover.fails() ? RunCommand.SOME_ROW_FAILED : RunCommand.OK;
    }
}
