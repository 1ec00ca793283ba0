package io.github.convgauge.tornadovm.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;

/**
 * The definition of the convolution in f64, one output a work item. The twin of {@link DirectF32}.
 */
public final class DirectF64 {
    private DirectF64() {}

    /**
     * @param x holds the windows (g, mb, oh, ow, kh, kw, gic): an offset, and one stride a dimension
     * @param w (kh, kw, gic, g·goc), contiguous
     * @param y (mb, oh, ow, g·goc), contiguous
     */
    public static void direct(
            DoubleArray x, DoubleArray w, DoubleArray y, int offset,
            int g, int mb, int oh, int ow, int kh, int kw, int gic, int goc,
            int xG, int xN, int xI, int xJ, int xKh, int xKw, int xC) {
        for (@Parallel int o = 0; o < g * goc; o++) {
            for (@Parallel int pixel = 0; pixel < mb * oh * ow; pixel++) {
                int window = offset + o / goc * xG
                        + pixel / (oh * ow) * xN + pixel / ow % oh * xI + pixel % ow * xJ;
                double sum = 0;
                for (int u = 0; u < kh; u++) {
                    for (int v = 0; v < kw; v++) {
                        for (int c = 0; c < gic; c++) {
                            sum += x.get(window + u * xKh + v * xKw + c * xC)
                                    * w.get(((u * kw + v) * gic + c) * (g * goc) + o);
                        }
                    }
                }
                y.set(pixel * (g * goc) + o, sum);
            }
        }
    }
}
