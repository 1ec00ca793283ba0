package io.github.convgauge.backend;

import java.util.Locale;

/** How several convolutions are handed to a device in one timed execution. */
public enum Grouping {
    /** All in one submission (one graph, one command list), and one wait at the end. */
    TOGETHER,
    /** Each in a submission of its own that is waited for: what a program gets that calls {@code execute()} for each. */
    APART;

    /** The name in messages: {@code together}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if there is none of that label */
    public static Grouping ofLabel(String label) {
        for (Grouping grouping : values()) {
            if (grouping.label().equals(label)) {
                return grouping;
            }
        }
        throw new IllegalArgumentException("unknown grouping '" + label + "'; there are together and apart");
    }
}
