package io.github.convgauge.tornadovm.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.vectors.Double16;
import uk.ac.manchester.tornado.api.types.vectors.Double4;
import uk.ac.manchester.tornado.api.types.vectors.Double8;

/**
 * Register-blocked direct convolution in f64 for any sizes: a work item computes {@link #PIXELS} output pixels times
 * a vector of output channels, so that each weight that it reads serves all its pixels, and each
 * input all its channels. The twin of {@link BlockedF32}.
 *
 * <p>The arguments are those of {@link DirectF64#direct}. A method of L lanes needs goc ≥ L. Sizes
 * that are no multiple of a block need no code of their own: the last block of channels begins early
 * enough to end with the last channel, and pixels beyond the last are that pixel again. Some outputs
 * are then computed more than once, in the same order and so to the same bits.
 *
 * <p>Vectors are built of their elements, since TornadoVM's own vector loads want an array of vectors,
 * and a whole number of them in each row. A product of a vector and a scalar is
 * written with a constructor, because the API's method for it loops over the lanes, which TornadoVM
 * 5.2.0 does not compile for a device.
 */
public final class BlockedF64 {
    /** Output pixels of a work item: many, because only some compilers fuse the product and the sum of vectors that TornadoVM writes. */
    public static final int PIXELS = 10;

    private BlockedF64() {}

    /** 16 output channels a work item. Needs goc ≥ 16. */
    public static void lanes16(
            DoubleArray x, DoubleArray w, DoubleArray y, int offset,
            int g, int mb, int oh, int ow, int kh, int kw, int gic, int goc,
            int xG, int xN, int xI, int xJ, int xKh, int xKw, int xC) {
        for (@Parallel int block = 0; block < g * ((goc + 15) / 16); block++) {
            for (@Parallel int part = 0; part < (mb * oh * ow + PIXELS - 1) / PIXELS; part++) {
                int group = block / ((goc + 15) / 16);
                int o = group * goc + Math.min(block % ((goc + 15) / 16) * 16, goc - 16);
                int last = mb * oh * ow - 1;
                int m0 = part * PIXELS;
                int m1 = Math.min(m0 + 1, last);
                int m2 = Math.min(m0 + 2, last);
                int m3 = Math.min(m0 + 3, last);
                int m4 = Math.min(m0 + 4, last);
                int m5 = Math.min(m0 + 5, last);
                int m6 = Math.min(m0 + 6, last);
                int m7 = Math.min(m0 + 7, last);
                int m8 = Math.min(m0 + 8, last);
                int m9 = Math.min(m0 + 9, last);
                int x0 = offset + group * xG;
                int a0 = x0 + window(m0, oh, ow, xN, xI, xJ);
                int a1 = x0 + window(m1, oh, ow, xN, xI, xJ);
                int a2 = x0 + window(m2, oh, ow, xN, xI, xJ);
                int a3 = x0 + window(m3, oh, ow, xN, xI, xJ);
                int a4 = x0 + window(m4, oh, ow, xN, xI, xJ);
                int a5 = x0 + window(m5, oh, ow, xN, xI, xJ);
                int a6 = x0 + window(m6, oh, ow, xN, xI, xJ);
                int a7 = x0 + window(m7, oh, ow, xN, xI, xJ);
                int a8 = x0 + window(m8, oh, ow, xN, xI, xJ);
                int a9 = x0 + window(m9, oh, ow, xN, xI, xJ);
                Double16 s0 = splat16(0);
                Double16 s1 = splat16(0);
                Double16 s2 = splat16(0);
                Double16 s3 = splat16(0);
                Double16 s4 = splat16(0);
                Double16 s5 = splat16(0);
                Double16 s6 = splat16(0);
                Double16 s7 = splat16(0);
                Double16 s8 = splat16(0);
                Double16 s9 = splat16(0);
                int at = o;
                for (int u = 0; u < kh; u++) {
                    for (int v = 0; v < kw; v++) {
                        for (int c = 0; c < gic; c++) {
                            int tap = u * xKh + v * xKw + c * xC;
                            Double16 weights = load16(w, at);
                            s0 = Double16.add(s0, Double16.mult(weights, splat16(x.get(a0 + tap))));
                            s1 = Double16.add(s1, Double16.mult(weights, splat16(x.get(a1 + tap))));
                            s2 = Double16.add(s2, Double16.mult(weights, splat16(x.get(a2 + tap))));
                            s3 = Double16.add(s3, Double16.mult(weights, splat16(x.get(a3 + tap))));
                            s4 = Double16.add(s4, Double16.mult(weights, splat16(x.get(a4 + tap))));
                            s5 = Double16.add(s5, Double16.mult(weights, splat16(x.get(a5 + tap))));
                            s6 = Double16.add(s6, Double16.mult(weights, splat16(x.get(a6 + tap))));
                            s7 = Double16.add(s7, Double16.mult(weights, splat16(x.get(a7 + tap))));
                            s8 = Double16.add(s8, Double16.mult(weights, splat16(x.get(a8 + tap))));
                            s9 = Double16.add(s9, Double16.mult(weights, splat16(x.get(a9 + tap))));
                            at += g * goc;
                        }
                    }
                }
                store16(y, m0 * (g * goc) + o, s0);
                store16(y, m1 * (g * goc) + o, s1);
                store16(y, m2 * (g * goc) + o, s2);
                store16(y, m3 * (g * goc) + o, s3);
                store16(y, m4 * (g * goc) + o, s4);
                store16(y, m5 * (g * goc) + o, s5);
                store16(y, m6 * (g * goc) + o, s6);
                store16(y, m7 * (g * goc) + o, s7);
                store16(y, m8 * (g * goc) + o, s8);
                store16(y, m9 * (g * goc) + o, s9);
            }
        }
    }

    /** 8 output channels a work item. Needs goc ≥ 8. */
    public static void lanes8(
            DoubleArray x, DoubleArray w, DoubleArray y, int offset,
            int g, int mb, int oh, int ow, int kh, int kw, int gic, int goc,
            int xG, int xN, int xI, int xJ, int xKh, int xKw, int xC) {
        for (@Parallel int block = 0; block < g * ((goc + 7) / 8); block++) {
            for (@Parallel int part = 0; part < (mb * oh * ow + PIXELS - 1) / PIXELS; part++) {
                int group = block / ((goc + 7) / 8);
                int o = group * goc + Math.min(block % ((goc + 7) / 8) * 8, goc - 8);
                int last = mb * oh * ow - 1;
                int m0 = part * PIXELS;
                int m1 = Math.min(m0 + 1, last);
                int m2 = Math.min(m0 + 2, last);
                int m3 = Math.min(m0 + 3, last);
                int m4 = Math.min(m0 + 4, last);
                int m5 = Math.min(m0 + 5, last);
                int m6 = Math.min(m0 + 6, last);
                int m7 = Math.min(m0 + 7, last);
                int m8 = Math.min(m0 + 8, last);
                int m9 = Math.min(m0 + 9, last);
                int x0 = offset + group * xG;
                int a0 = x0 + window(m0, oh, ow, xN, xI, xJ);
                int a1 = x0 + window(m1, oh, ow, xN, xI, xJ);
                int a2 = x0 + window(m2, oh, ow, xN, xI, xJ);
                int a3 = x0 + window(m3, oh, ow, xN, xI, xJ);
                int a4 = x0 + window(m4, oh, ow, xN, xI, xJ);
                int a5 = x0 + window(m5, oh, ow, xN, xI, xJ);
                int a6 = x0 + window(m6, oh, ow, xN, xI, xJ);
                int a7 = x0 + window(m7, oh, ow, xN, xI, xJ);
                int a8 = x0 + window(m8, oh, ow, xN, xI, xJ);
                int a9 = x0 + window(m9, oh, ow, xN, xI, xJ);
                Double8 s0 = splat8(0);
                Double8 s1 = splat8(0);
                Double8 s2 = splat8(0);
                Double8 s3 = splat8(0);
                Double8 s4 = splat8(0);
                Double8 s5 = splat8(0);
                Double8 s6 = splat8(0);
                Double8 s7 = splat8(0);
                Double8 s8 = splat8(0);
                Double8 s9 = splat8(0);
                int at = o;
                for (int u = 0; u < kh; u++) {
                    for (int v = 0; v < kw; v++) {
                        for (int c = 0; c < gic; c++) {
                            int tap = u * xKh + v * xKw + c * xC;
                            Double8 weights = load8(w, at);
                            s0 = Double8.add(s0, Double8.mult(weights, splat8(x.get(a0 + tap))));
                            s1 = Double8.add(s1, Double8.mult(weights, splat8(x.get(a1 + tap))));
                            s2 = Double8.add(s2, Double8.mult(weights, splat8(x.get(a2 + tap))));
                            s3 = Double8.add(s3, Double8.mult(weights, splat8(x.get(a3 + tap))));
                            s4 = Double8.add(s4, Double8.mult(weights, splat8(x.get(a4 + tap))));
                            s5 = Double8.add(s5, Double8.mult(weights, splat8(x.get(a5 + tap))));
                            s6 = Double8.add(s6, Double8.mult(weights, splat8(x.get(a6 + tap))));
                            s7 = Double8.add(s7, Double8.mult(weights, splat8(x.get(a7 + tap))));
                            s8 = Double8.add(s8, Double8.mult(weights, splat8(x.get(a8 + tap))));
                            s9 = Double8.add(s9, Double8.mult(weights, splat8(x.get(a9 + tap))));
                            at += g * goc;
                        }
                    }
                }
                store8(y, m0 * (g * goc) + o, s0);
                store8(y, m1 * (g * goc) + o, s1);
                store8(y, m2 * (g * goc) + o, s2);
                store8(y, m3 * (g * goc) + o, s3);
                store8(y, m4 * (g * goc) + o, s4);
                store8(y, m5 * (g * goc) + o, s5);
                store8(y, m6 * (g * goc) + o, s6);
                store8(y, m7 * (g * goc) + o, s7);
                store8(y, m8 * (g * goc) + o, s8);
                store8(y, m9 * (g * goc) + o, s9);
            }
        }
    }

    /** 4 output channels a work item. Needs goc ≥ 4. */
    public static void lanes4(
            DoubleArray x, DoubleArray w, DoubleArray y, int offset,
            int g, int mb, int oh, int ow, int kh, int kw, int gic, int goc,
            int xG, int xN, int xI, int xJ, int xKh, int xKw, int xC) {
        for (@Parallel int block = 0; block < g * ((goc + 3) / 4); block++) {
            for (@Parallel int part = 0; part < (mb * oh * ow + PIXELS - 1) / PIXELS; part++) {
                int group = block / ((goc + 3) / 4);
                int o = group * goc + Math.min(block % ((goc + 3) / 4) * 4, goc - 4);
                int last = mb * oh * ow - 1;
                int m0 = part * PIXELS;
                int m1 = Math.min(m0 + 1, last);
                int m2 = Math.min(m0 + 2, last);
                int m3 = Math.min(m0 + 3, last);
                int m4 = Math.min(m0 + 4, last);
                int m5 = Math.min(m0 + 5, last);
                int m6 = Math.min(m0 + 6, last);
                int m7 = Math.min(m0 + 7, last);
                int m8 = Math.min(m0 + 8, last);
                int m9 = Math.min(m0 + 9, last);
                int x0 = offset + group * xG;
                int a0 = x0 + window(m0, oh, ow, xN, xI, xJ);
                int a1 = x0 + window(m1, oh, ow, xN, xI, xJ);
                int a2 = x0 + window(m2, oh, ow, xN, xI, xJ);
                int a3 = x0 + window(m3, oh, ow, xN, xI, xJ);
                int a4 = x0 + window(m4, oh, ow, xN, xI, xJ);
                int a5 = x0 + window(m5, oh, ow, xN, xI, xJ);
                int a6 = x0 + window(m6, oh, ow, xN, xI, xJ);
                int a7 = x0 + window(m7, oh, ow, xN, xI, xJ);
                int a8 = x0 + window(m8, oh, ow, xN, xI, xJ);
                int a9 = x0 + window(m9, oh, ow, xN, xI, xJ);
                Double4 s0 = splat4(0);
                Double4 s1 = splat4(0);
                Double4 s2 = splat4(0);
                Double4 s3 = splat4(0);
                Double4 s4 = splat4(0);
                Double4 s5 = splat4(0);
                Double4 s6 = splat4(0);
                Double4 s7 = splat4(0);
                Double4 s8 = splat4(0);
                Double4 s9 = splat4(0);
                int at = o;
                for (int u = 0; u < kh; u++) {
                    for (int v = 0; v < kw; v++) {
                        for (int c = 0; c < gic; c++) {
                            int tap = u * xKh + v * xKw + c * xC;
                            Double4 weights = load4(w, at);
                            s0 = Double4.add(s0, Double4.mult(weights, splat4(x.get(a0 + tap))));
                            s1 = Double4.add(s1, Double4.mult(weights, splat4(x.get(a1 + tap))));
                            s2 = Double4.add(s2, Double4.mult(weights, splat4(x.get(a2 + tap))));
                            s3 = Double4.add(s3, Double4.mult(weights, splat4(x.get(a3 + tap))));
                            s4 = Double4.add(s4, Double4.mult(weights, splat4(x.get(a4 + tap))));
                            s5 = Double4.add(s5, Double4.mult(weights, splat4(x.get(a5 + tap))));
                            s6 = Double4.add(s6, Double4.mult(weights, splat4(x.get(a6 + tap))));
                            s7 = Double4.add(s7, Double4.mult(weights, splat4(x.get(a7 + tap))));
                            s8 = Double4.add(s8, Double4.mult(weights, splat4(x.get(a8 + tap))));
                            s9 = Double4.add(s9, Double4.mult(weights, splat4(x.get(a9 + tap))));
                            at += g * goc;
                        }
                    }
                }
                store4(y, m0 * (g * goc) + o, s0);
                store4(y, m1 * (g * goc) + o, s1);
                store4(y, m2 * (g * goc) + o, s2);
                store4(y, m3 * (g * goc) + o, s3);
                store4(y, m4 * (g * goc) + o, s4);
                store4(y, m5 * (g * goc) + o, s5);
                store4(y, m6 * (g * goc) + o, s6);
                store4(y, m7 * (g * goc) + o, s7);
                store4(y, m8 * (g * goc) + o, s8);
                store4(y, m9 * (g * goc) + o, s9);
            }
        }
    }

    /** One output channel a work item. */
    public static void lanes1(
            DoubleArray x, DoubleArray w, DoubleArray y, int offset,
            int g, int mb, int oh, int ow, int kh, int kw, int gic, int goc,
            int xG, int xN, int xI, int xJ, int xKh, int xKw, int xC) {
        for (@Parallel int block = 0; block < g * goc; block++) {
            for (@Parallel int part = 0; part < (mb * oh * ow + PIXELS - 1) / PIXELS; part++) {
                int group = block / goc;
                int o = block;
                int last = mb * oh * ow - 1;
                int m0 = part * PIXELS;
                int m1 = Math.min(m0 + 1, last);
                int m2 = Math.min(m0 + 2, last);
                int m3 = Math.min(m0 + 3, last);
                int m4 = Math.min(m0 + 4, last);
                int m5 = Math.min(m0 + 5, last);
                int m6 = Math.min(m0 + 6, last);
                int m7 = Math.min(m0 + 7, last);
                int m8 = Math.min(m0 + 8, last);
                int m9 = Math.min(m0 + 9, last);
                int x0 = offset + group * xG;
                int a0 = x0 + window(m0, oh, ow, xN, xI, xJ);
                int a1 = x0 + window(m1, oh, ow, xN, xI, xJ);
                int a2 = x0 + window(m2, oh, ow, xN, xI, xJ);
                int a3 = x0 + window(m3, oh, ow, xN, xI, xJ);
                int a4 = x0 + window(m4, oh, ow, xN, xI, xJ);
                int a5 = x0 + window(m5, oh, ow, xN, xI, xJ);
                int a6 = x0 + window(m6, oh, ow, xN, xI, xJ);
                int a7 = x0 + window(m7, oh, ow, xN, xI, xJ);
                int a8 = x0 + window(m8, oh, ow, xN, xI, xJ);
                int a9 = x0 + window(m9, oh, ow, xN, xI, xJ);
                double s0 = 0;
                double s1 = 0;
                double s2 = 0;
                double s3 = 0;
                double s4 = 0;
                double s5 = 0;
                double s6 = 0;
                double s7 = 0;
                double s8 = 0;
                double s9 = 0;
                int at = o;
                for (int u = 0; u < kh; u++) {
                    for (int v = 0; v < kw; v++) {
                        for (int c = 0; c < gic; c++) {
                            int tap = u * xKh + v * xKw + c * xC;
                            double weights = w.get(at);
                            s0 += weights * x.get(a0 + tap);
                            s1 += weights * x.get(a1 + tap);
                            s2 += weights * x.get(a2 + tap);
                            s3 += weights * x.get(a3 + tap);
                            s4 += weights * x.get(a4 + tap);
                            s5 += weights * x.get(a5 + tap);
                            s6 += weights * x.get(a6 + tap);
                            s7 += weights * x.get(a7 + tap);
                            s8 += weights * x.get(a8 + tap);
                            s9 += weights * x.get(a9 + tap);
                            at += g * goc;
                        }
                    }
                }
                y.set(m0 * (g * goc) + o, s0);
                y.set(m1 * (g * goc) + o, s1);
                y.set(m2 * (g * goc) + o, s2);
                y.set(m3 * (g * goc) + o, s3);
                y.set(m4 * (g * goc) + o, s4);
                y.set(m5 * (g * goc) + o, s5);
                y.set(m6 * (g * goc) + o, s6);
                y.set(m7 * (g * goc) + o, s7);
                y.set(m8 * (g * goc) + o, s8);
                y.set(m9 * (g * goc) + o, s9);
            }
        }
    }

    /** Where the window of an output pixel begins, its group and the offset apart. */
    private static int window(int pixel, int oh, int ow, int xN, int xI, int xJ) {
        return pixel / (oh * ow) * xN + pixel / ow % oh * xI + pixel % ow * xJ;
    }

    private static Double16 load16(DoubleArray a, int at) {
        return new Double16(
                a.get(at), a.get(at + 1), a.get(at + 2), a.get(at + 3),
                a.get(at + 4), a.get(at + 5), a.get(at + 6), a.get(at + 7),
                a.get(at + 8), a.get(at + 9), a.get(at + 10), a.get(at + 11),
                a.get(at + 12), a.get(at + 13), a.get(at + 14), a.get(at + 15));
    }

    private static Double16 splat16(double v) {
        return new Double16(v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v);
    }

    private static void store16(DoubleArray a, int at, Double16 v) {
        a.set(at, v.getS0());
        a.set(at + 1, v.getS1());
        a.set(at + 2, v.getS2());
        a.set(at + 3, v.getS3());
        a.set(at + 4, v.getS4());
        a.set(at + 5, v.getS5());
        a.set(at + 6, v.getS6());
        a.set(at + 7, v.getS7());
        a.set(at + 8, v.getS8());
        a.set(at + 9, v.getS9());
        a.set(at + 10, v.getS10());
        a.set(at + 11, v.getS11());
        a.set(at + 12, v.getS12());
        a.set(at + 13, v.getS13());
        a.set(at + 14, v.getS14());
        a.set(at + 15, v.getS15());
    }

    private static Double8 load8(DoubleArray a, int at) {
        return new Double8(
                a.get(at), a.get(at + 1), a.get(at + 2), a.get(at + 3),
                a.get(at + 4), a.get(at + 5), a.get(at + 6), a.get(at + 7));
    }

    private static Double8 splat8(double v) {
        return new Double8(v, v, v, v, v, v, v, v);
    }

    private static void store8(DoubleArray a, int at, Double8 v) {
        a.set(at, v.getS0());
        a.set(at + 1, v.getS1());
        a.set(at + 2, v.getS2());
        a.set(at + 3, v.getS3());
        a.set(at + 4, v.getS4());
        a.set(at + 5, v.getS5());
        a.set(at + 6, v.getS6());
        a.set(at + 7, v.getS7());
    }

    private static Double4 load4(DoubleArray a, int at) {
        return new Double4(
                a.get(at), a.get(at + 1), a.get(at + 2), a.get(at + 3));
    }

    private static Double4 splat4(double v) {
        return new Double4(v, v, v, v);
    }

    private static void store4(DoubleArray a, int at, Double4 v) {
        a.set(at, v.getX());
        a.set(at + 1, v.getY());
        a.set(at + 2, v.getZ());
        a.set(at + 3, v.getW());
    }
}
