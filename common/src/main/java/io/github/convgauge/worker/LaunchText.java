package io.github.convgauge.worker;

import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The variables of a launch file: {@code ${threads}}, the row's number of threads; {@code ${java}}, the
 * feature version of the JDK that runs; and {@code ${NAME}}, any variable of the environment. One that
 * is set to nothing counts as not set, as a shell's {@code ${NAME:-…}} has it.
 */
final class LaunchText {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)\\}");

    private final UnaryOperator<String> environment;
    private final int threads;

    /** @param environment gives the value of a variable, or null */
    LaunchText(UnaryOperator<String> environment, int threads) {
        this.environment = environment;
        this.threads = threads;
    }

    private String value(String name) {
        return switch (name) {
            case "threads" -> Integer.toString(threads);
            case "java" -> Integer.toString(Runtime.version().feature());
            default -> {
                String value = environment.apply(name);
                yield value == null || value.isEmpty() ? null : value;
            }
        };
    }

    /** The first variable of a text that is not set. */
    Optional<String> unset(String text) {
        return VARIABLE.matcher(text).results().map(match -> match.group(1)).filter(name -> value(name) == null).findFirst();
    }

    /** With all variables replaced; all of them must be set. */
    String expand(String text) {
        return expand(text, UnaryOperator.identity());
    }

    /** The same, with each value as a regular expression that matches just that. */
    String expandIntoRegex(String regex) {
        return expand(regex, Pattern::quote);
    }

    private String expand(String text, UnaryOperator<String> change) {
        return VARIABLE.matcher(text).replaceAll(match -> Matcher.quoteReplacement(change.apply(value(match.group(1)))));
    }

    /** For people: what is not set stays as {@code $NAME}. */
    String show(String text) {
        return VARIABLE.matcher(text).replaceAll(match -> {
            String value = value(match.group(1));
            return Matcher.quoteReplacement(value == null ? "$" + match.group(1) : value);
        });
    }
}
