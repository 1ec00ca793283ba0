package io.github.convgauge.cli.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.convgauge.check.Reference;
import io.github.convgauge.cli.filter.Drawing;
import io.github.convgauge.cli.filter.FilterKernel;
import io.github.convgauge.cli.filter.Picture;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.measure.Environment;
import io.github.convgauge.report.JsonLines;
import io.github.convgauge.report.ResultRow;
import io.github.convgauge.report.ResultTable;
import io.github.convgauge.report.Units;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Npy;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code convgauge filter}: runs a picture through implementations, and draws what they answer and how far it is from the reference. */
@Command(
        name = "filter",
        description = {
            "Run a picture through every implementation of one filter, check and time them as 'run' does, and write the filtered pictures"
                    + " and their differences from the reference.",
            "docs/filter.md says how values become pictures."},
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class FilterCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final String ROWS = "rows.jsonl";
    private static final String PICTURES = "pictures.json";

    @Mixin
    private FilterOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        // Pictures are computed, never shown; without this Java may look for a display.
        System.setProperty("java.awt.headless", "true");
        PrintWriter out = spec.commandLine().getOut();
        Environment environment = Environment.capture();
        String runId = RunCommand.runId();
        FilterKernel kernel = options.kernel();
        Picture picture = options.picture(kernel);
        Interruption interruption = new Interruption();
        try (PrivateFolder folder = PrivateFolder.create(); NewFolder results = options.results()) {
            Path x = folder.path().resolve("x.npy");
            Path w = folder.path().resolve("w.npy");
            Npy.write(x, picture.tensor());
            Npy.write(w, kernel.weights(picture.channels()));
            Plan plan = options.runOptions(x, w, kernel.problem(picture), results.draft()).plan(environment, runId, spec.commandLine().getErr()::println);
            RowFactory factory = new RowFactory(plan, environment, runId);
            SavedOutputs outputs = new SavedOutputs(plan, results.draft());
            Optional<List<ResultRow>> rows = run(plan, factory, outputs, folder.path(), interruption);
            if (rows.isEmpty()) {
                out.println("interrupted: nothing was written");
                out.flush();
                return RunCommand.INTERRUPTED;
            }
            List<ResultRow> lasting = lasting(rows.get(), folder.path(), results.target());
            List<Drawing.Drawn> drawn = draw(plan, picture, kernel, lasting, outputs, results.draft());
            write(lasting, drawn, results.draft());
            results.finish();
            print(out, picture, lasting, drawn, results.target());
            return rows.get().stream().anyMatch(factory::fails) ? RunCommand.SOME_ROW_FAILED : RunCommand.OK;
        } finally {
            interruption.finished();
        }
    }

    /** The rows; empty after Ctrl-C. */
    private static Optional<List<ResultRow>> run(
            Plan plan, RowFactory factory, SavedOutputs outputs, Path folder, Interruption interruption) throws IOException, InterruptedException {
        PrintStream err = System.err;
        try (Progress progress = new Progress(err)) {
            Runner runner = new Runner(plan, factory, row -> { }, outputs.extent(), progress, folder, interruption);
            return runner.run() ? Optional.of(runner.rows()) : Optional.empty();
        }
    }

    /** Rows whose repeat command names the arrays where they will stay, and not where they were during the run. */
    private static List<ResultRow> lasting(List<ResultRow> rows, Path during, Path after) throws IOException {
        List<ResultRow> lasting = new ArrayList<>();
        for (ResultRow row : rows) {
            ObjectNode fields = JSON.valueToTree(row);
            String repeat = row.repeat();
            for (String name : List.of("x.npy", "w.npy")) {
                repeat = repeat.replace(
                        RepeatCommand.quote(during.resolve(name).toString()), RepeatCommand.quote(after.toAbsolutePath().resolve(name).toString()));
            }
            lasting.add(JSON.treeToValue(fields.put("repeat", repeat), ResultRow.class));
        }
        return lasting;
    }

    private static List<Drawing.Drawn> draw(
            Plan plan, Picture picture, FilterKernel kernel, List<ResultRow> rows, SavedOutputs outputs, Path folder) throws IOException {
        ConvProblem problem = plan.problems().getFirst();
        List<Drawing.Drawn> drawn = new ArrayList<>();
        for (DType dtype : plan.dtypes()) {
            try (Arena arena = Arena.ofShared()) {
                Reference reference = Reference.compute(
                        problem, plan.data().operands(problem, dtype), arena.allocate(Reference.bytes(problem), Double.BYTES));
                Drawing drawing = new Drawing(picture, kernel, i -> reference.y(i), folder);
                if (drawn.isEmpty()) {
                    drawn.addAll(drawing.reference());
                }
                for (ResultRow row : rows) {
                    Optional<Path> file = row.dtype().equals(dtype.label()) ? outputs.of(row) : Optional.empty();
                    if (file.isPresent()) {
                        String name = file.get().getFileName().toString();
                        drawn.addAll(drawing.row(
                                name.substring("y-".length(), name.length() - ".npy".length()), describe(row), Npy.read(file.get()).toDoubles()));
                    }
                }
            }
        }
        return drawn;
    }

    private static String describe(ResultRow row) {
        StringBuilder text = new StringBuilder("%s %s %s".formatted(row.backend(), row.algorithm(), row.regime()));
        if (!"reused".equals(row.output())) {
            text.append(' ').append(row.output());
        }
        text.append(' ').append(row.dtype());
        return row.threads() == null || row.threads() == 1 ? text.toString() : text.append(' ').append(row.threads()).append(" threads").toString();
    }

    private static void write(List<ResultRow> rows, List<Drawing.Drawn> drawn, Path folder) throws IOException {
        try (JsonLines lines = JsonLines.to(folder.resolve(ROWS))) {
            for (ResultRow row : rows) {
                lines.write(row);
            }
        }
        JSON.writeValue(folder.resolve(PICTURES).toFile(), drawn);
    }

    private void print(PrintWriter out, Picture picture, List<ResultRow> rows, List<Drawing.Drawn> drawn, Path folder) {
        out.println(options.describe() + ": " + picture.describe());
        out.print(ResultTable.of(rows, List.of()));
        for (Drawing.Drawn difference : drawn) {
            if (difference.shows().equals("difference")) {
                out.println(difference.maxAbsDifference() == 0
                        ? "%s%s: the same as the reference".formatted(difference.of(), map(difference))
                        : "%s%s: at most %s of %d from the reference, drawn %s times as large in %s".formatted(
                                difference.of(), map(difference), String.format(Locale.ROOT, "%.2g", difference.maxAbsDifference()), picture.white(),
                                Units.digits(difference.gain()), difference.file()));
            }
        }
        out.println("%d pictures in %s; %s says how their values are drawn, %s has the rows".formatted(drawn.size(), folder, PICTURES, ROWS));
        out.flush();
    }

    private static String map(Drawing.Drawn drawn) {
        return drawn.map().isEmpty() ? "" : ", " + drawn.map();
    }
}
