package io.github.convgauge.tornadovm.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat8;
import uk.ac.manchester.tornado.api.types.vectors.Float16;
import uk.ac.manchester.tornado.api.types.vectors.Float4;
import uk.ac.manchester.tornado.api.types.vectors.Float8;

/**
 * Register-blocked direct convolution in f32 where the channels of a group are whole vectors: a work item computes
 * some neighbouring pixels of one line times a vector of output channels. The twin of {@link LinesF64}.
 * {@link BlockedF32} does the same for any number of channels and any pixels, with vectors that are built of elements.
 *
 * <p>The arguments are those of {@link DirectF32#direct}, with xI and xKh as rowSteps and xJ and xKw as columnSteps, what lies
 * inside x ({@link Edges}), and pixels, the outputs of a work item: 1 to {@link #MOST_PIXELS}, no more than ow. It is a
 * constant when TornadoVM compiles, so the conditions on it vanish. The last work item of a line begins early enough to end with the line; some outputs are then computed more than once, in
 * the same order and so to the same bits.
 *
 * <p>What is written for the code that comes of it: the pixels have one address each iteration and constant distances
 * from it; at the edges of a padded x a tap's distances are settled before its loop over channels. {@code unknownZero} is 0 in every work item, which TornadoVM does not see: it would unroll loops of known
 * lengths, and its schedule of the unrolled code has all loads in front, and far more values than registers.
 */
public final class LinesF32 {
    /** Of one work item. */
    public static final int MOST_PIXELS = 16;

    private LinesF32() {}

    /** 16 output channels a work item. Needs goc to be a multiple of 16. */
    public static void lanes16(
            FloatArray x, FloatArray w, FloatArray y, int offset,
            int g, int mb, int oh, int ow, int kh, int kw, int gic, int goc,
            int xG, int xN, long rowSteps, long columnSteps, int xC, long rowsInside, long columnsInside, int pixels) {
        int xI = Edges.first(rowSteps);
        int xJ = Edges.first(columnSteps);
        VectorFloat16 weights = new VectorFloat16(w);
        VectorFloat16 outputs = new VectorFloat16(y);
        for (@Parallel int block = 0; block < g * (goc / 16); block++) {
            for (@Parallel int tile = 0; tile < mb * oh * ((ow + pixels - 1) / pixels); tile++) {
                int unknownZero = block / (g * (goc / 16));
                int line = tile / ((ow + pixels - 1) / pixels);
                int j = Math.min(tile % ((ow + pixels - 1) / pixels) * pixels, ow - pixels);
                int window = offset + block / (goc / 16) * xG + line / oh * xN + line % oh * xI + j * xJ;
                Float16 s0 = splat16(0);
                Float16 s1 = splat16(0);
                Float16 s2 = splat16(0);
                Float16 s3 = splat16(0);
                Float16 s4 = splat16(0);
                Float16 s5 = splat16(0);
                Float16 s6 = splat16(0);
                Float16 s7 = splat16(0);
                Float16 s8 = splat16(0);
                Float16 s9 = splat16(0);
                Float16 s10 = splat16(0);
                Float16 s11 = splat16(0);
                Float16 s12 = splat16(0);
                Float16 s13 = splat16(0);
                Float16 s14 = splat16(0);
                Float16 s15 = splat16(0);
                int begin = Edges.beginRow(line % oh, oh, kh, rowSteps, rowsInside);
                int end = Edges.endRow(line % oh, oh, kh, rowSteps, rowsInside);
                int at = block + begin * (kw * gic) * (g * (goc / 16));
                for (int u = begin; u < end + unknownZero; u++) {
                    for (int v = 0; v < kw + unknownZero; v++) {
                        int tap = window + u * Edges.second(rowSteps) + v * Edges.second(columnSteps);
                        int column = j * xJ + v * Edges.second(columnSteps);
                        int d0 = Edges.distance(0, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d1 = Edges.distance(1, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d2 = Edges.distance(2, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d3 = Edges.distance(3, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d4 = Edges.distance(4, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d5 = Edges.distance(5, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d6 = Edges.distance(6, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d7 = Edges.distance(7, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d8 = Edges.distance(8, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d9 = Edges.distance(9, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d10 = Edges.distance(10, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d11 = Edges.distance(11, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d12 = Edges.distance(12, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d13 = Edges.distance(13, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d14 = Edges.distance(14, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d15 = Edges.distance(15, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        for (int c = 0; c < gic + unknownZero; c++) {
                            Float16 weight = weights.get(at);
                            s0 = Float16.add(s0, Float16.mult(weight, splat16(x.get(tap + d0))));
                            if (pixels > 1) {
                                s1 = Float16.add(s1, Float16.mult(weight, splat16(x.get(tap + d1))));
                            }
                            if (pixels > 2) {
                                s2 = Float16.add(s2, Float16.mult(weight, splat16(x.get(tap + d2))));
                            }
                            if (pixels > 3) {
                                s3 = Float16.add(s3, Float16.mult(weight, splat16(x.get(tap + d3))));
                            }
                            if (pixels > 4) {
                                s4 = Float16.add(s4, Float16.mult(weight, splat16(x.get(tap + d4))));
                            }
                            if (pixels > 5) {
                                s5 = Float16.add(s5, Float16.mult(weight, splat16(x.get(tap + d5))));
                            }
                            if (pixels > 6) {
                                s6 = Float16.add(s6, Float16.mult(weight, splat16(x.get(tap + d6))));
                            }
                            if (pixels > 7) {
                                s7 = Float16.add(s7, Float16.mult(weight, splat16(x.get(tap + d7))));
                            }
                            if (pixels > 8) {
                                s8 = Float16.add(s8, Float16.mult(weight, splat16(x.get(tap + d8))));
                            }
                            if (pixels > 9) {
                                s9 = Float16.add(s9, Float16.mult(weight, splat16(x.get(tap + d9))));
                            }
                            if (pixels > 10) {
                                s10 = Float16.add(s10, Float16.mult(weight, splat16(x.get(tap + d10))));
                            }
                            if (pixels > 11) {
                                s11 = Float16.add(s11, Float16.mult(weight, splat16(x.get(tap + d11))));
                            }
                            if (pixels > 12) {
                                s12 = Float16.add(s12, Float16.mult(weight, splat16(x.get(tap + d12))));
                            }
                            if (pixels > 13) {
                                s13 = Float16.add(s13, Float16.mult(weight, splat16(x.get(tap + d13))));
                            }
                            if (pixels > 14) {
                                s14 = Float16.add(s14, Float16.mult(weight, splat16(x.get(tap + d14))));
                            }
                            if (pixels > 15) {
                                s15 = Float16.add(s15, Float16.mult(weight, splat16(x.get(tap + d15))));
                            }
                            at += g * (goc / 16);
                            tap += xC;
                        }
                    }
                }
                int to = (line * ow + j) * (g * (goc / 16)) + block;
                outputs.set(to, s0);
                if (pixels > 1) {
                    outputs.set(to + (g * (goc / 16)), s1);
                }
                if (pixels > 2) {
                    outputs.set(to + 2 * (g * (goc / 16)), s2);
                }
                if (pixels > 3) {
                    outputs.set(to + 3 * (g * (goc / 16)), s3);
                }
                if (pixels > 4) {
                    outputs.set(to + 4 * (g * (goc / 16)), s4);
                }
                if (pixels > 5) {
                    outputs.set(to + 5 * (g * (goc / 16)), s5);
                }
                if (pixels > 6) {
                    outputs.set(to + 6 * (g * (goc / 16)), s6);
                }
                if (pixels > 7) {
                    outputs.set(to + 7 * (g * (goc / 16)), s7);
                }
                if (pixels > 8) {
                    outputs.set(to + 8 * (g * (goc / 16)), s8);
                }
                if (pixels > 9) {
                    outputs.set(to + 9 * (g * (goc / 16)), s9);
                }
                if (pixels > 10) {
                    outputs.set(to + 10 * (g * (goc / 16)), s10);
                }
                if (pixels > 11) {
                    outputs.set(to + 11 * (g * (goc / 16)), s11);
                }
                if (pixels > 12) {
                    outputs.set(to + 12 * (g * (goc / 16)), s12);
                }
                if (pixels > 13) {
                    outputs.set(to + 13 * (g * (goc / 16)), s13);
                }
                if (pixels > 14) {
                    outputs.set(to + 14 * (g * (goc / 16)), s14);
                }
                if (pixels > 15) {
                    outputs.set(to + 15 * (g * (goc / 16)), s15);
                }
            }
        }
    }

    /** 8 output channels a work item. Needs goc to be a multiple of 8. */
    public static void lanes8(
            FloatArray x, FloatArray w, FloatArray y, int offset,
            int g, int mb, int oh, int ow, int kh, int kw, int gic, int goc,
            int xG, int xN, long rowSteps, long columnSteps, int xC, long rowsInside, long columnsInside, int pixels) {
        int xI = Edges.first(rowSteps);
        int xJ = Edges.first(columnSteps);
        VectorFloat8 weights = new VectorFloat8(w);
        VectorFloat8 outputs = new VectorFloat8(y);
        for (@Parallel int block = 0; block < g * (goc / 8); block++) {
            for (@Parallel int tile = 0; tile < mb * oh * ((ow + pixels - 1) / pixels); tile++) {
                int unknownZero = block / (g * (goc / 8));
                int line = tile / ((ow + pixels - 1) / pixels);
                int j = Math.min(tile % ((ow + pixels - 1) / pixels) * pixels, ow - pixels);
                int window = offset + block / (goc / 8) * xG + line / oh * xN + line % oh * xI + j * xJ;
                Float8 s0 = splat8(0);
                Float8 s1 = splat8(0);
                Float8 s2 = splat8(0);
                Float8 s3 = splat8(0);
                Float8 s4 = splat8(0);
                Float8 s5 = splat8(0);
                Float8 s6 = splat8(0);
                Float8 s7 = splat8(0);
                Float8 s8 = splat8(0);
                Float8 s9 = splat8(0);
                Float8 s10 = splat8(0);
                Float8 s11 = splat8(0);
                Float8 s12 = splat8(0);
                Float8 s13 = splat8(0);
                Float8 s14 = splat8(0);
                Float8 s15 = splat8(0);
                int begin = Edges.beginRow(line % oh, oh, kh, rowSteps, rowsInside);
                int end = Edges.endRow(line % oh, oh, kh, rowSteps, rowsInside);
                int at = block + begin * (kw * gic) * (g * (goc / 8));
                for (int u = begin; u < end + unknownZero; u++) {
                    for (int v = 0; v < kw + unknownZero; v++) {
                        int tap = window + u * Edges.second(rowSteps) + v * Edges.second(columnSteps);
                        int column = j * xJ + v * Edges.second(columnSteps);
                        int d0 = Edges.distance(0, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d1 = Edges.distance(1, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d2 = Edges.distance(2, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d3 = Edges.distance(3, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d4 = Edges.distance(4, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d5 = Edges.distance(5, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d6 = Edges.distance(6, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d7 = Edges.distance(7, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d8 = Edges.distance(8, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d9 = Edges.distance(9, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d10 = Edges.distance(10, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d11 = Edges.distance(11, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d12 = Edges.distance(12, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d13 = Edges.distance(13, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d14 = Edges.distance(14, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d15 = Edges.distance(15, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        for (int c = 0; c < gic + unknownZero; c++) {
                            Float8 weight = weights.get(at);
                            s0 = Float8.add(s0, Float8.mult(weight, splat8(x.get(tap + d0))));
                            if (pixels > 1) {
                                s1 = Float8.add(s1, Float8.mult(weight, splat8(x.get(tap + d1))));
                            }
                            if (pixels > 2) {
                                s2 = Float8.add(s2, Float8.mult(weight, splat8(x.get(tap + d2))));
                            }
                            if (pixels > 3) {
                                s3 = Float8.add(s3, Float8.mult(weight, splat8(x.get(tap + d3))));
                            }
                            if (pixels > 4) {
                                s4 = Float8.add(s4, Float8.mult(weight, splat8(x.get(tap + d4))));
                            }
                            if (pixels > 5) {
                                s5 = Float8.add(s5, Float8.mult(weight, splat8(x.get(tap + d5))));
                            }
                            if (pixels > 6) {
                                s6 = Float8.add(s6, Float8.mult(weight, splat8(x.get(tap + d6))));
                            }
                            if (pixels > 7) {
                                s7 = Float8.add(s7, Float8.mult(weight, splat8(x.get(tap + d7))));
                            }
                            if (pixels > 8) {
                                s8 = Float8.add(s8, Float8.mult(weight, splat8(x.get(tap + d8))));
                            }
                            if (pixels > 9) {
                                s9 = Float8.add(s9, Float8.mult(weight, splat8(x.get(tap + d9))));
                            }
                            if (pixels > 10) {
                                s10 = Float8.add(s10, Float8.mult(weight, splat8(x.get(tap + d10))));
                            }
                            if (pixels > 11) {
                                s11 = Float8.add(s11, Float8.mult(weight, splat8(x.get(tap + d11))));
                            }
                            if (pixels > 12) {
                                s12 = Float8.add(s12, Float8.mult(weight, splat8(x.get(tap + d12))));
                            }
                            if (pixels > 13) {
                                s13 = Float8.add(s13, Float8.mult(weight, splat8(x.get(tap + d13))));
                            }
                            if (pixels > 14) {
                                s14 = Float8.add(s14, Float8.mult(weight, splat8(x.get(tap + d14))));
                            }
                            if (pixels > 15) {
                                s15 = Float8.add(s15, Float8.mult(weight, splat8(x.get(tap + d15))));
                            }
                            at += g * (goc / 8);
                            tap += xC;
                        }
                    }
                }
                int to = (line * ow + j) * (g * (goc / 8)) + block;
                outputs.set(to, s0);
                if (pixels > 1) {
                    outputs.set(to + (g * (goc / 8)), s1);
                }
                if (pixels > 2) {
                    outputs.set(to + 2 * (g * (goc / 8)), s2);
                }
                if (pixels > 3) {
                    outputs.set(to + 3 * (g * (goc / 8)), s3);
                }
                if (pixels > 4) {
                    outputs.set(to + 4 * (g * (goc / 8)), s4);
                }
                if (pixels > 5) {
                    outputs.set(to + 5 * (g * (goc / 8)), s5);
                }
                if (pixels > 6) {
                    outputs.set(to + 6 * (g * (goc / 8)), s6);
                }
                if (pixels > 7) {
                    outputs.set(to + 7 * (g * (goc / 8)), s7);
                }
                if (pixels > 8) {
                    outputs.set(to + 8 * (g * (goc / 8)), s8);
                }
                if (pixels > 9) {
                    outputs.set(to + 9 * (g * (goc / 8)), s9);
                }
                if (pixels > 10) {
                    outputs.set(to + 10 * (g * (goc / 8)), s10);
                }
                if (pixels > 11) {
                    outputs.set(to + 11 * (g * (goc / 8)), s11);
                }
                if (pixels > 12) {
                    outputs.set(to + 12 * (g * (goc / 8)), s12);
                }
                if (pixels > 13) {
                    outputs.set(to + 13 * (g * (goc / 8)), s13);
                }
                if (pixels > 14) {
                    outputs.set(to + 14 * (g * (goc / 8)), s14);
                }
                if (pixels > 15) {
                    outputs.set(to + 15 * (g * (goc / 8)), s15);
                }
            }
        }
    }

    /** 4 output channels a work item. Needs goc to be a multiple of 4. */
    public static void lanes4(
            FloatArray x, FloatArray w, FloatArray y, int offset,
            int g, int mb, int oh, int ow, int kh, int kw, int gic, int goc,
            int xG, int xN, long rowSteps, long columnSteps, int xC, long rowsInside, long columnsInside, int pixels) {
        int xI = Edges.first(rowSteps);
        int xJ = Edges.first(columnSteps);
        VectorFloat4 weights = new VectorFloat4(w);
        VectorFloat4 outputs = new VectorFloat4(y);
        for (@Parallel int block = 0; block < g * (goc / 4); block++) {
            for (@Parallel int tile = 0; tile < mb * oh * ((ow + pixels - 1) / pixels); tile++) {
                int unknownZero = block / (g * (goc / 4));
                int line = tile / ((ow + pixels - 1) / pixels);
                int j = Math.min(tile % ((ow + pixels - 1) / pixels) * pixels, ow - pixels);
                int window = offset + block / (goc / 4) * xG + line / oh * xN + line % oh * xI + j * xJ;
                Float4 s0 = splat4(0);
                Float4 s1 = splat4(0);
                Float4 s2 = splat4(0);
                Float4 s3 = splat4(0);
                Float4 s4 = splat4(0);
                Float4 s5 = splat4(0);
                Float4 s6 = splat4(0);
                Float4 s7 = splat4(0);
                Float4 s8 = splat4(0);
                Float4 s9 = splat4(0);
                Float4 s10 = splat4(0);
                Float4 s11 = splat4(0);
                Float4 s12 = splat4(0);
                Float4 s13 = splat4(0);
                Float4 s14 = splat4(0);
                Float4 s15 = splat4(0);
                int begin = Edges.beginRow(line % oh, oh, kh, rowSteps, rowsInside);
                int end = Edges.endRow(line % oh, oh, kh, rowSteps, rowsInside);
                int at = block + begin * (kw * gic) * (g * (goc / 4));
                for (int u = begin; u < end + unknownZero; u++) {
                    for (int v = 0; v < kw + unknownZero; v++) {
                        int tap = window + u * Edges.second(rowSteps) + v * Edges.second(columnSteps);
                        int column = j * xJ + v * Edges.second(columnSteps);
                        int d0 = Edges.distance(0, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d1 = Edges.distance(1, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d2 = Edges.distance(2, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d3 = Edges.distance(3, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d4 = Edges.distance(4, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d5 = Edges.distance(5, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d6 = Edges.distance(6, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d7 = Edges.distance(7, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d8 = Edges.distance(8, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d9 = Edges.distance(9, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d10 = Edges.distance(10, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d11 = Edges.distance(11, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d12 = Edges.distance(12, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d13 = Edges.distance(13, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d14 = Edges.distance(14, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        int d15 = Edges.distance(15, pixels, tap, column, ow, kw, columnSteps, columnsInside);
                        for (int c = 0; c < gic + unknownZero; c++) {
                            Float4 weight = weights.get(at);
                            s0 = Float4.add(s0, Float4.mult(weight, splat4(x.get(tap + d0))));
                            if (pixels > 1) {
                                s1 = Float4.add(s1, Float4.mult(weight, splat4(x.get(tap + d1))));
                            }
                            if (pixels > 2) {
                                s2 = Float4.add(s2, Float4.mult(weight, splat4(x.get(tap + d2))));
                            }
                            if (pixels > 3) {
                                s3 = Float4.add(s3, Float4.mult(weight, splat4(x.get(tap + d3))));
                            }
                            if (pixels > 4) {
                                s4 = Float4.add(s4, Float4.mult(weight, splat4(x.get(tap + d4))));
                            }
                            if (pixels > 5) {
                                s5 = Float4.add(s5, Float4.mult(weight, splat4(x.get(tap + d5))));
                            }
                            if (pixels > 6) {
                                s6 = Float4.add(s6, Float4.mult(weight, splat4(x.get(tap + d6))));
                            }
                            if (pixels > 7) {
                                s7 = Float4.add(s7, Float4.mult(weight, splat4(x.get(tap + d7))));
                            }
                            if (pixels > 8) {
                                s8 = Float4.add(s8, Float4.mult(weight, splat4(x.get(tap + d8))));
                            }
                            if (pixels > 9) {
                                s9 = Float4.add(s9, Float4.mult(weight, splat4(x.get(tap + d9))));
                            }
                            if (pixels > 10) {
                                s10 = Float4.add(s10, Float4.mult(weight, splat4(x.get(tap + d10))));
                            }
                            if (pixels > 11) {
                                s11 = Float4.add(s11, Float4.mult(weight, splat4(x.get(tap + d11))));
                            }
                            if (pixels > 12) {
                                s12 = Float4.add(s12, Float4.mult(weight, splat4(x.get(tap + d12))));
                            }
                            if (pixels > 13) {
                                s13 = Float4.add(s13, Float4.mult(weight, splat4(x.get(tap + d13))));
                            }
                            if (pixels > 14) {
                                s14 = Float4.add(s14, Float4.mult(weight, splat4(x.get(tap + d14))));
                            }
                            if (pixels > 15) {
                                s15 = Float4.add(s15, Float4.mult(weight, splat4(x.get(tap + d15))));
                            }
                            at += g * (goc / 4);
                            tap += xC;
                        }
                    }
                }
                int to = (line * ow + j) * (g * (goc / 4)) + block;
                outputs.set(to, s0);
                if (pixels > 1) {
                    outputs.set(to + (g * (goc / 4)), s1);
                }
                if (pixels > 2) {
                    outputs.set(to + 2 * (g * (goc / 4)), s2);
                }
                if (pixels > 3) {
                    outputs.set(to + 3 * (g * (goc / 4)), s3);
                }
                if (pixels > 4) {
                    outputs.set(to + 4 * (g * (goc / 4)), s4);
                }
                if (pixels > 5) {
                    outputs.set(to + 5 * (g * (goc / 4)), s5);
                }
                if (pixels > 6) {
                    outputs.set(to + 6 * (g * (goc / 4)), s6);
                }
                if (pixels > 7) {
                    outputs.set(to + 7 * (g * (goc / 4)), s7);
                }
                if (pixels > 8) {
                    outputs.set(to + 8 * (g * (goc / 4)), s8);
                }
                if (pixels > 9) {
                    outputs.set(to + 9 * (g * (goc / 4)), s9);
                }
                if (pixels > 10) {
                    outputs.set(to + 10 * (g * (goc / 4)), s10);
                }
                if (pixels > 11) {
                    outputs.set(to + 11 * (g * (goc / 4)), s11);
                }
                if (pixels > 12) {
                    outputs.set(to + 12 * (g * (goc / 4)), s12);
                }
                if (pixels > 13) {
                    outputs.set(to + 13 * (g * (goc / 4)), s13);
                }
                if (pixels > 14) {
                    outputs.set(to + 14 * (g * (goc / 4)), s14);
                }
                if (pixels > 15) {
                    outputs.set(to + 15 * (g * (goc / 4)), s15);
                }
            }
        }
    }

    private static Float16 splat16(float v) {
        return new Float16(v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v);
    }

    private static Float8 splat8(float v) {
        return new Float8(v, v, v, v, v, v, v, v);
    }

    private static Float4 splat4(float v) {
        return new Float4(v, v, v, v);
    }
}
