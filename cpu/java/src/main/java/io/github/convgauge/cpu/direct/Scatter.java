package io.github.convgauge.cpu.direct;

import io.github.convgauge.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Takes a block from a scratch to where a whole vector does not fit, or channels are no neighbours. */
public final class Scatter {
    private Scatter() {}

    /**
     * Copies pixels × channels numbers; all distances in bytes.
     *
     * @param fromPixel from one pixel to the next in the scratch, whose channels are neighbours
     */
    public static void block(
            DType dtype, MemorySegment from, long fromPixel, MemorySegment to, long toAt, long toPixel, long toChannel,
            int pixels, int channels) {
        for (int pixel = 0; pixel < pixels; pixel++) {
            for (int channel = 0; channel < channels; channel++) {
                long source = pixel * fromPixel + (long) channel * dtype.bytes();
                long target = toAt + pixel * toPixel + channel * toChannel;
                if (dtype == DType.F64) {
                    to.set(ValueLayout.JAVA_LONG_UNALIGNED, target, from.get(ValueLayout.JAVA_LONG_UNALIGNED, source));
                } else {
                    to.set(ValueLayout.JAVA_INT_UNALIGNED, target, from.get(ValueLayout.JAVA_INT_UNALIGNED, source));
                }
            }
        }
    }

    /** The other way round: what {@link #block} would overwrite is taken to the scratch. */
    public static void gather(
            DType dtype, MemorySegment from, long fromAt, long fromPixel, long fromChannel, MemorySegment to, long toPixel,
            int pixels, int channels) {
        for (int pixel = 0; pixel < pixels; pixel++) {
            for (int channel = 0; channel < channels; channel++) {
                long source = fromAt + pixel * fromPixel + channel * fromChannel;
                long target = pixel * toPixel + (long) channel * dtype.bytes();
                if (dtype == DType.F64) {
                    to.set(ValueLayout.JAVA_LONG_UNALIGNED, target, from.get(ValueLayout.JAVA_LONG_UNALIGNED, source));
                } else {
                    to.set(ValueLayout.JAVA_INT_UNALIGNED, target, from.get(ValueLayout.JAVA_INT_UNALIGNED, source));
                }
            }
        }
    }
}
