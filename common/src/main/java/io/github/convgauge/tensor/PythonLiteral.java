package io.github.convgauge.tensor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what Python's {@code ast.literal_eval} reads, as far as the header of a .npy file needs it:
 * strings, integers (Python 2's {@code 3L} too), booleans, None, tuples, lists and dicts.
 *
 * <p>They become {@link String}, {@link Long}, {@link Boolean}, {@link #NONE}, {@link Tuple},
 * {@link List} and {@link Map}.
 */
final class PythonLiteral {
    /** Python's None. */
    static final Object NONE = new Object() {
        @Override
        public String toString() {
            return "None";
        }
    };

    /** Deeper nesting than any dtype has; keeps a hostile header from overflowing the stack. */
    private static final int MAX_DEPTH = 50;

    private final String text;
    private int at;
    private int depth;

    private PythonLiteral(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException if it is no such literal; the message says where and why */
    static Object parse(String text) {
        PythonLiteral parser = new PythonLiteral(text);
        Object value = parser.value();
        parser.skipSpace();
        if (parser.at < text.length()) {
            throw parser.error("something follows the end");
        }
        return value;
    }

    /** A Python tuple, apart from a list. */
    record Tuple(List<Object> items) {}

    private Object value() {
        if (++depth > MAX_DEPTH) {
            throw error("it is nested too deeply");
        }
        try {
            char c = peek();
            return switch (c) {
                case '{' -> dict();
                case '[' -> {
                    at++;
                    yield items(']').items();
                }
                case '(' -> {
                    at++;
                    Items items = items(')');
                    // In Python it is the comma that makes a tuple: (3) is 3.
                    boolean parenthesised = items.items().size() == 1 && !items.trailingComma();
                    yield parenthesised ? items.items().getFirst() : new Tuple(items.items());
                }
                case '\'', '"' -> string();
                default -> c == '-' || c == '+' || isDigit(c) ? integer() : word();
            };
        } finally {
            depth--;
        }
    }

    private Map<Object, Object> dict() {
        at++;
        Map<Object, Object> entries = new LinkedHashMap<>();
        while (peek() != '}') {
            Object key = value();
            expect(':');
            entries.put(key, value());
            if (peek() != '}') {
                expect(',');
            }
        }
        at++;
        return entries;
    }

    private record Items(List<Object> items, boolean trailingComma) {}

    private Items items(char end) {
        List<Object> items = new ArrayList<>();
        boolean comma = false;
        while (peek() != end) {
            if (!items.isEmpty() && !comma) {
                throw error("a comma is missing");
            }
            items.add(value());
            comma = peek() == ',';
            if (comma) {
                at++;
            }
        }
        at++;
        return new Items(items, comma);
    }

    private String string() {
        char quote = text.charAt(at++);
        StringBuilder value = new StringBuilder();
        while (at < text.length() && text.charAt(at) != quote) {
            if (text.charAt(at) == '\\') {
                at++; // the escapes that a field's name may hold; no number or dtype has any
            }
            if (at < text.length()) {
                value.append(text.charAt(at++));
            }
        }
        if (at >= text.length()) {
            throw error("a string does not end");
        }
        at++;
        return value.toString();
    }

    private Long integer() {
        int start = at++;
        while (at < text.length() && isDigit(text.charAt(at))) {
            at++;
        }
        String digits = text.substring(start, at);
        if (at < text.length() && text.charAt(at) == 'L') {
            at++;
        }
        try {
            return Long.valueOf(digits);
        } catch (NumberFormatException e) {
            throw error(isDigit(digits.charAt(digits.length() - 1))
                    ? digits + " is more than 63 bits hold" : "a number is missing", e);
        }
    }

    private Object word() {
        int start = at;
        while (at < text.length() && Character.isLetter(text.charAt(at))) {
            at++;
        }
        String word = text.substring(start, at);
        boolean prefixed = at < text.length() && (text.charAt(at) == '\'' || text.charAt(at) == '"');
        return switch (word) {
            case "True" -> true;
            case "False" -> false;
            case "None" -> NONE;
            case "u", "b" -> {
                if (!prefixed) {
                    throw error("'" + word + "' means nothing here");
                }
                yield string();
            }
            default -> throw error("'" + (word.isEmpty() ? text.charAt(at) : word) + "' means nothing here");
        };
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private void skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    /** The next character that is not space, not consumed. */
    private char peek() {
        skipSpace();
        if (at >= text.length()) {
            throw error("it ends too early");
        }
        return text.charAt(at);
    }

    private void expect(char c) {
        if (peek() != c) {
            throw error("'" + c + "' is missing");
        }
        at++;
    }

    private IllegalArgumentException error(String what) {
        return error(what, null);
    }

    private IllegalArgumentException error(String what, Throwable cause) {
        return new IllegalArgumentException(what + " (character " + (at + 1) + ")", cause);
    }
}
