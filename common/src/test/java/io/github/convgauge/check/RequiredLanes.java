package io.github.convgauge.check;

import java.util.Arrays;

/**
 * The kinds of devices whose tests must run: those that the environment variable CONVGAUGE_REQUIRE
 * lists, with commas between. Tests of the others are skipped where there is no such device.
 */
public final class RequiredLanes {
    private static final String VARIABLE = "CONVGAUGE_REQUIRE";

    private RequiredLanes() {}

    /** @param lane its name, as in {@code opencl} */
    public static boolean requires(String lane) {
        return lists(System.getenv(VARIABLE), lane);
    }

    /** @param list null where there is none */
    static boolean lists(String list, String lane) {
        return list != null && Arrays.stream(list.split(",")).map(String::strip).anyMatch(lane::equals);
    }
}
