package io.github.convgauge.backend;

import java.util.Locale;

/** What one timed execution includes. */
public enum Regime {
    /** CPU: the weights are laid out anew at each call, as a plain function call does. */
    EAGER,
    /** CPU: the weights were laid out once, before the timing. */
    PREPARED,
    /** Device: nothing moves between host and device. */
    RESIDENT,
    /** Device: the weights stay on the device, x goes in and y comes out at each execution. */
    WEIGHTS_RESIDENT,
    /** Device: x and the weights go in and y comes out at each execution. */
    END_TO_END;

    /** The name in result lines: {@code weights_resident}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Those of a device, from the least that moves to the most. */
    public static Regime[] ofDevices() {
        return new Regime[] {RESIDENT, WEIGHTS_RESIDENT, END_TO_END};
    }

    /** @throws IllegalArgumentException if there is none of that label */
    public static Regime ofLabel(String label) {
        for (Regime regime : values()) {
            if (regime.label().equals(label)) {
                return regime;
            }
        }
        throw new IllegalArgumentException(
                "unknown regime '" + label + "'; there are eager, prepared, resident, weights_resident and end_to_end");
    }
}
