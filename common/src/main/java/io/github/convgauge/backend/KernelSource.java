package io.github.convgauge.backend;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A device kernel as it was compiled for one row.
 *
 * @param name of the kernel: {@code im2col}
 * @param extension of the file that it belongs in, without the dot: {@code cl}, {@code ptx}
 * @param text the source
 * @param facts how it was compiled and launched, by name, in order: compiler flags, global and local
 *     work size
 */
public record KernelSource(String name, String extension, String text, Map<String, String> facts) {
    public KernelSource {
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }
}
