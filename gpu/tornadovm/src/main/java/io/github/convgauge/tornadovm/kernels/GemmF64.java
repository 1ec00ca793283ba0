package io.github.convgauge.tornadovm.kernels;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;

/**
 * Matrix products in f64, one for each of g groups: y[m, group·goc + n] = Σ columns[group, m, k] ·
 * w[k, group·goc + n], with columns (g, rows, terms) from an offset on, w (terms, g·goc) and
 * y (rows, g·goc), all row-major. The twin of {@link GemmF32}.
 */
public final class GemmF64 {
    /** Rows and columns of a tile of {@link #tiled}: a constant, since a kernel's local memory must have a known size. */
    public static final int TILE = 16;
    /** Outputs of a work item of {@link #tiled}, {@link #TILE} rows apart: each element of a tile of weights serves so many times. */
    public static final int ROWS = 4;

    private GemmF64() {}

    /** One output a work item; rows is mb·places. */
    public static void gemm(
            DoubleArray columns, DoubleArray w, DoubleArray y, int offset, int g, int mb, int places, int terms, int goc) {
        for (@Parallel int n = 0; n < g * goc; n++) {
            for (@Parallel int m = 0; m < mb * places; m++) {
                int row = offset + (n / goc * (mb * places) + m) * terms;
                double sum = 0;
                for (int k = 0; k < terms; k++) {
                    sum += columns.get(row + k) * w.get(k * (g * goc) + n);
                }
                y.set(m * (g * goc) + n, sum);
            }
        }
    }

    /**
     * {@link #ROWS} outputs a work item, in work-groups of {@link #TILE} × {@link #TILE} that read each tile of
     * columns and weights once, into local memory. Global size: goc, and rows / {@link #ROWS}, both rounded up to
     * whole tiles, and g. Work items beyond the matrix help to load, and store nothing.
     */
    public static void tiled(
            KernelContext context, DoubleArray columns, DoubleArray w, DoubleArray y,
            int offset, int g, int rows, int terms, int goc) {
        double[] columnTile = context.allocateDoubleLocalArray(ROWS * TILE * TILE);
        double[] weightTile = context.allocateDoubleLocalArray(TILE * TILE);
        int tx = context.localIdx;
        int ty = context.localIdy;
        int n = context.globalIdx;
        int m0 = context.groupIdy * (ROWS * TILE) + ty;
        int m1 = m0 + TILE;
        int m2 = m0 + 2 * TILE;
        int m3 = m0 + 3 * TILE;
        int group = context.globalIdz;
        // Beyond the edge an element that is there is read in place of one that is not; it meets a zero.
        int matrix = offset + group * rows * terms;
        int row0 = matrix + Math.min(m0, rows - 1) * terms;
        int row1 = matrix + Math.min(m1, rows - 1) * terms;
        int row2 = matrix + Math.min(m2, rows - 1) * terms;
        int row3 = matrix + Math.min(m3, rows - 1) * terms;
        int channel = group * goc + Math.min(n, goc - 1);
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        for (int from = 0; from < terms; from += TILE) {
            int k = from + tx;
            int near = Math.min(k, terms - 1);
            double a0 = columns.get(row0 + near);
            double a1 = columns.get(row1 + near);
            double a2 = columns.get(row2 + near);
            double a3 = columns.get(row3 + near);
            columnTile[ty * TILE + tx] = k < terms ? a0 : 0;
            columnTile[(TILE + ty) * TILE + tx] = k < terms ? a1 : 0;
            columnTile[(2 * TILE + ty) * TILE + tx] = k < terms ? a2 : 0;
            columnTile[(3 * TILE + ty) * TILE + tx] = k < terms ? a3 : 0;
            k = from + ty;
            double b = w.get(Math.min(k, terms - 1) * (g * goc) + channel);
            weightTile[ty * TILE + tx] = k < terms ? b : 0;
            context.localBarrier();
            for (int i = 0; i < TILE; i++) {
                double weight = weightTile[i * TILE + tx];
                sum0 += columnTile[ty * TILE + i] * weight;
                sum1 += columnTile[(TILE + ty) * TILE + i] * weight;
                sum2 += columnTile[(2 * TILE + ty) * TILE + i] * weight;
                sum3 += columnTile[(3 * TILE + ty) * TILE + i] * weight;
            }
            context.localBarrier();
        }
        if (n < goc) {
            if (m0 < rows) {
                y.set(m0 * (g * goc) + channel, sum0);
            }
            if (m1 < rows) {
                y.set(m1 * (g * goc) + channel, sum1);
            }
            if (m2 < rows) {
                y.set(m2 * (g * goc) + channel, sum2);
            }
            if (m3 < rows) {
                y.set(m3 * (g * goc) + channel, sum3);
            }
        }
    }
}
