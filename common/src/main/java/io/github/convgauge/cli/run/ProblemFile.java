package io.github.convgauge.cli.run;

import io.github.convgauge.conv.ConvProblem;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Lists of problems: one a line in a file, or separated by commas on the command line. */
final class ProblemFile {
    private ProblemFile() {}

    static List<ConvProblem> read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (MalformedInputException e) {
            throw new InputException("cannot read %s: it is not UTF-8 text".formatted(file));
        } catch (IOException e) {
            throw new InputException("cannot read %s: %s".formatted(file, FileTrouble.describe(e)));
        }
        return parse(lines, file.toString());
    }

    /**
     * @param name of whatever holds these lines, for the user
     * @throws InputException if one is no problem, or there is none
     */
    static List<ConvProblem> parse(List<String> lines, String name) {
        List<ConvProblem> problems = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String text = withoutComment(lines.get(i)).strip();
            if (!text.isEmpty()) {
                try {
                    problems.add(ConvProblem.parse(text));
                } catch (IllegalArgumentException e) {
                    throw new InputException("%s, line %d: %s".formatted(name, i + 1, e.getMessage()));
                }
            }
        }
        if (problems.isEmpty()) {
            throw new InputException("%s holds no problem".formatted(name));
        }
        return problems;
    }

    /** Splits at commas outside of quoted names. */
    static List<String> split(String list) {
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
