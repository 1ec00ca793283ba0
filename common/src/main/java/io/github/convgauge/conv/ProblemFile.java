package io.github.convgauge.conv;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Lists of problems: one a line in a file, or separated by commas on the command line. */
public final class ProblemFile {
    private ProblemFile() {}

    /**
     * The problems of a file, in its order.
     *
     * @throws IOException if it cannot be read, or is not UTF-8 text
     * @throws IllegalArgumentException with one sentence, if a line is no problem, or there is none
     */
    public static List<ConvProblem> read(Path file) throws IOException {
        return parse(Files.readAllLines(file), file.toString());
    }

    /**
     * The problems of lines of text; {@code #} begins a comment.
     *
     * @param name of whatever holds these lines, for the user
     * @throws IllegalArgumentException with one sentence, if one is no problem, or there is none
     */
    public static List<ConvProblem> parse(List<String> lines, String name) {
        List<ConvProblem> problems = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String text = withoutComment(lines.get(i)).strip();
            if (!text.isEmpty()) {
                try {
                    problems.add(ConvProblem.parse(text));
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException("%s, line %d: %s".formatted(name, i + 1, e.getMessage()), e);
                }
            }
        }
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("%s holds no problem".formatted(name));
        }
        return problems;
    }

    /** Splits at commas outside of quoted names. */
    public static List<String> split(String list) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        boolean quoted = false;
        for (int i = 0; i <= list.length(); i++) {
            if (i == list.length() || (list.charAt(i) == ',' && !quoted)) {
                parts.add(list.substring(from, i).strip());
                from = i + 1;
            } else if (list.charAt(i) == '"') {
                quoted = !quoted;
            }
        }
        return parts;
    }

    private static String withoutComment(String line) {
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) == '"') {
                quoted = !quoted;
            } else if (line.charAt(i) == '#' && !quoted) {
                return line.substring(0, i);
            }
        }
        return line;
    }
}
