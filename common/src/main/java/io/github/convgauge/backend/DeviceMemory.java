package io.github.convgauge.backend;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a row would allocate on a device, held against what the device has: a driver that runs out of
 * memory says so late, or dies.
 */
public final class DeviceMemory {
    private static final double MIB = 1L << 20;

    private final Map<String, Long> buffers = new LinkedHashMap<>();

    /** @param name for people: {@code the column matrix} */
    public DeviceMemory add(String name, long bytes) {
        buffers.merge(name, bytes, Math::addExact);
        return this;
    }

    /** All buffers together. */
    public long bytes() {
        return buffers.values().stream().reduce(0L, Math::addExact);
    }

    /**
     * Refuses what does not fit.
     *
     * @param global the device's memory, in bytes
     * @param largest its largest single allocation, in bytes
     * @throws UnsupportedConvException with what is needed and what there is
     */
    public void requireFits(long global, long largest) throws UnsupportedConvException {
        for (Map.Entry<String, Long> buffer : buffers.entrySet()) {
            if (buffer.getValue() > largest) {
                throw new UnsupportedConvException("%s takes %s, and the device's largest single allocation is %s"
                        .formatted(buffer.getKey(), mebibytes(buffer.getValue()), mebibytes(largest)));
            }
        }
        if (bytes() > global) {
            throw new UnsupportedConvException("%s take %s, and the device has %s of memory".formatted(
                    String.join(", ", buffers.keySet()), mebibytes(bytes()), mebibytes(global)));
        }
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / MIB);
    }
}
