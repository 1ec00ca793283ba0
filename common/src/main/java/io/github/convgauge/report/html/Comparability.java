package io.github.convgauge.report.html;

import io.github.convgauge.report.ResultRow;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which rows must not be compared with the others of a report. What most rows have in common (revision of the
 * sources, data, JDK) is its basis; a row with something else is marked, and so is one of a busy machine. Among
 * equally many the first counts. That rows come from several machines is no fault: it is shown, not marked.
 */
final class Comparability {
    private static final int SHORT_REVISION = 10;
    private static final String UNKNOWN = "unknown";
    /** Of {@link io.github.convgauge.measure.Environment#busy}. */
    private static final Pattern LOAD = Pattern.compile("load over the last minute was ([0-9.]+) on ([0-9]+) cores");

    private final Map<Mark, String> basis = new EnumMap<>(Mark.class);

    Comparability(List<ResultRow> rows) {
        for (Mark mark : List.of(Mark.REVISION, Mark.SEED, Mark.JDK)) {
            Map<String, Integer> counts = new LinkedHashMap<>();
            rows.forEach(row -> {
                String value = value(mark, row);
                if (value != null) {
                    counts.merge(value, 1, Integer::sum);
                }
            });
            String most = null;
            for (Map.Entry<String, Integer> entry : counts.entrySet()) {
                if (most == null || entry.getValue() > counts.get(most)) {
                    most = entry.getKey();
                }
            }
            if (most != null) {
                basis.put(mark, most);
            }
        }
    }

    /** What rows are compared by; null where a row does not tell. */
    private static String value(Mark mark, ResultRow row) {
        return switch (mark) {
            case REVISION -> {
                String revision = text(row, "git_revision");
                yield revision == null || revision.equals(UNKNOWN) || isDirty(row) ? null : revision;
            }
            case SEED -> text(row, "seed") == null ? null : "seed %s, %s".formatted(text(row, "seed"), text(row, "fill"));
            case JDK -> text(row, "jdk_version") == null
                    ? null
                    : "%s (%s)".formatted(text(row, "jdk_version"), Objects.requireNonNullElse(text(row, "jdk_vendor"), UNKNOWN));
            case BUSY -> text(row, "busy");
        };
    }

    private static boolean isDirty(ResultRow row) {
        return Boolean.TRUE.equals(row.env().get("git_dirty"));
    }

    private static String text(ResultRow row, String key) {
        Object value = row.env().get(key);
        return value == null ? null : value.toString();
    }

    /** What is wrong with a row, and why, in words; empty where nothing is. */
    Map<Mark, String> marks(ResultRow row) {
        Map<Mark, String> marks = new EnumMap<>(Mark.class);
        for (Mark mark : Mark.values()) {
            String own = value(mark, row);
            if (mark == Mark.BUSY) {
                if (own != null) {
                    marks.put(mark, busy(own));
                }
            } else if (own == null) {
                marks.put(mark, missing(mark, row));
            } else if (!own.equals(basis.get(mark))) {
                marks.put(mark, other(mark, own));
            }
        }
        return marks;
    }

    private static String busy(String sentence) {
        Matcher load = LOAD.matcher(sentence);
        return load.find() ? "busy machine: load %s on %s cores".formatted(load.group(1), load.group(2)) : "busy machine: " + sentence;
    }

    private static String missing(Mark mark, ResultRow row) {
        return switch (mark) {
            case REVISION -> isDirty(row)
                    ? "sources changed since revision " + shortened(Objects.requireNonNullElse(text(row, "git_revision"), UNKNOWN))
                    : "its git revision is unknown";
            case SEED -> "its seed is unknown";
            default -> "its JDK is unknown";
        };
    }

    private String other(Mark mark, String own) {
        return switch (mark) {
            case REVISION -> "another git revision: %s, not %s".formatted(shortened(own), shortened(basis.get(mark)));
            case SEED -> "other data: %s, not %s".formatted(own, basis.get(mark));
            default -> "another JDK: %s, not %s".formatted(own, basis.get(mark));
        };
    }

    private static String shortened(String revision) {
        return revision.length() > SHORT_REVISION && revision.chars().allMatch(c -> Character.digit(c, 16) >= 0)
                ? revision.substring(0, SHORT_REVISION)
                : revision;
    }

    /** Sentences on what most rows have in common, for those that have any of it. */
    List<String> basis() {
        List<String> sentences = new ArrayList<>();
        Map<Mark, String> words = new HashMap<>();
        basis.forEach((mark, value) -> words.put(mark, mark == Mark.REVISION ? "git revision " + shortened(value) : mark == Mark.JDK ? "JDK " + value : value));
        for (Mark mark : Mark.values()) {
            if (words.containsKey(mark)) {
                sentences.add(words.get(mark));
            }
        }
        return sentences;
    }
}
