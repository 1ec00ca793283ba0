package io.github.convgauge.cpu.winograd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * G·g of both tile sizes, in f64, as vectors of output channels and one number at a time. The two
 * agree bit by bit: they have the same operations in the same order. The twin of {@link WeightsF32}.
 */
final class WeightsF64 {
    /** A constant, because the JIT compiler only then knows the vectors' length. */
    private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final ValueLayout.OfDouble ELEMENT = ValueLayout.JAVA_DOUBLE;

    private static final double HALF = (double) 1 / 2;
    private static final double QUARTER = (double) 1 / 4;
    /** Rounded, as the next one: the error analysis counts that. */
    private static final double MINUS_SIXTH = (double) -1 / 6;
    private static final double TWENTY_FOURTH = (double) 1 / 24;

    private WeightsF64() {}

    /** F(2×2, 3×3): 3 numbers to 4. A {@link Pass}. */
    static void f2(
            MemorySegment from, long fromAt, long fromStep, long fromLine,
            MemorySegment to, long toAt, long toStep, long toLine, int lines, int count) {
        DoubleVector half = DoubleVector.broadcast(SPECIES, HALF);
        int whole = SPECIES.loopBound(count);
        for (int line = 0; line < lines; line++) {
            long source = fromAt + line * fromLine;
            long target = toAt + line * toLine;
            for (int c = 0; c < whole; c += SPECIES.length()) {
                long in = source + (long) c * Double.BYTES;
                DoubleVector g0 = DoubleVector.fromMemorySegment(SPECIES, from, in, ORDER);
                DoubleVector g1 = DoubleVector.fromMemorySegment(SPECIES, from, in + fromStep, ORDER);
                DoubleVector g2 = DoubleVector.fromMemorySegment(SPECIES, from, in + 2 * fromStep, ORDER);
                DoubleVector ends = g0.add(g2);
                long out = target + (long) c * Double.BYTES;
                g0.intoMemorySegment(to, out, ORDER);
                ends.add(g1).mul(half).intoMemorySegment(to, out + toStep, ORDER);
                ends.sub(g1).mul(half).intoMemorySegment(to, out + 2 * toStep, ORDER);
                g2.intoMemorySegment(to, out + 3 * toStep, ORDER);
            }
            long done = (long) whole * Double.BYTES;
            f2Singly(from, source + done, fromStep, to, target + done, toStep, count - whole);
        }
    }

    /** {@link #f2} of one line, one number at a time. */
    static void f2Singly(MemorySegment from, long fromAt, long fromStep, MemorySegment to, long toAt, long toStep, int count) {
        for (int c = 0; c < count; c++) {
            long in = fromAt + (long) c * Double.BYTES;
            double g0 = from.get(ELEMENT, in);
            double g1 = from.get(ELEMENT, in + fromStep);
            double g2 = from.get(ELEMENT, in + 2 * fromStep);
            double ends = g0 + g2;
            long out = toAt + (long) c * Double.BYTES;
            to.set(ELEMENT, out, g0);
            to.set(ELEMENT, out + toStep, (ends + g1) * HALF);
            to.set(ELEMENT, out + 2 * toStep, (ends - g1) * HALF);
            to.set(ELEMENT, out + 3 * toStep, g2);
        }
    }

    /** F(4×4, 3×3): 3 numbers to 6. A {@link Pass}. */
    static void f4(
            MemorySegment from, long fromAt, long fromStep, long fromLine,
            MemorySegment to, long toAt, long toStep, long toLine, int lines, int count) {
        DoubleVector two = DoubleVector.broadcast(SPECIES, 2);
        DoubleVector minusTwo = DoubleVector.broadcast(SPECIES, -2);
        DoubleVector four = DoubleVector.broadcast(SPECIES, 4);
        DoubleVector quarter = DoubleVector.broadcast(SPECIES, QUARTER);
        DoubleVector minusSixth = DoubleVector.broadcast(SPECIES, MINUS_SIXTH);
        DoubleVector twentyFourth = DoubleVector.broadcast(SPECIES, TWENTY_FOURTH);
        int whole = SPECIES.loopBound(count);
        for (int line = 0; line < lines; line++) {
            long source = fromAt + line * fromLine;
            long target = toAt + line * toLine;
            for (int c = 0; c < whole; c += SPECIES.length()) {
                long in = source + (long) c * Double.BYTES;
                DoubleVector g0 = DoubleVector.fromMemorySegment(SPECIES, from, in, ORDER);
                DoubleVector g1 = DoubleVector.fromMemorySegment(SPECIES, from, in + fromStep, ORDER);
                DoubleVector g2 = DoubleVector.fromMemorySegment(SPECIES, from, in + 2 * fromStep, ORDER);
                DoubleVector ends1 = g0.add(g2);
                DoubleVector ends2 = g2.fma(four, g0);
                long out = target + (long) c * Double.BYTES;
                g0.mul(quarter).intoMemorySegment(to, out, ORDER);
                ends1.add(g1).mul(minusSixth).intoMemorySegment(to, out + toStep, ORDER);
                ends1.sub(g1).mul(minusSixth).intoMemorySegment(to, out + 2 * toStep, ORDER);
                g1.fma(two, ends2).mul(twentyFourth).intoMemorySegment(to, out + 3 * toStep, ORDER);
                g1.fma(minusTwo, ends2).mul(twentyFourth).intoMemorySegment(to, out + 4 * toStep, ORDER);
                g2.intoMemorySegment(to, out + 5 * toStep, ORDER);
            }
            long done = (long) whole * Double.BYTES;
            f4Singly(from, source + done, fromStep, to, target + done, toStep, count - whole);
        }
    }

    /** {@link #f4} of one line, one number at a time. */
    static void f4Singly(MemorySegment from, long fromAt, long fromStep, MemorySegment to, long toAt, long toStep, int count) {
        for (int c = 0; c < count; c++) {
            long in = fromAt + (long) c * Double.BYTES;
            double g0 = from.get(ELEMENT, in);
            double g1 = from.get(ELEMENT, in + fromStep);
            double g2 = from.get(ELEMENT, in + 2 * fromStep);
            double ends1 = g0 + g2;
            double ends2 = Math.fma(g2, 4, g0);
            long out = toAt + (long) c * Double.BYTES;
            to.set(ELEMENT, out, g0 * QUARTER);
            to.set(ELEMENT, out + toStep, (ends1 + g1) * MINUS_SIXTH);
            to.set(ELEMENT, out + 2 * toStep, (ends1 - g1) * MINUS_SIXTH);
            to.set(ELEMENT, out + 3 * toStep, Math.fma(g1, 2, ends2) * TWENTY_FOURTH);
            to.set(ELEMENT, out + 4 * toStep, Math.fma(g1, -2, ends2) * TWENTY_FOURTH);
            to.set(ELEMENT, out + 5 * toStep, g2);
        }
    }
}
