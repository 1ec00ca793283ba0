package io.github.convgauge.cli.run;

import java.util.List;
import java.util.Locale;

/** What the processor's caches hold when an execution begins. */
enum CacheState {
    HOT,
    COLD;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws InputException if it is none of hot, cold and both */
    static List<CacheState> ofLabel(String label) {
        return switch (label) {
            case "hot" -> List.of(HOT);
            case "cold" -> List.of(COLD);
            case "both" -> List.of(HOT, COLD);
            default -> throw new InputException("unknown cache state '" + label + "'; there are hot, cold and both");
        };
    }
}
