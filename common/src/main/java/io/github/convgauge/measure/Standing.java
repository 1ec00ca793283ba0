package io.github.convgauge.measure;

/** How a device stands to the CPU at one batch size, as far as their intervals tell. */
public enum Standing {
    /** The device's whole interval is below the CPU's. */
    FASTER,
    /** It is above. */
    SLOWER,
    /** The intervals overlap: nothing can be said. */
    UNCLEAR;

    public static Standing of(Interval device, Interval cpu) {
        if (device.isBelow(cpu)) {
            return FASTER;
        }
        return cpu.isBelow(device) ? SLOWER : UNCLEAR;
    }
}
