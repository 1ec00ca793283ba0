package io.github.convgauge.openclc;

import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The integers that a kernel is compiled with. A program is made for one problem: the compiler folds
 * strides into addresses and unrolls loops over the kernel's taps.
 */
public final class Constants {
    private final Map<String, Long> values = new TreeMap<>();

    /** @param lanes of a vector: 1, 2, 4, 8 or 16 */
    public Constants(DType dtype, int lanes) {
        put("REAL_BITS", dtype.bytes() * 8L).put("V", lanes);
    }

    public Constants put(String name, long value) {
        if (value != (int) value) {
            throw new IllegalArgumentException("%s = %d does not fit into OpenCL's int".formatted(name, value));
        }
        values.put(name, value);
        return this;
    }

    Constants put(String name, boolean value) {
        return put(name, value ? 1 : 0);
    }

    /** PREFIX_OFFSET and a stride for each dimension, PREFIX_N, PREFIX_H, … */
    Constants put(String prefix, Layout layout, String... dimensions) {
        put(prefix + "_OFFSET", layout.offset());
        for (int d = 0; d < dimensions.length; d++) {
            // Of a single element the stride is never used, and may be anything.
            put(prefix + "_" + dimensions[d], layout.size(d) == 1 ? 0 : layout.stride(d));
        }
        return this;
    }

    /** As options of the compiler. */
    String options() {
        return values.entrySet().stream().map(e -> "-D" + e.getKey() + "=" + e.getValue()).collect(Collectors.joining(" "));
    }

    /** As lines of the source. */
    String defines() {
        return values.entrySet().stream()
                .map(e -> "#define " + e.getKey() + " " + e.getValue() + "\n")
                .collect(Collectors.joining());
    }
}
