package io.github.convgauge.backend;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Something that computes.
 *
 * @param id names it within its backend
 * @param hardware the same for two devices, of one backend or two, exactly if they mean the same
 *     hardware, which a runtime may reach through several drivers; {@link #HOST_ID} is the processor
 *     that the JVM runs on
 * @param name what its maker calls it, and how it is reached where that is not the only way; "" for
 *     the host, whose name the environment record knows
 * @param facts further facts to show, by name: platform, driver, compute units, memory, …
 */
public record Device(String id, String hardware, String name, Map<String, String> facts) {
    public static final String HOST_ID = "host";

    public Device {
        facts = Collections.unmodifiableMap(new TreeMap<>(facts));
    }

    /** The processor that the JVM runs on. */
    public static Device host() {
        return new Device(HOST_ID, HOST_ID, "", Map.of());
    }

    /**
     * The identity of hardware that is known by its name only.
     *
     * @param ordinal counts devices of one name that one driver lists, from 0
     */
    public static String hardware(String name, int ordinal) {
        return name.strip().replaceAll("\\s+", " ") + "#" + ordinal;
    }
}
