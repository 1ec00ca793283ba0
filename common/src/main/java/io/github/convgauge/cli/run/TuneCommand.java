package io.github.convgauge.cli.run;

import io.github.convgauge.measure.Environment;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code convgauge tune}: searches the block sizes of device kernels, and keeps the fastest for {@code run}. */
@Command(
        name = "tune",
        description = {
            "Search block sizes, vector widths and work-group shapes of the device kernels, and keep the fastest for 'run'.",
            "What the cache knows is not searched again. A variant has to pass the same tiers as any row before it is timed."},
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class TuneCommand implements Callable<Integer> {
    private static final int OK = 0;
    private static final int SOME_ROW_FAILED = 1;
    private static final int CANNOT_WRITE = 2;
    private static final int INTERRUPTED = 130;

    @Mixin
    private TuneOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintStream err = System.err;
        Environment environment = Environment.capture();
        TunePlan plan = options.plan(environment);
        KernelCache cache = options.cache(err::println);
        Interruption interruption = new Interruption();
        try (PrivateFolder folder = PrivateFolder.create()) {
            boolean complete = false;
            IOException trouble = null;
            Progress progress = new Progress(err);
            TuneRunner runner = new TuneRunner(plan, cache, progress, folder.path(), interruption);
            try (progress) {
                complete = runner.run();
            } catch (IOException e) {
                trouble = e; // a full disk, say: what was found is still worth a table
            }
            List<TunedRow> rows = runner.rows();
            out.print(TuneTable.of(rows, cache.file()));
            environment.busy().ifPresent(out::println);
            out.flush();
            if (trouble != null) {
                err.println("convgauge: the search ends early, since its files cannot be written: " + FileTrouble.describe(trouble));
                return CANNOT_WRITE;
            }
            if (!complete) {
                out.println("interrupted: the cache has what was finished");
                out.flush();
                return INTERRUPTED;
            }
            return rows.stream().anyMatch(runner::fails) ? SOME_ROW_FAILED : OK;
        } finally {
            interruption.finished();
        }
    }
}
