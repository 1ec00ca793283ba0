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
     * One output a work item, in work-groups of {@link #TILE} × {@link #TILE} that read each tile of
     * columns and weights once, into local memory. Global size: goc and rows, both rounded up to
     * whole tiles, and g. Work items beyond the matrix help to load, and store nothing.
     */
    public static void tiled(
            KernelContext context, DoubleArray columns, DoubleArray w, DoubleArray y,
            int offset, int g, int rows, int terms, int goc) {
        double[] columnTile = context.allocateDoubleLocalArray(TILE * TILE);
        double[] weightTile = context.allocateDoubleLocalArray(TILE * TILE);
        int tx = context.localIdx;
        int ty = context.localIdy;
        int n = context.globalIdx;
        int m = context.globalIdy;
        int group = context.globalIdz;
        // Beyond the edge an element that is there is read in place of one that is not; it meets a zero.
        int row = offset + (group * rows + Math.min(m, rows - 1)) * terms;
        int channel = group * goc + Math.min(n, goc - 1);
        double sum = 0;
        for (int from = 0; from < terms; from += TILE) {
            int k = from + tx;
            double a = columns.get(row + Math.min(k, terms - 1));
            columnTile[ty * TILE + tx] = k < terms ? a : 0;
            k = from + ty;
            double b = w.get(Math.min(k, terms - 1) * (g * goc) + channel);
            weightTile[ty * TILE + tx] = k < terms ? b : 0;
            context.localBarrier();
            for (int i = 0; i < TILE; i++) {
                sum += columnTile[ty * TILE + i] * weightTile[i * TILE + tx];
            }
            context.localBarrier();
        }
        if (m < rows && n < goc) {
            y.set(m * (g * goc) + channel, sum);
        }
    }
}
