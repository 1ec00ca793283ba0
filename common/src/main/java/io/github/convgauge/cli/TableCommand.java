package io.github.convgauge.cli;

import io.github.convgauge.cli.run.FileTrouble;
import io.github.convgauge.cli.run.InputException;
import io.github.convgauge.report.JsonLines;
import io.github.convgauge.report.ResultRow;
import io.github.convgauge.report.ResultTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convgauge table}: prints the table of results that were measured before. */
@Command(
        name = "table",
        description = "Print the table of JSON lines that 'run' wrote.",
        mixinStandardHelpOptions = true)
final class TableCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Result files.")
    private List<Path> files;

    @Option(names = "--markdown", description = "As a Markdown table.")
    private boolean markdown;

    @Override
    public Integer call() {
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
        if (rows.isEmpty()) {
            throw new InputException("there is no row in " + files);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(markdown ? ResultTable.markdown(rows) : ResultTable.of(rows, List.of()));
        out.flush();
        return 0;
    }
}
