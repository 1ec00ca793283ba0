package io.github.convgauge.cpu.winograd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Bᵀ·d of both tile sizes, in f64, as vectors of channels and one number at a time. The two agree bit
 * by bit: they have the same operations in the same order. The twin of {@link InputF32}.
 */
final class InputF64 {
    /** A constant, because the JIT compiler only then knows the vectors' length. */
    private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final ValueLayout.OfDouble ELEMENT = ValueLayout.JAVA_DOUBLE;

    private InputF64() {}

    /** F(2×2, 3×3): 4 numbers to 4. A {@link Pass}. */
    static void f2(
            MemorySegment from, long fromAt, long fromStep, long fromLine,
            MemorySegment to, long toAt, long toStep, long toLine, int lines, int count) {
        int whole = SPECIES.loopBound(count);
        for (int line = 0; line < lines; line++) {
            long source = fromAt + line * fromLine;
            long target = toAt + line * toLine;
            for (int c = 0; c < whole; c += SPECIES.length()) {
                long in = source + (long) c * Double.BYTES;
                DoubleVector d0 = DoubleVector.fromMemorySegment(SPECIES, from, in, ORDER);
                DoubleVector d1 = DoubleVector.fromMemorySegment(SPECIES, from, in + fromStep, ORDER);
                DoubleVector d2 = DoubleVector.fromMemorySegment(SPECIES, from, in + 2 * fromStep, ORDER);
                DoubleVector d3 = DoubleVector.fromMemorySegment(SPECIES, from, in + 3 * fromStep, ORDER);
                long out = target + (long) c * Double.BYTES;
                d0.sub(d2).intoMemorySegment(to, out, ORDER);
                d1.add(d2).intoMemorySegment(to, out + toStep, ORDER);
                d2.sub(d1).intoMemorySegment(to, out + 2 * toStep, ORDER);
                d1.sub(d3).intoMemorySegment(to, out + 3 * toStep, ORDER);
            }
            long done = (long) whole * Double.BYTES;
            f2Singly(from, source + done, fromStep, to, target + done, toStep, count - whole);
        }
    }

    /** {@link #f2} of one line, one number at a time. */
    static void f2Singly(MemorySegment from, long fromAt, long fromStep, MemorySegment to, long toAt, long toStep, int count) {
        for (int c = 0; c < count; c++) {
            long in = fromAt + (long) c * Double.BYTES;
            double d0 = from.get(ELEMENT, in);
            double d1 = from.get(ELEMENT, in + fromStep);
            double d2 = from.get(ELEMENT, in + 2 * fromStep);
            double d3 = from.get(ELEMENT, in + 3 * fromStep);
            long out = toAt + (long) c * Double.BYTES;
            to.set(ELEMENT, out, d0 - d2);
            to.set(ELEMENT, out + toStep, d1 + d2);
            to.set(ELEMENT, out + 2 * toStep, d2 - d1);
            to.set(ELEMENT, out + 3 * toStep, d1 - d3);
        }
    }

    /** F(4×4, 3×3): 6 numbers to 6, in 12 operations. A {@link Pass}. */
    static void f4(
            MemorySegment from, long fromAt, long fromStep, long fromLine,
            MemorySegment to, long toAt, long toStep, long toLine, int lines, int count) {
        DoubleVector two = DoubleVector.broadcast(SPECIES, 2);
        DoubleVector minusTwo = DoubleVector.broadcast(SPECIES, -2);
        DoubleVector four = DoubleVector.broadcast(SPECIES, 4);
        DoubleVector minusFour = DoubleVector.broadcast(SPECIES, -4);
        DoubleVector minusFive = DoubleVector.broadcast(SPECIES, -5);
        int whole = SPECIES.loopBound(count);
        for (int line = 0; line < lines; line++) {
            long source = fromAt + line * fromLine;
            long target = toAt + line * toLine;
            for (int c = 0; c < whole; c += SPECIES.length()) {
                long in = source + (long) c * Double.BYTES;
                DoubleVector d0 = DoubleVector.fromMemorySegment(SPECIES, from, in, ORDER);
                DoubleVector d1 = DoubleVector.fromMemorySegment(SPECIES, from, in + fromStep, ORDER);
                DoubleVector d2 = DoubleVector.fromMemorySegment(SPECIES, from, in + 2 * fromStep, ORDER);
                DoubleVector d3 = DoubleVector.fromMemorySegment(SPECIES, from, in + 3 * fromStep, ORDER);
                DoubleVector d4 = DoubleVector.fromMemorySegment(SPECIES, from, in + 4 * fromStep, ORDER);
                DoubleVector d5 = DoubleVector.fromMemorySegment(SPECIES, from, in + 5 * fromStep, ORDER);
                DoubleVector even1 = d2.fma(minusFour, d4);
                DoubleVector odd1 = d1.fma(minusFour, d3);
                DoubleVector even2 = d4.sub(d2);
                DoubleVector odd2 = d3.sub(d1);
                long out = target + (long) c * Double.BYTES;
                d0.fma(four, d2.fma(minusFive, d4)).intoMemorySegment(to, out, ORDER);
                even1.add(odd1).intoMemorySegment(to, out + toStep, ORDER);
                even1.sub(odd1).intoMemorySegment(to, out + 2 * toStep, ORDER);
                odd2.fma(two, even2).intoMemorySegment(to, out + 3 * toStep, ORDER);
                odd2.fma(minusTwo, even2).intoMemorySegment(to, out + 4 * toStep, ORDER);
                d1.fma(four, d3.fma(minusFive, d5)).intoMemorySegment(to, out + 5 * toStep, ORDER);
            }
            long done = (long) whole * Double.BYTES;
            f4Singly(from, source + done, fromStep, to, target + done, toStep, count - whole);
        }
    }

    /** {@link #f4} of one line, one number at a time. */
    static void f4Singly(MemorySegment from, long fromAt, long fromStep, MemorySegment to, long toAt, long toStep, int count) {
        for (int c = 0; c < count; c++) {
            long in = fromAt + (long) c * Double.BYTES;
            double d0 = from.get(ELEMENT, in);
            double d1 = from.get(ELEMENT, in + fromStep);
            double d2 = from.get(ELEMENT, in + 2 * fromStep);
            double d3 = from.get(ELEMENT, in + 3 * fromStep);
            double d4 = from.get(ELEMENT, in + 4 * fromStep);
            double d5 = from.get(ELEMENT, in + 5 * fromStep);
            double even1 = Math.fma(d2, -4, d4);
            double odd1 = Math.fma(d1, -4, d3);
            double even2 = d4 - d2;
            double odd2 = d3 - d1;
            long out = toAt + (long) c * Double.BYTES;
            to.set(ELEMENT, out, Math.fma(d0, 4, Math.fma(d2, -5, d4)));
            to.set(ELEMENT, out + toStep, even1 + odd1);
            to.set(ELEMENT, out + 2 * toStep, even1 - odd1);
            to.set(ELEMENT, out + 3 * toStep, Math.fma(odd2, 2, even2));
            to.set(ELEMENT, out + 4 * toStep, Math.fma(odd2, -2, even2));
            to.set(ELEMENT, out + 5 * toStep, Math.fma(d1, 4, Math.fma(d3, -5, d5)));
        }
    }
}
