package io.github.convgauge.tornadovm.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Strided copies in f32: padding, im2col, and tensors whose memory is not in order. The twin of {@link CopyF64}. */
public final class CopyF32 {
    private CopyF32() {}

    /**
     * Copies (n, h, w, c) elements between any two layouts: an offset and one stride a dimension say
     * where they lie in from, and where they go in to.
     */
    public static void copy(
            FloatArray from, FloatArray to, int n, int h, int w, int c,
            int fromOffset, int fN, int fH, int fW, int fC,
            int toOffset, int tN, int tH, int tW, int tC) {
        // The outermost loop becomes the fastest dimension of a work-group; neighbours should copy neighbours.
        for (@Parallel int item = 0; item < w * c; item++) {
            for (@Parallel int line = 0; line < n * h; line++) {
                to.set(
                        toOffset + line / h * tN + line % h * tH + item / c * tW + item % c * tC,
                        from.get(fromOffset + line / h * fN + line % h * fH + item / c * fW + item % c * fC));
            }
        }
    }

    /**
     * Copies x (n, h, w, c), an offset and one stride a dimension, into a contiguous frame
     * (n, frameH, frameW, c) that is zero around it. Writes the whole frame, so that nobody has to
     * clear it first.
     */
    public static void pad(
            FloatArray x, FloatArray frame, int n, int h, int w, int c, int frameH, int frameW, int top, int left,
            int offset, int xN, int xH, int xW, int xC) {
        for (@Parallel int item = 0; item < frameW * c; item++) {
            for (@Parallel int line = 0; line < n * frameH; line++) {
                int i = line % frameH - top;
                int j = item / c - left;
                // Around x an element of x is read in place of none, and not taken.
                int nearI = Math.max(0, Math.min(i, h - 1));
                int nearJ = Math.max(0, Math.min(j, w - 1));
                float near = x.get(offset + line / frameH * xN + nearI * xH + nearJ * xW + item % c * xC);
                frame.set(line * (frameW * c) + item, nearI == i && nearJ == j ? near : 0);
            }
        }
    }

    /**
     * Copies the windows (g, mb, oh, ow, kh, kw, gic), one stride of x a dimension, into the column
     * matrices (g, mb·oh·ow, kh·kw·gic).
     */
    public static void im2col(
            FloatArray x, FloatArray columns, int offset,
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

    /**
     * Writes blocks·size elements back as they are. TornadoVM sends to the device what a task reads,
     * and allocates without sending what tasks only write: this one has an output sent.
     */
    public static void touch(FloatArray y, int blocks, int size) {
        for (@Parallel int i = 0; i < blocks * size; i++) {
            y.set(i, y.get(i));
        }
    }
}
