package io.github.convgauge.check;

import java.util.Arrays;

/** The lanes that must run, rather than be skipped where their device is missing: CONVGAUGE_REQUIRE. */
public final class RequiredLanes {
    private static final String VARIABLE = "CONVGAUGE_REQUIRE";

    private RequiredLanes() {}

    /** Whether the list, words with commas between them, has a lane. */
    public static boolean requires(String lane) {
        String required = System.getenv().getOrDefault(VARIABLE, "");
        return Arrays.stream(required.split(",")).map(String::strip).anyMatch(lane::equals);
    }
}
