package io.github.convgauge.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The inner loops of {@link StridedCopy} in f32. The twin of {@link CopyF64}. */
final class CopyF32 {
    private static final ValueLayout.OfFloat ELEMENT = ValueLayout.JAVA_FLOAT;

    private CopyF32() {}

    /**
     * Copies (count, sizes[3], sizes[4], sizes[5]) elements from the places fromAt and toAt on, along
     * the strides of dimensions 2 to 5.
     */
    static void block(
            long count, long[] sizes,
            MemorySegment from, long fromAt, long[] fromStrides,
            MemorySegment to, long toAt, long[] toStrides) {
        long run = sizes[5];
        boolean dense = fromStrides[5] == 1 && toStrides[5] == 1;
        for (long j = 0; j < count; j++) {
            for (long a = 0; a < sizes[3]; a++) {
                for (long b = 0; b < sizes[4]; b++) {
                    long source = fromAt + j * fromStrides[2] + a * fromStrides[3] + b * fromStrides[4];
                    long target = toAt + j * toStrides[2] + a * toStrides[3] + b * toStrides[4];
                    if (dense) {
                        MemorySegment.copy(
                                from, source * Float.BYTES, to, target * Float.BYTES, run * Float.BYTES);
                    } else {
                        copyRun(run, from, source, fromStrides[5], to, target, toStrides[5]);
                    }
                }
            }
        }
    }

    private static void copyRun(
            long run, MemorySegment from, long fromAt, long fromStep, MemorySegment to, long toAt, long toStep) {
        for (long c = 0; c < run; c++) {
            to.setAtIndex(ELEMENT, toAt + c * toStep, from.getAtIndex(ELEMENT, fromAt + c * fromStep));
        }
    }
}
