package io.github.convgauge.cli;

import io.github.convgauge.cli.run.FileTrouble;
import io.github.convgauge.cli.run.InputException;
import io.github.convgauge.measure.Environment;
import io.github.convgauge.report.AtomicFiles;
import io.github.convgauge.report.ResultFiles;
import io.github.convgauge.report.UnreadableFileException;
import io.github.convgauge.report.html.Report;
import io.github.convgauge.report.html.ReportCsv;
import io.github.convgauge.report.html.ReportMarkdown;
import io.github.convgauge.report.html.ReportPage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convgauge report}: results as a page with charts, as Markdown and as CSV. */
@Command(
        name = "report",
        description = {
            "Make one page of result files, with charts, that needs no network; or their table as Markdown or CSV.",
            "Files of several machines merge. Rows that must not be compared with the others are marked, with the reason."},
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ReportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Result files.")
    private List<Path> files;

    @Option(names = "--html", paramLabel = "OUT", description = "Write the page there.")
    private Path html;

    @Option(names = "--markdown", paramLabel = "OUT", description = "Write the table as Markdown.")
    private Path markdown;

    @Option(names = "--csv", paramLabel = "OUT", description = "Write the table as CSV, all columns, unrounded.")
    private Path csv;

    @Override
    public Integer call() {
        requireOutputs();
        Report report = new Report(files, read());
        Map<Path, String> texts = new LinkedHashMap<>();
        if (html != null) {
            texts.put(html, ReportPage.of(report, "convgauge " + Environment.capture().version()));
        }
        if (markdown != null) {
            texts.put(markdown, ReportMarkdown.of(report));
        }
        if (csv != null) {
            texts.put(csv, ReportCsv.of(report));
        }
        PrintWriter err = spec.commandLine().getErr();
        report.warnings().forEach(warning -> err.println("convgauge: warning: " + warning));
        try {
            AtomicFiles.write(texts);
        } catch (IOException e) {
            throw new InputException("cannot write %s: %s".formatted(
                    String.join(", ", texts.keySet().stream().map(Path::toString).toList()), FileTrouble.describe(e)));
        }
        PrintWriter out = spec.commandLine().getOut();
        texts.keySet().forEach(out::println);
        out.flush();
        return 0;
    }

    private ResultFiles read() {
        try {
            return ResultFiles.read(files);
        } catch (UnreadableFileException e) {
            throw new InputException("cannot read %s: %s".formatted(e.file(), FileTrouble.describe(e.getCause())));
        } catch (IOException e) {
            throw new InputException("cannot read: " + FileTrouble.describe(e));
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage());
        }
    }

    /** Says at once what would be said after all the work. */
    private void requireOutputs() {
        Map<String, Path> outputs = new LinkedHashMap<>();
        put(outputs, "--html", html);
        put(outputs, "--markdown", markdown);
        put(outputs, "--csv", csv);
        if (outputs.isEmpty()) {
            throw new InputException("say where the report goes to: --html OUT, --markdown OUT, --csv OUT, or several of them");
        }
        Map<Path, String> taken = new LinkedHashMap<>();
        files.forEach(file -> taken.put(real(file), "a result file that is read"));
        outputs.forEach((option, file) -> {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new InputException("%s is %s, which is %s".formatted(option, file, Files.isDirectory(file) ? "a folder" : "no ordinary file"));
            }
            String other = taken.putIfAbsent(real(file), "the file of " + option);
            if (other != null) {
                throw new InputException("%s is %s, which is %s too".formatted(option, file, other));
            }
        });
    }

    private static void put(Map<String, Path> outputs, String option, Path file) {
        if (file != null) {
            outputs.put(option, file);
        }
    }

    /** The same for two names of one file. */
    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            return file.toAbsolutePath().normalize();
        }
    }
}
