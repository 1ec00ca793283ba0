package io.github.convgauge.tornadovm.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;

/** Strided copies in f64: padding, im2col, and tensors whose memory is not in order. The twin of {@link CopyF32}. */
public final class CopyF64 {
    private CopyF64() {}

    /**
     * Copies (n, h, w, c) elements between any two layouts: an offset and one stride a dimension say
     * where they lie in from, and where they go in to.
     */
    public static void copy(
            DoubleArray from, DoubleArray to, int n, int h, int w, int c,
            int fromOffset, int fN, int fH, int fW, int fC,
            int toOffset, int tN, int tH, int tW, int tC) {
        // The outermost loop becomes the fastest dimension of a work-group; neighbours should copy neighbours.
        for (@Parallel int k = 0; k < c; k++) {
            for (@Parallel int place = 0; place < n * h * w; place++) {
                int i = place / (h * w);
                int y = place / w % h;
                int x = place % w;
                to.set(
                        toOffset + i * tN + y * tH + x * tW + k * tC,
                        from.get(fromOffset + i * fN + y * fH + x * fW + k * fC));
            }
        }
    }

    /**
     * Copies the windows (g, mb, oh, ow, kh, kw, gic), one stride of x a dimension, into the column
     * matrices (g, mb·oh·ow, kh·kw·gic).
     */
    public static void im2col(
            DoubleArray x, DoubleArray columns, int offset,
            int g, int mb, int oh, int ow, int kh, int kw, int gic,
            int xG, int xN, int xI, int xJ, int xKh, int xKw, int xC) {
        for (@Parallel int term = 0; term < kh * kw * gic; term++) {
            for (@Parallel int row = 0; row < g * mb * oh * ow; row++) {
                int window = offset + row / (mb * oh * ow) * xG + row / (oh * ow) % mb * xN
                        + row / ow % oh * xI + row % ow * xJ;
                int tap = term / (kw * gic) * xKh + term / gic % kw * xKw + term % gic * xC;
                columns.set(row * (kh * kw * gic) + term, x.get(window + tap));
            }
        }
    }
}
