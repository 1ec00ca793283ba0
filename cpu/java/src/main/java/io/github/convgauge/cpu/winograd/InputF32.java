package io.github.convgauge.cpu.winograd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Bᵀ·d of both tile sizes, in f32, as vectors of channels and one number at a time. The two agree bit
 * by bit: they have the same operations in the same order. The twin of {@link InputF64}.
 */
final class InputF32 {
    /** A constant, because the JIT compiler only then knows the vectors' length. */
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final ValueLayout.OfFloat ELEMENT = ValueLayout.JAVA_FLOAT;

    private InputF32() {}

    /** F(2×2, 3×3): 4 numbers to 4. A {@link Pass}. */
    static void f2(
            MemorySegment from, long fromAt, long fromStep, long fromLine,
            MemorySegment to, long toAt, long toStep, long toLine, int lines, int count) {
        int whole = SPECIES.loopBound(count);
        for (int line = 0; line < lines; line++) {
            long source = fromAt + line * fromLine;
            long target = toAt + line * toLine;
            for (int c = 0; c < whole; c += SPECIES.length()) {
                long in = source + (long) c * Float.BYTES;
                FloatVector d0 = FloatVector.fromMemorySegment(SPECIES, from, in, ORDER);
                FloatVector d1 = FloatVector.fromMemorySegment(SPECIES, from, in + fromStep, ORDER);
                FloatVector d2 = FloatVector.fromMemorySegment(SPECIES, from, in + 2 * fromStep, ORDER);
                FloatVector d3 = FloatVector.fromMemorySegment(SPECIES, from, in + 3 * fromStep, ORDER);
                long out = target + (long) c * Float.BYTES;
                d0.sub(d2).intoMemorySegment(to, out, ORDER);
                d1.add(d2).intoMemorySegment(to, out + toStep, ORDER);
                d2.sub(d1).intoMemorySegment(to, out + 2 * toStep, ORDER);
                d1.sub(d3).intoMemorySegment(to, out + 3 * toStep, ORDER);
            }
            long done = (long) whole * Float.BYTES;
            f2Singly(from, source + done, fromStep, to, target + done, toStep, count - whole);
        }
    }

    /** {@link #f2} of one line, one number at a time. */
    static void f2Singly(MemorySegment from, long fromAt, long fromStep, MemorySegment to, long toAt, long toStep, int count) {
        for (int c = 0; c < count; c++) {
            long in = fromAt + (long) c * Float.BYTES;
            float d0 = from.get(ELEMENT, in);
            float d1 = from.get(ELEMENT, in + fromStep);
            float d2 = from.get(ELEMENT, in + 2 * fromStep);
            float d3 = from.get(ELEMENT, in + 3 * fromStep);
            long out = toAt + (long) c * Float.BYTES;
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
        FloatVector two = FloatVector.broadcast(SPECIES, 2);
        FloatVector minusTwo = FloatVector.broadcast(SPECIES, -2);
        FloatVector four = FloatVector.broadcast(SPECIES, 4);
        FloatVector minusFour = FloatVector.broadcast(SPECIES, -4);
        FloatVector minusFive = FloatVector.broadcast(SPECIES, -5);
        int whole = SPECIES.loopBound(count);
        for (int line = 0; line < lines; line++) {
            long source = fromAt + line * fromLine;
            long target = toAt + line * toLine;
            for (int c = 0; c < whole; c += SPECIES.length()) {
                long in = source + (long) c * Float.BYTES;
                FloatVector d0 = FloatVector.fromMemorySegment(SPECIES, from, in, ORDER);
                FloatVector d1 = FloatVector.fromMemorySegment(SPECIES, from, in + fromStep, ORDER);
                FloatVector d2 = FloatVector.fromMemorySegment(SPECIES, from, in + 2 * fromStep, ORDER);
                FloatVector d3 = FloatVector.fromMemorySegment(SPECIES, from, in + 3 * fromStep, ORDER);
                FloatVector d4 = FloatVector.fromMemorySegment(SPECIES, from, in + 4 * fromStep, ORDER);
                FloatVector d5 = FloatVector.fromMemorySegment(SPECIES, from, in + 5 * fromStep, ORDER);
                FloatVector even1 = d2.fma(minusFour, d4);
                FloatVector odd1 = d1.fma(minusFour, d3);
                FloatVector even2 = d4.sub(d2);
                FloatVector odd2 = d3.sub(d1);
                long out = target + (long) c * Float.BYTES;
                d0.fma(four, d2.fma(minusFive, d4)).intoMemorySegment(to, out, ORDER);
                even1.add(odd1).intoMemorySegment(to, out + toStep, ORDER);
                even1.sub(odd1).intoMemorySegment(to, out + 2 * toStep, ORDER);
                odd2.fma(two, even2).intoMemorySegment(to, out + 3 * toStep, ORDER);
                odd2.fma(minusTwo, even2).intoMemorySegment(to, out + 4 * toStep, ORDER);
                d1.fma(four, d3.fma(minusFive, d5)).intoMemorySegment(to, out + 5 * toStep, ORDER);
            }
            long done = (long) whole * Float.BYTES;
            f4Singly(from, source + done, fromStep, to, target + done, toStep, count - whole);
        }
    }

    /** {@link #f4} of one line, one number at a time. */
    static void f4Singly(MemorySegment from, long fromAt, long fromStep, MemorySegment to, long toAt, long toStep, int count) {
        for (int c = 0; c < count; c++) {
            long in = fromAt + (long) c * Float.BYTES;
            float d0 = from.get(ELEMENT, in);
            float d1 = from.get(ELEMENT, in + fromStep);
            float d2 = from.get(ELEMENT, in + 2 * fromStep);
            float d3 = from.get(ELEMENT, in + 3 * fromStep);
            float d4 = from.get(ELEMENT, in + 4 * fromStep);
            float d5 = from.get(ELEMENT, in + 5 * fromStep);
            float even1 = Math.fma(d2, -4, d4);
            float odd1 = Math.fma(d1, -4, d3);
            float even2 = d4 - d2;
            float odd2 = d3 - d1;
            long out = toAt + (long) c * Float.BYTES;
            to.set(ELEMENT, out, Math.fma(d0, 4, Math.fma(d2, -5, d4)));
            to.set(ELEMENT, out + toStep, even1 + odd1);
            to.set(ELEMENT, out + 2 * toStep, even1 - odd1);
            to.set(ELEMENT, out + 3 * toStep, Math.fma(odd2, 2, even2));
            to.set(ELEMENT, out + 4 * toStep, Math.fma(odd2, -2, even2));
            to.set(ELEMENT, out + 5 * toStep, Math.fma(d1, 4, Math.fma(d3, -5, d5)));
        }
    }
}
