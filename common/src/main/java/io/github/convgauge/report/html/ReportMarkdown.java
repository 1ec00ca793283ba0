package io.github.convgauge.report.html;

import io.github.convgauge.check.Status;
import io.github.convgauge.report.Units;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/** The report in GitHub's Markdown: the table, what is not comparable, and each row that is not PASSED with its repeat command. */
public final class ReportMarkdown {
    private static final String NONE = "-";
    /** What Markdown or the HTML in it would take for more than text. */
    private static final Pattern SPECIAL = Pattern.compile("[\\\\|*_`\\[\\]~$]");
    /** Control characters, line ends and what turns the direction of text around: they would break a line or hide it. */
    private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cc}\\u2028\\u2029\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069]");

    private ReportMarkdown() {}

    public static String of(Report report) {
        StringBuilder text = new StringBuilder("# convgauge report\n\n");
        List<String> counts = new ArrayList<>();
        report.statuses().forEach((status, count) -> counts.add(count + " " + escaped(status.name())));
        text.append("%d row%s from %s: %s.%n".formatted(
                report.rows().size(), report.rows().size() == 1 ? "" : "s", escaped(String.join(", ", report.files())), String.join(", ", counts)));
        report.machines().forEach((letter, machine) -> text.append("%n- machine %s: %s".formatted(letter, escaped(machine))));
        text.append("\n");
        report.warnings().forEach(warning -> text.append("\n**Warning:** ").append(escaped(warning)).append("\n"));
        appendMarks(text, report);
        text.append("\n## Rows\n\n");
        appendTable(text, report);
        appendOthers(text, report);
        return text.toString();
    }

    private static void appendMarks(StringBuilder text, Report report) {
        if (report.markCounts().isEmpty()) {
            return;
        }
        text.append("\n## Not comparable\n\nMost rows have in common: ")
                .append(escaped(report.basis().isEmpty() ? "nothing" : String.join("; ", report.basis())))
                .append(". Rows that must not be compared with them:\n\n");
        report.markCounts().forEach((reason, count) ->
                text.append("- %d row%s: %s%n".formatted(count, count == 1 ? "" : "s", escaped(reason))));
    }

    private static void appendTable(StringBuilder text, Report report) {
        List<Column> columns = Column.ALL.stream()
                .filter(Column::everywhere)
                .filter(column -> report.rows().stream().anyMatch(row -> column.value().apply(row) != null))
                .toList();
        appendLine(text, columns.stream().map(Column::title).toList());
        appendLine(text, columns.stream().map(column -> column.isText() ? "---" : "---:").toList());
        for (Report.Row row : report.rows()) {
            appendLine(text, columns.stream().map(column -> cell(column.kind(), column.value().apply(row))).toList());
        }
    }

    private static void appendLine(StringBuilder text, List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static String cell(Column.Kind kind, Object value) {
        if (value == null) {
            return NONE;
        }
        return switch (kind) {
            case TEXT -> escaped(value.toString());
            case COUNT -> value.toString();
            case TIME -> Units.time(((Number) value).doubleValue());
            case NUMBER -> Units.digits(((Number) value).doubleValue());
            case RATIO -> Units.digits(((Number) value).doubleValue()) + "x";
        };
    }

    /** Rows that are not PASSED, by status and reason, since hundreds may have one reason. */
    private static void appendOthers(StringBuilder text, Report report) {
        Map<String, List<Report.Row>> groups = new LinkedHashMap<>();
        for (Status status : Status.values()) {
            for (Report.Row row : report.rows()) {
                if (row.result().status() == status && status != Status.PASSED) {
                    String title = status + ": " + Objects.requireNonNullElse(row.result().reason(), "no reason is given");
                    groups.computeIfAbsent(title, key -> new ArrayList<>()).add(row);
                }
            }
        }
        if (groups.isEmpty()) {
            return;
        }
        text.append("\n## Rows that are not PASSED\n");
        groups.forEach((title, rows) -> {
            text.append("\n").append(escaped(title)).append("\n\n");
            // Indented, a block of code that nothing in it can end.
            rows.forEach(row -> text.append("    ").append(visible(row.result().repeat())).append("\n"));
        });
    }

    /** Text that Markdown shows as it is, on one line. */
    static String escaped(String text) {
        String plain = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        return SPECIAL.matcher(plain).replaceAll("\\\\$0");
    }

    /** What cannot be seen as the number of its character. */
    private static String visible(String text) {
        return INVISIBLE.matcher(text).replaceAll(match -> String.format("U+%04X", (int) match.group().charAt(0)));
    }
}
