package io.github.convgauge.cpu.winograd;

import io.github.convgauge.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The transforms as matrices, as docs/winograd.md has them.
 *
 * @param g G, (m+2, 3)
 * @param bt Bᵀ, (m+2, m+2)
 * @param at Aᵀ, (m, m+2)
 */
record Matrices(double[][] g, double[][] bt, double[][] at) {
    static Matrices of(Winograd variant) {
        return variant == Winograd.F2
                ? new Matrices(
                        new double[][] {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}},
                        new double[][] {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}},
                        new double[][] {{1, 1, 1, 0}, {0, 1, -1, -1}})
                : new Matrices(
                        new double[][] {
                            {1 / 4.0, 0, 0},
                            {-1 / 6.0, -1 / 6.0, -1 / 6.0},
                            {-1 / 6.0, 1 / 6.0, -1 / 6.0},
                            {1 / 24.0, 1 / 12.0, 1 / 6.0},
                            {1 / 24.0, -1 / 12.0, 1 / 6.0},
                            {0, 0, 1}},
                        new double[][] {
                            {4, 0, -5, 0, 1, 0},
                            {0, -4, -4, 1, 1, 0},
                            {0, 4, -4, -1, 1, 0},
                            {0, -2, -1, 2, 1, 0},
                            {0, 2, -1, -2, 1, 0},
                            {0, 4, 0, -5, 0, 1}},
                        new double[][] {
                            {1, 1, 1, 1, 1, 0},
                            {0, 1, -1, 2, -2, 0},
                            {0, 1, 1, 4, 4, 0},
                            {0, 1, -1, 8, -8, 1}});
    }

    /** A transform as the definition reads, each sum in the dtype. */
    static Pass pass(DType dtype, double[][] matrix) {
        return (from, fromAt, fromStep, fromLine, to, toAt, toStep, toLine, lines, count) -> {
            for (int line = 0; line < lines; line++) {
                for (int c = 0; c < count; c++) {
                    long in = fromAt + line * fromLine + (long) c * dtype.bytes();
                    long out = toAt + line * toLine + (long) c * dtype.bytes();
                    for (int row = 0; row < matrix.length; row++) {
                        double sum = 0;
                        for (int k = 0; k < matrix[row].length; k++) {
                            sum += matrix[row][k] * get(dtype, from, in + k * fromStep);
                        }
                        set(dtype, to, out + row * toStep, sum);
                    }
                }
            }
        };
    }

    /** The matrix of a transform: what it makes of the unit vectors. */
    static double[][] of(Pass pass, DType dtype, int rows, int columns) {
        MemorySegment from = MemorySegment.ofArray(new long[columns]);
        MemorySegment to = MemorySegment.ofArray(new long[rows]);
        double[][] matrix = new double[rows][columns];
        for (int k = 0; k < columns; k++) {
            for (int i = 0; i < columns; i++) {
                set(dtype, from, (long) i * dtype.bytes(), i == k ? 1 : 0);
            }
            pass.run(from, 0, dtype.bytes(), 0, to, 0, dtype.bytes(), 0, 1, 1);
            for (int row = 0; row < rows; row++) {
                matrix[row][k] = get(dtype, to, (long) row * dtype.bytes());
            }
        }
        return matrix;
    }

    static double get(DType dtype, MemorySegment memory, long at) {
        return dtype == DType.F64 ? memory.get(ValueLayout.JAVA_DOUBLE, at) : memory.get(ValueLayout.JAVA_FLOAT, at);
    }

    static void set(DType dtype, MemorySegment memory, long at, double value) {
        if (dtype == DType.F64) {
            memory.set(ValueLayout.JAVA_DOUBLE, at, value);
        } else {
            memory.set(ValueLayout.JAVA_FLOAT, at, (float) value);
        }
    }
}
