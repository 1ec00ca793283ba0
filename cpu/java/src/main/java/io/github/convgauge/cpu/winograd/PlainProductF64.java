package io.github.convgauge.cpu.winograd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The matrix product as it reads, in f64: one element after the other, each the sum in the order of k.
 * The twin of {@link PlainProductF32}.
 */
final class PlainProductF64 extends PlainProduct {
    private static final ValueLayout.OfDouble ELEMENT = ValueLayout.JAVA_DOUBLE;

    PlainProductF64(int depth) {
        super(depth);
    }

    @Override
    public void run(
            MemorySegment a, long aAt, long aRow, MemorySegment b, long bAt,
            MemorySegment c, long cAt, long cRow, int rows, int panels) {
        for (int column = 0; column < panels * panel(); column++) {
            long bColumn = bAt + (long) column / panel() * depth() * panel() * Double.BYTES
                    + (long) column % panel() * Double.BYTES;
            for (int row = 0; row < rows; row++) {
                double sum = 0;
                for (int k = 0; k < depth(); k++) {
                    double left = a.get(ELEMENT, aAt + row * aRow + (long) k * Double.BYTES);
                    double right = b.get(ELEMENT, bColumn + (long) k * panel() * Double.BYTES);
                    sum = Math.fma(left, right, sum);
                }
                c.set(ELEMENT, cAt + row * cRow + (long) column * Double.BYTES, sum);
            }
        }
    }
}
