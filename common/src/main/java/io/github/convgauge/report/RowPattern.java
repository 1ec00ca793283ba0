package io.github.convgauge.report;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Which rows are meant: up to four words, of which each is a regular expression for the whole of
 * backend, algorithm, regime and output. Words that are left out match everything.
 */
public final class RowPattern {
    private static final int MOST_WORDS = 4;
    private static final String ABSENT = "*";

    private final String text;
    private final List<Pattern> words = new ArrayList<>();

    /** @throws IllegalArgumentException with one sentence if the text is none */
    public RowPattern(String text) {
        this.text = text.strip();
        String[] all = this.text.split("\\s+");
        if (this.text.isEmpty() || all.length > MOST_WORDS) {
            throw new IllegalArgumentException(
                    "'" + text + "' does not name rows; 'backend algorithm regime output' does, or the first few of them");
        }
        for (String word : all) {
            try {
                words.add(Pattern.compile(word));
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException("'" + word + "' is no regular expression: " + e.getDescription(), e);
            }
        }
    }

    boolean matches(ResultRow row) {
        String[] fields = {row.backend(), row.algorithm(), row.regime(), row.output()};
        for (int i = 0; i < words.size(); i++) {
            // A backend that is not there has one row for all that it might have.
            if (i > 0 && ABSENT.equals(row.algorithm())) {
                return true;
            }
            if (fields[i] == null || !words.get(i).matcher(fields[i]).matches()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return text;
    }
}
