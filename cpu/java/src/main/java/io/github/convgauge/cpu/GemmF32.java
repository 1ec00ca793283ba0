package io.github.convgauge.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** {@link Gemm} in f32. The twin of {@link GemmF64}. */
final class GemmF32 extends Gemm {
    private static final ValueLayout.OfFloat ELEMENT = ValueLayout.JAVA_FLOAT;

    /** Four rows of A: element (i, k) at 4·k + i. */
    private final float[] packedA;
    /** Panels of four columns of B, one behind the other: element (k, j) of a panel at 4·k + j. */
    private final float[] packedB;
    /** The block of C: element (i, j) at padded(columns)·i + j. */
    private final float[] sums;
    private int columns;
    private int depth;

    /** @param maxColumns a multiple of the tile's */
    GemmF32(int maxRows, int maxDepth, int maxColumns) {
        packedA = new float[TILE * maxDepth];
        packedB = new float[maxColumns * maxDepth];
        sums = new float[maxColumns * maxRows];
    }

    @Override
    void begin(int rows, int newColumns) {
        columns = newColumns;
        Arrays.fill(sums, 0, rows * padded(columns), 0);
    }

    @Override
    void packB(MemorySegment b, long bAt, long bRow, long bCol, int newDepth) {
        depth = newDepth;
        for (int j = 0; j < columns; j += TILE) {
            pack(b, bAt + j * bCol, bCol, Math.min(TILE, columns - j), bRow, packedB, j * depth);
        }
    }

    @Override
    void add(int firstRow, int rows, MemorySegment a, long aAt, long aRow, long aCol) {
        int width = padded(columns);
        for (int i = 0; i < rows; i += TILE) {
            int valid = Math.min(TILE, rows - i);
            pack(a, aAt + i * aRow, aRow, valid, aCol, packedA, 0);
            for (int j = 0; j < width; j += TILE) {
                addTile(packedA, packedB, j * depth, depth, sums, (firstRow + i) * width + j, width, valid);
            }
        }
    }

    /** Packs up to four lines side by side, step after step; lines that are not there as zeros. */
    private void pack(MemorySegment from, long at, long line, int lines, long step, float[] to, int toAt) {
        if (lines < TILE) {
            Arrays.fill(to, toAt, toAt + TILE * depth, 0);
            for (int l = 0; l < lines; l++) {
                for (int k = 0; k < depth; k++) {
                    to[toAt + TILE * k + l] = from.getAtIndex(ELEMENT, at + l * line + k * step);
                }
            }
            return;
        }
        for (int k = 0; k < depth; k++) {
            long source = at + k * step;
            int target = toAt + TILE * k;
            to[target] = from.getAtIndex(ELEMENT, source);
            to[target + 1] = from.getAtIndex(ELEMENT, source + line);
            to[target + 2] = from.getAtIndex(ELEMENT, source + 2 * line);
            to[target + 3] = from.getAtIndex(ELEMENT, source + 3 * line);
        }
    }

    /** Sixteen sums in named locals: an array of them would live in memory. */
    private static void addTile(
            float[] a, float[] b, int panel, int depth, float[] c, int cAt, int cRow, int rows) {
        float c00 = 0, c01 = 0, c02 = 0, c03 = 0;
        float c10 = 0, c11 = 0, c12 = 0, c13 = 0;
        float c20 = 0, c21 = 0, c22 = 0, c23 = 0;
        float c30 = 0, c31 = 0, c32 = 0, c33 = 0;
        for (int k = 0; k < depth; k++) {
            float a0 = a[TILE * k];
            float a1 = a[TILE * k + 1];
            float a2 = a[TILE * k + 2];
            float a3 = a[TILE * k + 3];
            float b0 = b[panel + TILE * k];
            float b1 = b[panel + TILE * k + 1];
            float b2 = b[panel + TILE * k + 2];
            float b3 = b[panel + TILE * k + 3];
            c00 = Math.fma(a0, b0, c00);
            c01 = Math.fma(a0, b1, c01);
            c02 = Math.fma(a0, b2, c02);
            c03 = Math.fma(a0, b3, c03);
            c10 = Math.fma(a1, b0, c10);
            c11 = Math.fma(a1, b1, c11);
            c12 = Math.fma(a1, b2, c12);
            c13 = Math.fma(a1, b3, c13);
            c20 = Math.fma(a2, b0, c20);
            c21 = Math.fma(a2, b1, c21);
            c22 = Math.fma(a2, b2, c22);
            c23 = Math.fma(a2, b3, c23);
            c30 = Math.fma(a3, b0, c30);
            c31 = Math.fma(a3, b1, c31);
            c32 = Math.fma(a3, b2, c32);
            c33 = Math.fma(a3, b3, c33);
        }
        addRow(c, cAt, c00, c01, c02, c03);
        if (rows > 1) {
            addRow(c, cAt + cRow, c10, c11, c12, c13);
        }
        if (rows > 2) {
            addRow(c, cAt + 2 * cRow, c20, c21, c22, c23);
        }
        if (rows > 3) {
            addRow(c, cAt + 3 * cRow, c30, c31, c32, c33);
        }
    }

    private static void addRow(float[] c, int at, float c0, float c1, float c2, float c3) {
        c[at] += c0;
        c[at + 1] += c1;
        c[at + 2] += c2;
        c[at + 3] += c3;
    }

    @Override
    void store(int firstRow, int rows, MemorySegment c, long cAt, long cRow, long cCol) {
        int width = padded(columns);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                c.setAtIndex(ELEMENT, cAt + i * cRow + j * cCol, sums[(firstRow + i) * width + j]);
            }
        }
    }
}
