package io.github.convgauge.backend;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a row would allocate on a device, held against what the device has: a driver that runs out of
 * memory says so late, or dies.
 */
public final class DeviceMemory {
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
                        .formatted(buffer.getKey(), describe(buffer.getValue()), describe(largest)));
            }
        }
        if (bytes() > global) {
            throw new UnsupportedConvException("%s take %s, and the device has %s of memory".formatted(
                    String.join(", ", buffers.keySet()), describe(bytes()), describe(global)));
        }
    }

    /** An amount of memory for people: {@code 64.0 KiB}, {@code 13.1 GiB}. */
    public static String describe(long bytes) {
        double amount = bytes / 1024.0;
        String[] units = {"KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        while (amount >= 1024 && unit < units.length - 1) {
            amount /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", amount, units[unit]);
    }
}
