package io.github.convgauge.cli.run;

import io.github.convgauge.measure.CacheEvictor;
import io.github.convgauge.measure.Environment;
import io.github.convgauge.report.JsonLines;
import io.github.convgauge.report.ResultRow;
import io.github.convgauge.report.ResultTable;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code convgauge run}: checks and times convolutions, and prints the table. */
@Command(
        name = "run",
        description = "Check and time convolutions on every implementation, and print the table.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class RunCommand implements Callable<Integer> {
    static final int OK = 0;
    static final int SOME_ROW_FAILED = 1;
    static final int CANNOT_WRITE = 2;
    static final int INTERRUPTED = 130;
    private static final DateTimeFormatter RUN_ID = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    @Mixin
    private RunOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintStream err = System.err;
        Environment environment = Environment.capture();
        String runId = runId();
        Plan plan = options.plan(environment, runId, err::println);
        Interruption interruption = new Interruption();
        try (PrivateFolder folder = PrivateFolder.create(); JsonLines json = options.openJson(plan)) {
            return run(plan, environment, runId, folder.path(), json, interruption, out, err);
        } finally {
            interruption.finished();
        }
    }

    /** With the process, because two runs may start in the same second. */
    static String runId() {
        return RUN_ID.format(Instant.now()) + "-" + ProcessHandle.current().pid();
    }

    private static int run(
            Plan plan, Environment environment, String runId, Path folder, JsonLines json, Interruption interruption,
            PrintWriter out, PrintStream err)
            throws IOException, InterruptedException {
        RowFactory factory = new RowFactory(plan, environment, runId);
        boolean complete = false;
        IOException trouble = null;
        Progress progress = new Progress(err);
        Runner runner = new Runner(plan, factory, json::write, progress, folder, interruption);
        try (progress) {
            complete = runner.run();
        } catch (IOException e) {
            trouble = e; // a full disk, say: what was measured is still worth a table
        }
        List<ResultRow> rows = runner.rows();
        out.print(ResultTable.of(rows, footnotes(plan, environment, rows)));
        out.println("JSON lines: " + json.file());
        plan.kernels().ifPresent(kernels -> out.println(kernels.describe()));
        if (trouble != null) {
            out.flush();
            err.println("convgauge: the run ends early, since its files cannot be written: " + FileTrouble.describe(trouble));
            return CANNOT_WRITE;
        }
        if (!complete) {
            out.println("interrupted: the table has the %d rows that were reached".formatted(rows.size()));
        }
        out.flush();
        if (!complete) {
            return INTERRUPTED;
        }
        return rows.stream().anyMatch(factory::fails) ? SOME_ROW_FAILED : OK;
    }

    private static List<String> footnotes(Plan plan, Environment environment, List<ResultRow> rows) {
        List<String> notes = new ArrayList<>();
        notes.add("vs pytorch: this row's time over that of PyTorch in the notebook's way; below 1x is faster.");
        if (!plan.checkOnly()) {
            notes.add("cache hot: the same buffers are used again and again.");
            if (plan.caches().contains(CacheState.COLD)) {
                notes.add("cache " + CacheEvictor.DEFINITION);
            }
        }
        if (plan.quick() && plan.regimes().isEmpty() && rows.stream().anyMatch(ResultRow::onDevice)) {
            notes.add("--quick: of device rows only resident, where nothing moves between host and device; --regime names others.");
        }
        long tuned = rows.stream().filter(ResultRow::wasTuned).count();
        plan.variants().cache().filter(cache -> tuned > 0).ifPresent(cache -> notes.add(
                "tuned: %d row%s ran what 'convgauge tune' found best, by %s; --untuned runs the defaults.".formatted(
                        tuned, tuned == 1 ? "" : "s", cache.file())));
        environment.busy().ifPresent(notes::add);
        if (plan.threads().stream().anyMatch(threads -> threads > environment.logicalCores())) {
            notes.add("some rows had more threads than the %d cores of this machine".formatted(environment.logicalCores()));
        }
        return notes;
    }
}
