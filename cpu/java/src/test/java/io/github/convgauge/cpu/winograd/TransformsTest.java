package io.github.convgauge.cpu.winograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TransformsTest {
    /**
     * A transform with what the error analysis says of it.
     *
     * @param roundings that a number meets on its way through
     */
    private record Case(
            Winograd variant, String name, DType dtype, Pass vectors, Singly singly, double[][] matrix, int roundings) {
        @Override
        public String toString() {
            return variant + " " + name + " " + dtype.label();
        }
    }

    private interface Singly {
        void run(MemorySegment from, long fromAt, long fromStep, MemorySegment to, long toAt, long toStep, int count);
    }

    static List<Case> cases() {
        Matrices f2 = Matrices.of(Winograd.F2);
        Matrices f4 = Matrices.of(Winograd.F4);
        return List.of(
                new Case(Winograd.F2, "weights", DType.F32, WeightsF32::f2, WeightsF32::f2Singly, f2.g(), 2),
                new Case(Winograd.F2, "weights", DType.F64, WeightsF64::f2, WeightsF64::f2Singly, f2.g(), 2),
                new Case(Winograd.F4, "weights", DType.F32, WeightsF32::f4, WeightsF32::f4Singly, f4.g(), 4),
                new Case(Winograd.F4, "weights", DType.F64, WeightsF64::f4, WeightsF64::f4Singly, f4.g(), 4),
                new Case(Winograd.F2, "input", DType.F32, InputF32::f2, InputF32::f2Singly, f2.bt(), 1),
                new Case(Winograd.F2, "input", DType.F64, InputF64::f2, InputF64::f2Singly, f2.bt(), 1),
                new Case(Winograd.F4, "input", DType.F32, InputF32::f4, InputF32::f4Singly, f4.bt(), 2),
                new Case(Winograd.F4, "input", DType.F64, InputF64::f4, InputF64::f4Singly, f4.bt(), 2),
                new Case(Winograd.F2, "output", DType.F32, OutputF32::f2, OutputF32::f2Singly, f2.at(), 2),
                new Case(Winograd.F2, "output", DType.F64, OutputF64::f2, OutputF64::f2Singly, f2.at(), 2),
                new Case(Winograd.F4, "output", DType.F32, OutputF32::f4, OutputF32::f4Singly, f4.at(), 3),
                new Case(Winograd.F4, "output", DType.F64, OutputF64::f4, OutputF64::f4Singly, f4.at(), 3));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isItsMatrix(Case c) {
        double[][] found = Matrices.of(c.vectors, c.dtype, c.matrix.length, c.matrix[0].length);
        for (int row = 0; row < found.length; row++) {
            assertArrayEquals(c.matrix[row], found[row], 2 * c.dtype.unitRoundoff(), "row " + row);
        }
    }

    /** Every length up to two vectors and more, so that all numbers are once in a vector and once in its tail. */
    @ParameterizedTest
    @MethodSource("cases")
    void vectorsAndSingleNumbersAgree(Case c) {
        SplittableRandom random = new SplittableRandom(7);
        int lines = 3;
        for (int count = 1; count < 40; count++) {
            MemorySegment from = random(c, lines * count, random);
            int rows = c.matrix.length;
            long step = (long) count * c.dtype.bytes();
            MemorySegment vectors = Arena.ofAuto().allocate(rows * lines * step, 64);
            MemorySegment singly = Arena.ofAuto().allocate(rows * lines * step, 64);
            c.vectors.run(from, 0, lines * step, step, vectors, 0, lines * step, step, lines, count);
            for (int line = 0; line < lines; line++) {
                c.singly.run(from, line * step, lines * step, singly, line * step, lines * step, count);
            }
            assertEquals(-1, vectors.mismatch(singly), count + " numbers in a line");
        }
    }

    /** What the error analysis counts: each number meets so many roundings, and no more. */
    @ParameterizedTest
    @MethodSource("cases")
    void errorIsThatOfItsRoundings(Case c) {
        SplittableRandom random = new SplittableRandom(8);
        int count = 10_000;
        int columns = c.matrix[0].length;
        MemorySegment from = random(c, count, random);
        long step = (long) count * c.dtype.bytes();
        MemorySegment to = Arena.ofAuto().allocate(c.matrix.length * step, 64);
        c.vectors.run(from, 0, step, 0, to, 0, step, 0, 1, count);
        double largest = 0;
        for (int i = 0; i < count && c.dtype == DType.F32; i++) {
            long at = (long) i * c.dtype.bytes();
            for (int row = 0; row < c.matrix.length; row++) {
                double sum = 0;
                double absSum = 0;
                for (int k = 0; k < columns; k++) {
                    double term = c.matrix[row][k] * Matrices.get(c.dtype, from, at + k * step);
                    sum += term;
                    absSum += Math.abs(term);
                }
                double error = Math.abs(Matrices.get(c.dtype, to, at + row * step) - sum);
                largest = Math.max(largest, error / absSum);
            }
        }
        assertTrue(largest <= c.roundings * DType.F32.unitRoundoff() * 1.000001, c + ": " + largest);
    }

    @ParameterizedTest
    @EnumSource
    void roundingsOfBothDimensionsAddUp(Winograd variant) {
        int roundings = cases().stream()
                .filter(c -> c.variant == variant && c.dtype == DType.F32)
                .mapToInt(c -> 2 * c.roundings)
                .sum();
        assertEquals(roundings, variant.roundings());
    }

    /** maxᵢ Σₐ |Aᵀ|ᵢₐ·‖Gₐ‖₁·‖Bᵀₐ‖₁. */
    @ParameterizedTest
    @EnumSource
    void amplificationFollowsFromTheMatrices(Winograd variant) {
        Matrices matrices = Matrices.of(variant);
        double largest = 0;
        for (double[] row : matrices.at()) {
            double sum = 0;
            for (int a = 0; a < row.length; a++) {
                sum += Math.abs(row[a]) * norm(matrices.g()[a]) * norm(matrices.bt()[a]);
            }
            largest = Math.max(largest, sum);
        }
        assertEquals(largest, variant.amplification(), 1e-12 * largest);
    }

    /** Aᵀ·[(G·g) ⊙ (Bᵀ·d)] is the correlation of d with g, for all unit vectors and so for all. */
    @ParameterizedTest
    @EnumSource
    void theMatricesMakeACorrelation(Winograd variant) {
        Matrices matrices = Matrices.of(variant);
        for (int tap = 0; tap < Winograd.KERNEL; tap++) {
            for (int place = 0; place < variant.inputs(); place++) {
                for (int i = 0; i < variant.outputs(); i++) {
                    double y = 0;
                    for (int a = 0; a < variant.inputs(); a++) {
                        y += matrices.at()[i][a] * matrices.g()[a][tap] * matrices.bt()[a][place];
                    }
                    assertEquals(place == i + tap ? 1 : 0, y, 1e-14, "tap %d, place %d, output %d".formatted(tap, place, i));
                }
            }
        }
    }

    private static double norm(double[] row) {
        double sum = 0;
        for (double value : row) {
            sum += Math.abs(value);
        }
        return sum;
    }

    private static MemorySegment random(Case c, int count, SplittableRandom random) {
        int columns = c.matrix[0].length;
        MemorySegment memory = Arena.ofAuto().allocate((long) columns * count * c.dtype.bytes(), 64);
        for (long i = 0; i < (long) columns * count; i++) {
            Matrices.set(c.dtype, memory, i * c.dtype.bytes(), random.nextGaussian());
        }
        return memory;
    }
}
