package io.github.convgauge.tornadovm.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.collections.VectorDouble16;
import uk.ac.manchester.tornado.api.types.collections.VectorDouble4;
import uk.ac.manchester.tornado.api.types.vectors.Double16;
import uk.ac.manchester.tornado.api.types.vectors.Double4;

/**
 * Padding and im2col in f64 for a processor, whose cores want long loops and vectors: a work item copies a whole line or
 * row, where one of {@link CopyF64} copies an element, as a GPU wants it. The same arguments and the same result; the
 * digits behind a method's name are the channels that it moves at once. The twin of {@link RowsF32}.
 */
public final class RowsF64 {
    private RowsF64() {}

    /**
     * {@link CopyF64#pad}, a line of the frame a work item, in vectors of 16 channels. Needs channels to be neighbours, and c,
     * the offset and the strides to be multiples of 16; c is still counted in elements.
     */
    public static void pad16(
            DoubleArray x, DoubleArray frame, int n, int h, int w, int c, int frameH, int frameW, int top, int left,
            int offset, int xN, int xH, int xW, int xC) {
        VectorDouble16 from = new VectorDouble16(x);
        VectorDouble16 to = new VectorDouble16(frame);
        for (@Parallel int line = 0; line < n * frameH; line++) {
            int row = line % frameH - top;
            // Of lines around x nothing is copied.
            int begin = row >= 0 && row < h ? left : frameW;
            int end = row >= 0 && row < h ? left + w : frameW;
            int source = offset / 16 + line / frameH * (xN / 16) + row * (xH / 16) - left * (xW / 16);
            for (int j = 0; j < begin; j++) {
                for (int i = 0; i < c / 16; i++) {
                    to.set(line * (frameW * (c / 16)) + j * (c / 16) + i, zero16());
                }
            }
            for (int j = begin; j < end; j++) {
                int at = source + j * (xW / 16);
                for (int i = 0; i < c / 16; i++) {
                    to.set(line * (frameW * (c / 16)) + j * (c / 16) + i, from.get(at + i));
                }
            }
            for (int j = end; j < frameW; j++) {
                for (int i = 0; i < c / 16; i++) {
                    to.set(line * (frameW * (c / 16)) + j * (c / 16) + i, zero16());
                }
            }
        }
    }

    /**
     * {@link CopyF64#pad}, a line of the frame a work item, in vectors of 4 channels. Needs channels to be neighbours, and c,
     * the offset and the strides to be multiples of 4; c is still counted in elements.
     */
    public static void pad4(
            DoubleArray x, DoubleArray frame, int n, int h, int w, int c, int frameH, int frameW, int top, int left,
            int offset, int xN, int xH, int xW, int xC) {
        VectorDouble4 from = new VectorDouble4(x);
        VectorDouble4 to = new VectorDouble4(frame);
        for (@Parallel int line = 0; line < n * frameH; line++) {
            int row = line % frameH - top;
            // Of lines around x nothing is copied.
            int begin = row >= 0 && row < h ? left : frameW;
            int end = row >= 0 && row < h ? left + w : frameW;
            int source = offset / 4 + line / frameH * (xN / 4) + row * (xH / 4) - left * (xW / 4);
            for (int j = 0; j < begin; j++) {
                for (int i = 0; i < c / 4; i++) {
                    to.set(line * (frameW * (c / 4)) + j * (c / 4) + i, zero4());
                }
            }
            for (int j = begin; j < end; j++) {
                int at = source + j * (xW / 4);
                for (int i = 0; i < c / 4; i++) {
                    to.set(line * (frameW * (c / 4)) + j * (c / 4) + i, from.get(at + i));
                }
            }
            for (int j = end; j < frameW; j++) {
                for (int i = 0; i < c / 4; i++) {
                    to.set(line * (frameW * (c / 4)) + j * (c / 4) + i, zero4());
                }
            }
        }
    }

    /**
     * {@link CopyF64#pad}, a line of the frame a work item.
     */
    public static void pad1(
            DoubleArray x, DoubleArray frame, int n, int h, int w, int c, int frameH, int frameW, int top, int left,
            int offset, int xN, int xH, int xW, int xC) {
        for (@Parallel int line = 0; line < n * frameH; line++) {
            int row = line % frameH - top;
            // Of lines around x nothing is copied.
            int begin = row >= 0 && row < h ? left : frameW;
            int end = row >= 0 && row < h ? left + w : frameW;
            int source = offset + line / frameH * xN + row * xH - left * xW;
            for (int j = 0; j < begin; j++) {
                for (int i = 0; i < c; i++) {
                    frame.set(line * (frameW * c) + j * c + i, 0);
                }
            }
            for (int j = begin; j < end; j++) {
                int at = source + j * xW;
                for (int i = 0; i < c; i++) {
                    frame.set(line * (frameW * c) + j * c + i, x.get(at + i * xC));
                }
            }
            for (int j = end; j < frameW; j++) {
                for (int i = 0; i < c; i++) {
                    frame.set(line * (frameW * c) + j * c + i, 0);
                }
            }
        }
    }

    /**
     * {@link CopyF64#im2col}, a row of the matrix a work item, in vectors of 16 channels. Needs channels to be neighbours,
     * and gic, the offset and the strides to be multiples of 16.
     */
    public static void im2col16(
            DoubleArray x, DoubleArray columns, int offset,
            int g, int mb, int oh, int ow, int kh, int kw, int gic,
            int xG, int xN, int xI, int xJ, int xKh, int xKw, int xC) {
        VectorDouble16 from = new VectorDouble16(x);
        VectorDouble16 to = new VectorDouble16(columns);
        for (@Parallel int row = 0; row < g * (mb * oh * ow); row++) {
            int window = offset / 16 + row / (mb * oh * ow) * (xG / 16) + row / (oh * ow) % mb * (xN / 16)
                    + row / ow % oh * (xI / 16) + row % ow * (xJ / 16);
            int column = row * (kh * kw * (gic / 16));
            for (int u = 0; u < kh; u++) {
                for (int v = 0; v < kw; v++) {
                    int at = window + u * (xKh / 16) + v * (xKw / 16);
                    for (int c = 0; c < gic / 16; c++) {
                        to.set(column, from.get(at + c));
                        column++;
                    }
                }
            }
        }
    }

    /**
     * {@link CopyF64#im2col}, a row of the matrix a work item, in vectors of 4 channels. Needs channels to be neighbours,
     * and gic, the offset and the strides to be multiples of 4.
     */
    public static void im2col4(
            DoubleArray x, DoubleArray columns, int offset,
            int g, int mb, int oh, int ow, int kh, int kw, int gic,
            int xG, int xN, int xI, int xJ, int xKh, int xKw, int xC) {
        VectorDouble4 from = new VectorDouble4(x);
        VectorDouble4 to = new VectorDouble4(columns);
        for (@Parallel int row = 0; row < g * (mb * oh * ow); row++) {
            int window = offset / 4 + row / (mb * oh * ow) * (xG / 4) + row / (oh * ow) % mb * (xN / 4)
                    + row / ow % oh * (xI / 4) + row % ow * (xJ / 4);
            int column = row * (kh * kw * (gic / 4));
            for (int u = 0; u < kh; u++) {
                for (int v = 0; v < kw; v++) {
                    int at = window + u * (xKh / 4) + v * (xKw / 4);
                    for (int c = 0; c < gic / 4; c++) {
                        to.set(column, from.get(at + c));
                        column++;
                    }
                }
            }
        }
    }

    /**
     * {@link CopyF64#im2col}, a row of the matrix a work item.
     */
    public static void im2col1(
            DoubleArray x, DoubleArray columns, int offset,
            int g, int mb, int oh, int ow, int kh, int kw, int gic,
            int xG, int xN, int xI, int xJ, int xKh, int xKw, int xC) {
        for (@Parallel int row = 0; row < g * (mb * oh * ow); row++) {
            int window = offset + row / (mb * oh * ow) * xG + row / (oh * ow) % mb * xN
                    + row / ow % oh * xI + row % ow * xJ;
            int column = row * (kh * kw * gic);
            for (int u = 0; u < kh; u++) {
                for (int v = 0; v < kw; v++) {
                    int at = window + u * xKh + v * xKw;
                    for (int c = 0; c < gic; c++) {
                        columns.set(column, x.get(at + c * xC));
                        column++;
                    }
                }
            }
        }
    }

    private static Double16 zero16() {
        return new Double16(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    private static Double4 zero4() {
        return new Double4(0, 0, 0, 0);
    }
}
