package io.github.convgauge.cpu.winograd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Aᵀ·m of both tile sizes, in f64, as vectors of output channels and one number at a time. The two
 * agree bit by bit: they have the same operations in the same order. The twin of {@link OutputF32}.
 */
final class OutputF64 {
    /** A constant, because the JIT compiler only then knows the vectors' length. */
    private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final ValueLayout.OfDouble ELEMENT = ValueLayout.JAVA_DOUBLE;

    private OutputF64() {}

    /** F(2×2, 3×3): 4 numbers to 2. A {@link Pass}. */
    static void f2(
            MemorySegment from, long fromAt, long fromStep, long fromLine,
            MemorySegment to, long toAt, long toStep, long toLine, int lines, int count) {
        int whole = SPECIES.loopBound(count);
        for (int line = 0; line < lines; line++) {
            long source = fromAt + line * fromLine;
            long target = toAt + line * toLine;
            for (int c = 0; c < whole; c += SPECIES.length()) {
                long in = source + (long) c * Double.BYTES;
                DoubleVector m0 = DoubleVector.fromMemorySegment(SPECIES, from, in, ORDER);
                DoubleVector m1 = DoubleVector.fromMemorySegment(SPECIES, from, in + fromStep, ORDER);
                DoubleVector m2 = DoubleVector.fromMemorySegment(SPECIES, from, in + 2 * fromStep, ORDER);
                DoubleVector m3 = DoubleVector.fromMemorySegment(SPECIES, from, in + 3 * fromStep, ORDER);
                long out = target + (long) c * Double.BYTES;
                m0.add(m1).add(m2).intoMemorySegment(to, out, ORDER);
                m1.sub(m2).sub(m3).intoMemorySegment(to, out + toStep, ORDER);
            }
            long done = (long) whole * Double.BYTES;
            f2Singly(from, source + done, fromStep, to, target + done, toStep, count - whole);
        }
    }

    /** {@link #f2} of one line, one number at a time. */
    static void f2Singly(MemorySegment from, long fromAt, long fromStep, MemorySegment to, long toAt, long toStep, int count) {
        for (int c = 0; c < count; c++) {
            long in = fromAt + (long) c * Double.BYTES;
            double m0 = from.get(ELEMENT, in);
            double m1 = from.get(ELEMENT, in + fromStep);
            double m2 = from.get(ELEMENT, in + 2 * fromStep);
            double m3 = from.get(ELEMENT, in + 3 * fromStep);
            long out = toAt + (long) c * Double.BYTES;
            to.set(ELEMENT, out, m0 + m1 + m2);
            to.set(ELEMENT, out + toStep, m1 - m2 - m3);
        }
    }

    /** F(4×4, 3×3): 6 numbers to 4, in 10 operations. A {@link Pass}. */
    static void f4(
            MemorySegment from, long fromAt, long fromStep, long fromLine,
            MemorySegment to, long toAt, long toStep, long toLine, int lines, int count) {
        DoubleVector two = DoubleVector.broadcast(SPECIES, 2);
        DoubleVector four = DoubleVector.broadcast(SPECIES, 4);
        DoubleVector eight = DoubleVector.broadcast(SPECIES, 8);
        int whole = SPECIES.loopBound(count);
        for (int line = 0; line < lines; line++) {
            long source = fromAt + line * fromLine;
            long target = toAt + line * toLine;
            for (int c = 0; c < whole; c += SPECIES.length()) {
                long in = source + (long) c * Double.BYTES;
                DoubleVector m0 = DoubleVector.fromMemorySegment(SPECIES, from, in, ORDER);
                DoubleVector m1 = DoubleVector.fromMemorySegment(SPECIES, from, in + fromStep, ORDER);
                DoubleVector m2 = DoubleVector.fromMemorySegment(SPECIES, from, in + 2 * fromStep, ORDER);
                DoubleVector m3 = DoubleVector.fromMemorySegment(SPECIES, from, in + 3 * fromStep, ORDER);
                DoubleVector m4 = DoubleVector.fromMemorySegment(SPECIES, from, in + 4 * fromStep, ORDER);
                DoubleVector m5 = DoubleVector.fromMemorySegment(SPECIES, from, in + 5 * fromStep, ORDER);
                DoubleVector sum1 = m1.add(m2);
                DoubleVector difference1 = m1.sub(m2);
                DoubleVector sum2 = m3.add(m4);
                DoubleVector difference2 = m3.sub(m4);
                long out = target + (long) c * Double.BYTES;
                m0.add(sum1).add(sum2).intoMemorySegment(to, out, ORDER);
                difference2.fma(two, difference1).intoMemorySegment(to, out + toStep, ORDER);
                sum2.fma(four, sum1).intoMemorySegment(to, out + 2 * toStep, ORDER);
                difference2.fma(eight, difference1).add(m5).intoMemorySegment(to, out + 3 * toStep, ORDER);
            }
            long done = (long) whole * Double.BYTES;
            f4Singly(from, source + done, fromStep, to, target + done, toStep, count - whole);
        }
    }

    /** {@link #f4} of one line, one number at a time. */
    static void f4Singly(MemorySegment from, long fromAt, long fromStep, MemorySegment to, long toAt, long toStep, int count) {
        for (int c = 0; c < count; c++) {
            long in = fromAt + (long) c * Double.BYTES;
            double m0 = from.get(ELEMENT, in);
            double m1 = from.get(ELEMENT, in + fromStep);
            double m2 = from.get(ELEMENT, in + 2 * fromStep);
            double m3 = from.get(ELEMENT, in + 3 * fromStep);
            double m4 = from.get(ELEMENT, in + 4 * fromStep);
            double m5 = from.get(ELEMENT, in + 5 * fromStep);
            double sum1 = m1 + m2;
            double difference1 = m1 - m2;
            double sum2 = m3 + m4;
            double difference2 = m3 - m4;
            long out = toAt + (long) c * Double.BYTES;
            to.set(ELEMENT, out, m0 + sum1 + sum2);
            to.set(ELEMENT, out + toStep, Math.fma(difference2, 2, difference1));
            to.set(ELEMENT, out + 2 * toStep, Math.fma(sum2, 4, sum1));
            to.set(ELEMENT, out + 3 * toStep, Math.fma(difference2, 8, difference1) + m5);
        }
    }
}
