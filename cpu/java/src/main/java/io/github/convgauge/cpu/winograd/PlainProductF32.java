package io.github.convgauge.cpu.winograd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The matrix product as it reads, in f32: one element after the other, each the sum in the order of k.
 * The twin of {@link PlainProductF64}.
 */
final class PlainProductF32 extends PlainProduct {
    private static final ValueLayout.OfFloat ELEMENT = ValueLayout.JAVA_FLOAT;

    PlainProductF32(int depth) {
        super(depth);
    }

    @Override
    public void run(
            MemorySegment a, long aAt, long aRow, MemorySegment b, long bAt,
            MemorySegment c, long cAt, long cRow, int rows, int panels) {
        for (int column = 0; column < panels * panel(); column++) {
            long bColumn = bAt + (long) column / panel() * depth() * panel() * Float.BYTES
                    + (long) column % panel() * Float.BYTES;
            for (int row = 0; row < rows; row++) {
                float sum = 0;
                for (int k = 0; k < depth(); k++) {
                    float left = a.get(ELEMENT, aAt + row * aRow + (long) k * Float.BYTES);
                    float right = b.get(ELEMENT, bColumn + (long) k * panel() * Float.BYTES);
                    sum = Math.fma(left, right, sum);
                }
                c.set(ELEMENT, cAt + row * cRow + (long) column * Float.BYTES, sum);
            }
        }
    }
}
