package io.github.convgauge.cpu.direct;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;

/**
 * A convolution as lines of pixels, in bytes: what a kernel needs to know of the problem and of where
 * x and y lie, their offsets left out. A 1×1 convolution whose pixels lie at one distance through all
 * rows and images is one long line.
 *
 * @param images of the batch
 * @param lines outputs in the vertical
 * @param width outputs in a line
 * @param columns inputs in a line, without padding
 * @param xImage bytes from image to image in x; so xLine, xPixel, xChannel
 * @param yImage the same in y
 */
record Geometry(
        ConvProblem problem, DType dtype, int images, int lines, int width, int columns,
        long xImage, long xLine, long xPixel, long xChannel,
        long yImage, long yLine, long yPixel, long yChannel) {
    static Geometry of(ConvProblem p, DType dtype, Layout x, Layout y) {
        long[] xs = bytes(x, dtype);
        long[] ys = bytes(y, dtype);
        boolean pointwise = p.kh() == 1 && p.kw() == 1 && p.sh() == 1 && p.sw() == 1 && !p.hasPadding();
        long pixels = (long) p.mb() * p.oh() * p.ow();
        if (pointwise && pixels <= Integer.MAX_VALUE && isOneLine(p, xs) && isOneLine(p, ys)) {
            return new Geometry(
                    p, dtype, 1, 1, (int) pixels, (int) pixels, 0, 0, pixelStride(p, xs), xs[3], 0, 0, pixelStride(p, ys), ys[3]);
        }
        return new Geometry(
                p, dtype, p.mb(), p.oh(), p.ow(), p.iw(), xs[0], xs[1], xs[2], xs[3], ys[0], ys[1], ys[2], ys[3]);
    }

    private static long[] bytes(Layout layout, DType dtype) {
        long[] strides = layout.strides();
        for (int d = 0; d < strides.length; d++) {
            strides[d] *= dtype.bytes();
        }
        return strides;
    }

    /** Strides of dimensions of size 1 mean nothing. */
    private static long pixelStride(ConvProblem p, long[] strides) {
        return p.ow() > 1 ? strides[2] : p.oh() > 1 ? strides[1] : strides[0];
    }

    private static boolean isOneLine(ConvProblem p, long[] strides) {
        long pixel = pixelStride(p, strides);
        return (p.oh() == 1 || strides[1] == p.ow() * pixel)
                && (p.mb() == 1 || strides[0] == (long) p.oh() * p.ow() * pixel);
    }

    /** The input column that an output column's first tap reads; negative in the padding. */
    long column(long outputColumn) {
        return outputColumn * problem.sw() - problem.padLeft();
    }

    /** The first kernel row that meets the input at an output line. */
    int firstRow(int line) {
        long above = problem.padTop() - (long) line * problem.sh();
        return (int) Math.clamp(Math.ceilDiv(above, problem.dh() + 1L), 0, problem.kh());
    }

    /** The kernel row behind the last one that does. */
    int lastRow(int line) {
        long inside = problem.padTop() + problem.ih() - (long) line * problem.sh();
        return (int) Math.clamp(Math.ceilDiv(inside, problem.dh() + 1L), firstRow(line), problem.kh());
    }
}
