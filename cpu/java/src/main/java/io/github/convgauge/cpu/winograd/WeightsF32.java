package io.github.convgauge.cpu.winograd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * G·g of both tile sizes, in f32, as vectors of output channels and one number at a time. The two
 * agree bit by bit: they have the same operations in the same order. The twin of {@link WeightsF64}.
 */
final class WeightsF32 {
    /** A constant, because the JIT compiler only then knows the vectors' length. */
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final ValueLayout.OfFloat ELEMENT = ValueLayout.JAVA_FLOAT;

    private static final float HALF = (float) 1 / 2;
    private static final float QUARTER = (float) 1 / 4;
    /** Rounded, as the next one: the error analysis counts that. */
    private static final float MINUS_SIXTH = (float) -1 / 6;
    private static final float TWENTY_FOURTH = (float) 1 / 24;

    private WeightsF32() {}

    /** F(2×2, 3×3): 3 numbers to 4. A {@link Pass}. */
    static void f2(
            MemorySegment from, long fromAt, long fromStep, long fromLine,
            MemorySegment to, long toAt, long toStep, long toLine, int lines, int count) {
        FloatVector half = FloatVector.broadcast(SPECIES, HALF);
        int whole = SPECIES.loopBound(count);
        for (int line = 0; line < lines; line++) {
            long source = fromAt + line * fromLine;
            long target = toAt + line * toLine;
            for (int c = 0; c < whole; c += SPECIES.length()) {
                long in = source + (long) c * Float.BYTES;
                FloatVector g0 = FloatVector.fromMemorySegment(SPECIES, from, in, ORDER);
                FloatVector g1 = FloatVector.fromMemorySegment(SPECIES, from, in + fromStep, ORDER);
                FloatVector g2 = FloatVector.fromMemorySegment(SPECIES, from, in + 2 * fromStep, ORDER);
                FloatVector ends = g0.add(g2);
                long out = target + (long) c * Float.BYTES;
                g0.intoMemorySegment(to, out, ORDER);
                ends.add(g1).mul(half).intoMemorySegment(to, out + toStep, ORDER);
                ends.sub(g1).mul(half).intoMemorySegment(to, out + 2 * toStep, ORDER);
                g2.intoMemorySegment(to, out + 3 * toStep, ORDER);
            }
            long done = (long) whole * Float.BYTES;
            f2Singly(from, source + done, fromStep, to, target + done, toStep, count - whole);
        }
    }

    /** {@link #f2} of one line, one number at a time. */
    static void f2Singly(MemorySegment from, long fromAt, long fromStep, MemorySegment to, long toAt, long toStep, int count) {
        for (int c = 0; c < count; c++) {
            long in = fromAt + (long) c * Float.BYTES;
            float g0 = from.get(ELEMENT, in);
            float g1 = from.get(ELEMENT, in + fromStep);
            float g2 = from.get(ELEMENT, in + 2 * fromStep);
            float ends = g0 + g2;
            long out = toAt + (long) c * Float.BYTES;
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
        FloatVector two = FloatVector.broadcast(SPECIES, 2);
        FloatVector minusTwo = FloatVector.broadcast(SPECIES, -2);
        FloatVector four = FloatVector.broadcast(SPECIES, 4);
        FloatVector quarter = FloatVector.broadcast(SPECIES, QUARTER);
        FloatVector minusSixth = FloatVector.broadcast(SPECIES, MINUS_SIXTH);
        FloatVector twentyFourth = FloatVector.broadcast(SPECIES, TWENTY_FOURTH);
        int whole = SPECIES.loopBound(count);
        for (int line = 0; line < lines; line++) {
            long source = fromAt + line * fromLine;
            long target = toAt + line * toLine;
            for (int c = 0; c < whole; c += SPECIES.length()) {
                long in = source + (long) c * Float.BYTES;
                FloatVector g0 = FloatVector.fromMemorySegment(SPECIES, from, in, ORDER);
                FloatVector g1 = FloatVector.fromMemorySegment(SPECIES, from, in + fromStep, ORDER);
                FloatVector g2 = FloatVector.fromMemorySegment(SPECIES, from, in + 2 * fromStep, ORDER);
                FloatVector ends1 = g0.add(g2);
                FloatVector ends2 = g2.fma(four, g0);
                long out = target + (long) c * Float.BYTES;
                g0.mul(quarter).intoMemorySegment(to, out, ORDER);
                ends1.add(g1).mul(minusSixth).intoMemorySegment(to, out + toStep, ORDER);
                ends1.sub(g1).mul(minusSixth).intoMemorySegment(to, out + 2 * toStep, ORDER);
                g1.fma(two, ends2).mul(twentyFourth).intoMemorySegment(to, out + 3 * toStep, ORDER);
                g1.fma(minusTwo, ends2).mul(twentyFourth).intoMemorySegment(to, out + 4 * toStep, ORDER);
                g2.intoMemorySegment(to, out + 5 * toStep, ORDER);
            }
            long done = (long) whole * Float.BYTES;
            f4Singly(from, source + done, fromStep, to, target + done, toStep, count - whole);
        }
    }

    /** {@link #f4} of one line, one number at a time. */
    static void f4Singly(MemorySegment from, long fromAt, long fromStep, MemorySegment to, long toAt, long toStep, int count) {
        for (int c = 0; c < count; c++) {
            long in = fromAt + (long) c * Float.BYTES;
            float g0 = from.get(ELEMENT, in);
            float g1 = from.get(ELEMENT, in + fromStep);
            float g2 = from.get(ELEMENT, in + 2 * fromStep);
            float ends1 = g0 + g2;
            float ends2 = Math.fma(g2, 4, g0);
            long out = toAt + (long) c * Float.BYTES;
            to.set(ELEMENT, out, g0 * QUARTER);
            to.set(ELEMENT, out + toStep, (ends1 + g1) * MINUS_SIXTH);
            to.set(ELEMENT, out + 2 * toStep, (ends1 - g1) * MINUS_SIXTH);
            to.set(ELEMENT, out + 3 * toStep, Math.fma(g1, 2, ends2) * TWENTY_FOURTH);
            to.set(ELEMENT, out + 4 * toStep, Math.fma(g1, -2, ends2) * TWENTY_FOURTH);
            to.set(ELEMENT, out + 5 * toStep, g2);
        }
    }
}
