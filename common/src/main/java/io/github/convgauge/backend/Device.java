package io.github.convgauge.backend;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Something that computes.
 *
 * @param id the same for two backends exactly if they mean the same hardware; {@link #HOST_ID} is
 *     the processor that the JVM runs on
 * @param name what its maker calls it; "" for the host, whose name the environment record knows
 * @param facts further facts to show, by name
 */
public record Device(String id, String name, Map<String, String> facts) {
    public static final String HOST_ID = "host";

    public Device {
        facts = Collections.unmodifiableMap(new TreeMap<>(facts));
    }

    /** The processor that the JVM runs on. */
    public static Device host() {
        return new Device(HOST_ID, "", Map.of());
    }
}
