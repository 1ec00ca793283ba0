package io.github.convgauge.backend;

import java.util.Locale;

/** Whose memory one timed execution writes its result to. */
public enum Output {
    /** The same buffer at each execution: what a program does that keeps one for its result. */
    REUSED,
    /** A buffer that the execution gets for itself and the caller gives back: what a function that returns a tensor does. */
    FRESH;

    /** The name in result lines: {@code fresh}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if there is none of that label */
    public static Output ofLabel(String label) {
        for (Output output : values()) {
            if (output.label().equals(label)) {
                return output;
            }
        }
        throw new IllegalArgumentException("unknown output '" + label + "'; there are reused and fresh");
    }
}
