package io.github.convgauge.tornadovm.kernels;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;

/**
 * The product of im2col+gemm in f64 without the matrix, for GPUs: elements of x are found when they are wanted (cuDNN's
 * implicit GEMM; Chetlur et al., cuDNN: Efficient Primitives for Deep Learning, 2014). The twin of {@link ImplicitGemmF32}, and of
 * implicit_gemm.cl among the hand-written kernels.
 *
 * <p>A work-group of {@link #ITEMS} items computes {@link #PIXELS} output pixels times {@link #CHANNELS} channels of one group, from chunks of
 * {@link #TERMS} terms of both operands in local memory; an item four pixels times four channels. Items that are neighbours have
 * channels that are neighbours, and so each stores four times and not once: TornadoVM's CUDA backend makes scalars of vectors anyway.
 */
public final class ImplicitGemmF64 {
    /** Of a work-group, along the three dimensions of the product; constants, since a kernel's local memory must have a known size. */
    public static final int PIXELS = 32;
    public static final int CHANNELS = 32;
    public static final int TERMS = 16;
    public static final int ITEMS = 64;

    private ImplicitGemmF64() {}

    /**
     * Global size: {@link #ITEMS} times the tiles of channels, the tiles of pixels, and g · splits. What lies beyond the
     * edge is computed with elements that are there, or zeros, and not stored.
     *
     * @param x holds the windows (g, mb, oh, ow, kh, kw, gic): an offset, and one stride a dimension, as in {@link LinesF64}
     * @param w (kh, kw, gic, g·goc), contiguous
     * @param y (splits, mb, oh, ow, g·goc), contiguous: sums of parts of the terms
     * @param splits work-groups that share the terms of a tile
     */
    public static void tiles(
            KernelContext context, DoubleArray x, DoubleArray w, DoubleArray y, int offset,
            int g, int mb, int oh, int ow, int kh, int kw, int gic, int goc,
            int xG, int xN, long rowSteps, long columnSteps, int xC, int splits) {
        // Items that hold neighbouring terms write to the same column: one more keeps them in different banks.
        double[] xTile = context.allocateDoubleLocalArray(TERMS * (PIXELS + 1));
        double[] wTile = context.allocateDoubleLocalArray(TERMS * CHANNELS);
        int item = context.localIdx;
        int group = context.groupIdz / splits;
        int split = context.groupIdz % splits;
        int firstRow = context.groupIdy * PIXELS;
        int firstColumn = context.groupIdx * CHANNELS;
        int last = mb * oh * ow - 1;
        int terms = kh * kw * gic;
        int share = share(terms, splits);
        int first = split * share;
        int end = Math.min(terms, (split + 1) * share);

        int xTerm = item % TERMS;
        int xPixel = item / TERMS;
        int begin = offset + group * xG;
        int a0 = begin + window(Math.min(firstRow + xPixel + 0, last), oh, ow, xN, rowSteps, columnSteps);
        int a1 = begin + window(Math.min(firstRow + xPixel + 4, last), oh, ow, xN, rowSteps, columnSteps);
        int a2 = begin + window(Math.min(firstRow + xPixel + 8, last), oh, ow, xN, rowSteps, columnSteps);
        int a3 = begin + window(Math.min(firstRow + xPixel + 12, last), oh, ow, xN, rowSteps, columnSteps);
        int a4 = begin + window(Math.min(firstRow + xPixel + 16, last), oh, ow, xN, rowSteps, columnSteps);
        int a5 = begin + window(Math.min(firstRow + xPixel + 20, last), oh, ow, xN, rowSteps, columnSteps);
        int a6 = begin + window(Math.min(firstRow + xPixel + 24, last), oh, ow, xN, rowSteps, columnSteps);
        int a7 = begin + window(Math.min(firstRow + xPixel + 28, last), oh, ow, xN, rowSteps, columnSteps);
        int wTerm = item / CHANNELS;
        int wChannel = item % CHANNELS;
        int column = group * goc + Math.min(firstColumn + wChannel, goc - 1);

        int across = item % 8;
        int down = item / 8;
        double s00 = 0;
        double s01 = 0;
        double s02 = 0;
        double s03 = 0;
        double s10 = 0;
        double s11 = 0;
        double s12 = 0;
        double s13 = 0;
        double s20 = 0;
        double s21 = 0;
        double s22 = 0;
        double s23 = 0;
        double s30 = 0;
        double s31 = 0;
        double s32 = 0;
        double s33 = 0;
        // Of the first chunk; a term that is not there is read as the last one that is, and its products are zeros.
        int tap = tap(Math.min(first + xTerm, end - 1), kw, gic, rowSteps, columnSteps, xC);
        double x0 = x.get(a0 + tap);
        double x1 = x.get(a1 + tap);
        double x2 = x.get(a2 + tap);
        double x3 = x.get(a3 + tap);
        double x4 = x.get(a4 + tap);
        double x5 = x.get(a5 + tap);
        double x6 = x.get(a6 + tap);
        double x7 = x.get(a7 + tap);
        double w0 = w.get(Math.min(first + wTerm + 0, end - 1) * (g * goc) + column);
        double w1 = w.get(Math.min(first + wTerm + 2, end - 1) * (g * goc) + column);
        double w2 = w.get(Math.min(first + wTerm + 4, end - 1) * (g * goc) + column);
        double w3 = w.get(Math.min(first + wTerm + 6, end - 1) * (g * goc) + column);
        double w4 = w.get(Math.min(first + wTerm + 8, end - 1) * (g * goc) + column);
        double w5 = w.get(Math.min(first + wTerm + 10, end - 1) * (g * goc) + column);
        double w6 = w.get(Math.min(first + wTerm + 12, end - 1) * (g * goc) + column);
        double w7 = w.get(Math.min(first + wTerm + 14, end - 1) * (g * goc) + column);
        for (int from = first; from < end; from += TERMS) {
            xTile[xTerm * (PIXELS + 1) + xPixel + 0] = from + xTerm < end ? x0 : 0;
            xTile[xTerm * (PIXELS + 1) + xPixel + 4] = from + xTerm < end ? x1 : 0;
            xTile[xTerm * (PIXELS + 1) + xPixel + 8] = from + xTerm < end ? x2 : 0;
            xTile[xTerm * (PIXELS + 1) + xPixel + 12] = from + xTerm < end ? x3 : 0;
            xTile[xTerm * (PIXELS + 1) + xPixel + 16] = from + xTerm < end ? x4 : 0;
            xTile[xTerm * (PIXELS + 1) + xPixel + 20] = from + xTerm < end ? x5 : 0;
            xTile[xTerm * (PIXELS + 1) + xPixel + 24] = from + xTerm < end ? x6 : 0;
            xTile[xTerm * (PIXELS + 1) + xPixel + 28] = from + xTerm < end ? x7 : 0;
            wTile[(wTerm + 0) * CHANNELS + wChannel] = from + wTerm + 0 < end ? w0 : 0;
            wTile[(wTerm + 2) * CHANNELS + wChannel] = from + wTerm + 2 < end ? w1 : 0;
            wTile[(wTerm + 4) * CHANNELS + wChannel] = from + wTerm + 4 < end ? w2 : 0;
            wTile[(wTerm + 6) * CHANNELS + wChannel] = from + wTerm + 6 < end ? w3 : 0;
            wTile[(wTerm + 8) * CHANNELS + wChannel] = from + wTerm + 8 < end ? w4 : 0;
            wTile[(wTerm + 10) * CHANNELS + wChannel] = from + wTerm + 10 < end ? w5 : 0;
            wTile[(wTerm + 12) * CHANNELS + wChannel] = from + wTerm + 12 < end ? w6 : 0;
            wTile[(wTerm + 14) * CHANNELS + wChannel] = from + wTerm + 14 < end ? w7 : 0;
            context.localBarrier();
            // Of the next one, on their way while this one is multiplied. All loads without a store between them: to the CUDA backend's
            // compiler any store might change what is loaded behind it, since its addresses are integers.
            tap = tap(Math.min(from + TERMS + xTerm, end - 1), kw, gic, rowSteps, columnSteps, xC);
            x0 = x.get(a0 + tap);
            x1 = x.get(a1 + tap);
            x2 = x.get(a2 + tap);
            x3 = x.get(a3 + tap);
            x4 = x.get(a4 + tap);
            x5 = x.get(a5 + tap);
            x6 = x.get(a6 + tap);
            x7 = x.get(a7 + tap);
            w0 = w.get(Math.min(from + TERMS + wTerm + 0, end - 1) * (g * goc) + column);
            w1 = w.get(Math.min(from + TERMS + wTerm + 2, end - 1) * (g * goc) + column);
            w2 = w.get(Math.min(from + TERMS + wTerm + 4, end - 1) * (g * goc) + column);
            w3 = w.get(Math.min(from + TERMS + wTerm + 6, end - 1) * (g * goc) + column);
            w4 = w.get(Math.min(from + TERMS + wTerm + 8, end - 1) * (g * goc) + column);
            w5 = w.get(Math.min(from + TERMS + wTerm + 10, end - 1) * (g * goc) + column);
            w6 = w.get(Math.min(from + TERMS + wTerm + 12, end - 1) * (g * goc) + column);
            w7 = w.get(Math.min(from + TERMS + wTerm + 14, end - 1) * (g * goc) + column);
            for (int t = 0; t < TERMS; t++) {
                double p0 = xTile[t * (PIXELS + 1) + down + 0];
                double p1 = xTile[t * (PIXELS + 1) + down + 8];
                double p2 = xTile[t * (PIXELS + 1) + down + 16];
                double p3 = xTile[t * (PIXELS + 1) + down + 24];
                double q0 = wTile[t * CHANNELS + across + 0];
                double q1 = wTile[t * CHANNELS + across + 8];
                double q2 = wTile[t * CHANNELS + across + 16];
                double q3 = wTile[t * CHANNELS + across + 24];
                s00 += p0 * q0;
                s01 += p0 * q1;
                s02 += p0 * q2;
                s03 += p0 * q3;
                s10 += p1 * q0;
                s11 += p1 * q1;
                s12 += p1 * q2;
                s13 += p1 * q3;
                s20 += p2 * q0;
                s21 += p2 * q1;
                s22 += p2 * q2;
                s23 += p2 * q3;
                s30 += p3 * q0;
                s31 += p3 * q1;
                s32 += p3 * q2;
                s33 += p3 * q3;
            }
            // The next chunk overwrites what slower items still read.
            context.localBarrier();
        }
        int to = split * (last + 1);
        int m0 = firstRow + down + 0;
        int m1 = firstRow + down + 8;
        int m2 = firstRow + down + 16;
        int m3 = firstRow + down + 24;
        int n0 = firstColumn + across + 0;
        int n1 = firstColumn + across + 8;
        int n2 = firstColumn + across + 16;
        int n3 = firstColumn + across + 24;
        if (m0 <= last && n0 < goc) {
            y.set((to + m0) * (g * goc) + group * goc + n0, s00);
        }
        if (m0 <= last && n1 < goc) {
            y.set((to + m0) * (g * goc) + group * goc + n1, s01);
        }
        if (m0 <= last && n2 < goc) {
            y.set((to + m0) * (g * goc) + group * goc + n2, s02);
        }
        if (m0 <= last && n3 < goc) {
            y.set((to + m0) * (g * goc) + group * goc + n3, s03);
        }
        if (m1 <= last && n0 < goc) {
            y.set((to + m1) * (g * goc) + group * goc + n0, s10);
        }
        if (m1 <= last && n1 < goc) {
            y.set((to + m1) * (g * goc) + group * goc + n1, s11);
        }
        if (m1 <= last && n2 < goc) {
            y.set((to + m1) * (g * goc) + group * goc + n2, s12);
        }
        if (m1 <= last && n3 < goc) {
            y.set((to + m1) * (g * goc) + group * goc + n3, s13);
        }
        if (m2 <= last && n0 < goc) {
            y.set((to + m2) * (g * goc) + group * goc + n0, s20);
        }
        if (m2 <= last && n1 < goc) {
            y.set((to + m2) * (g * goc) + group * goc + n1, s21);
        }
        if (m2 <= last && n2 < goc) {
            y.set((to + m2) * (g * goc) + group * goc + n2, s22);
        }
        if (m2 <= last && n3 < goc) {
            y.set((to + m2) * (g * goc) + group * goc + n3, s23);
        }
        if (m3 <= last && n0 < goc) {
            y.set((to + m3) * (g * goc) + group * goc + n0, s30);
        }
        if (m3 <= last && n1 < goc) {
            y.set((to + m3) * (g * goc) + group * goc + n1, s31);
        }
        if (m3 <= last && n2 < goc) {
            y.set((to + m3) * (g * goc) + group * goc + n2, s32);
        }
        if (m3 <= last && n3 < goc) {
            y.set((to + m3) * (g * goc) + group * goc + n3, s33);
        }
    }

    /** Terms of a split: whole chunks, so that only the last one of all has terms too few. */
    public static int share(int terms, int splits) {
        return ((terms + splits - 1) / splits + TERMS - 1) / TERMS * TERMS;
    }

    /** From a window's first element to that of a term. */
    private static int tap(int term, int kw, int gic, long rowSteps, long columnSteps, int xC) {
        return term / gic / kw * Edges.second(rowSteps) + term / gic % kw * Edges.second(columnSteps) + term % gic * xC;
    }

    private static int window(int pixel, int oh, int ow, int xN, long rowSteps, long columnSteps) {
        return pixel / (oh * ow) * xN + pixel / ow % oh * Edges.first(rowSteps) + pixel % ow * Edges.first(columnSteps);
    }

    /** y (mb, places, g·goc) = the sum of partial results (splits, mb, places, g·goc), in their order. */
    public static void sum(DoubleArray partial, DoubleArray y, int splits, int mb, int places, int g, int goc) {
        for (@Parallel int o = 0; o < g * goc; o++) {
            for (@Parallel int m = 0; m < mb * places; m++) {
                double sum = 0;
                for (int s = 0; s < splits; s++) {
                    sum += partial.get((s * (mb * places) + m) * (g * goc) + o);
                }
                y.set(m * (g * goc) + o, sum);
            }
        }
    }
}
