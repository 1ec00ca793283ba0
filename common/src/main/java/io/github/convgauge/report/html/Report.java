package io.github.convgauge.report.html;

import io.github.convgauge.check.Status;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.report.ResultFiles;
import io.github.convgauge.report.ResultRow;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows of result files, of one machine or several, with what a reader must know to compare them. */
public final class Report {
    private final List<String> files;
    private final List<Row> rows;
    private final List<String> warnings;
    private final Machines machines;
    private final Comparability comparability;

    /**
     * A row of the report.
     *
     * @param file the name of its file
     * @param machine a letter; see {@link Machines}
     * @param marks why it must not be compared with most others, in words; empty where it may
     */
    record Row(ResultRow result, ConvProblem problem, String file, String machine, Map<Mark, String> marks) {
        /** What a reader calls the problem. */
        String label() {
            return problem.name().isEmpty() ? result.problem() : problem.name();
        }

        Double medianNs() {
            return result.time() == null ? null : result.time().medianNs();
        }

        String markText() {
            return String.join("; ", marks.values());
        }
    }

    /** @param paths of the files that were read, in order */
    public Report(List<Path> paths, ResultFiles read) {
        files = names(paths);
        warnings = read.warnings();
        List<ResultRow> results = read.rows().stream().map(ResultFiles.Row::result).toList();
        machines = new Machines(results);
        comparability = new Comparability(results);
        rows = read.rows().stream()
                .map(row -> new Row(
                        row.result(), row.problem(), files.get(row.file()), machines.of(row.result()), comparability.marks(row.result())))
                .toList();
    }

    /** The last parts of the paths where they tell the files apart, since a report travels further than its folders. */
    private static List<String> names(List<Path> paths) {
        List<String> last = paths.stream().map(path -> path.getFileName() == null ? path.toString() : path.getFileName().toString()).toList();
        return last.stream().distinct().count() == paths.stream().distinct().count() ? last : paths.stream().map(Path::toString).toList();
    }

    List<Row> rows() {
        return rows;
    }

    List<String> files() {
        return files;
    }

    /** What was left out when the files were read. */
    public List<String> warnings() {
        return warnings;
    }

    /** The machines by letter. */
    Map<String, String> machines() {
        return machines.descriptions();
    }

    /** What most rows have in common. */
    List<String> basis() {
        return comparability.basis();
    }

    Map<Status, Integer> statuses() {
        Map<Status, Integer> counts = new EnumMap<>(Status.class);
        rows.forEach(row -> counts.merge(row.result.status(), 1, Integer::sum));
        return counts;
    }

    /** How many rows are marked for each reason, the most first. */
    Map<String, Integer> markCounts() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        rows.forEach(row -> row.marks.values().forEach(text -> counts.merge(text, 1, Integer::sum)));
        Map<String, Integer> sorted = new LinkedHashMap<>();
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        return sorted;
    }
}
