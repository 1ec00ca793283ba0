package io.github.convgauge.tornadovm.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat8;
import uk.ac.manchester.tornado.api.types.vectors.Float16;
import uk.ac.manchester.tornado.api.types.vectors.Float8;

/**
 * {@link LinesF32} for a processor with 32 vector registers: a work item computes some neighbouring pixels of one line
 * times two vectors of output channels. An element of x serves both, a vector of weights all pixels; the sums of 14
 * pixels are 28 registers, and weights and x three more. The twin of {@link PairsF64}.
 *
 * <p>The arguments are those of {@link LinesF32#lanes16}, with up to {@link #MOST_PIXELS} pixels. Tiles of pixels are
 * the outer loop, whose work items a processor runs one after the other: they share their weights. Those lie as
 * (pair of vectors, kh, kw, gic, 2 vectors), since rows of the matrix (kh·kw·gic, oc) are far apart where there are many
 * channels, each in a page of its own at last.
 */
public final class PairsF32 {
    /** Of one work item. */
    public static final int MOST_PIXELS = 14;

    private PairsF32() {}

    /** Twice 16 output channels a work item. Needs goc to be a multiple of twice 16. */
    public static void pairs16(
            FloatArray x, FloatArray w, FloatArray y, int offset,
            int g, int mb, int oh, int ow, int kh, int kw, int gic, int goc,
            int xG, int xN, long rowSteps, long columnSteps, int xC, long rowsInside, long columnsInside, int pixels) {
        int xI = Edges.first(rowSteps);
        int xJ = Edges.first(columnSteps);
        VectorFloat16 weights = new VectorFloat16(w);
        VectorFloat16 outputs = new VectorFloat16(y);
        for (@Parallel int tile = 0; tile < mb * oh * ((ow + pixels - 1) / pixels); tile++) {
            for (@Parallel int pair = 0; pair < g * (goc / 16 / 2); pair++) {
                int unknownZero = pair / (g * (goc / 16 / 2));
                int line = tile / ((ow + pixels - 1) / pixels);
                int j = Math.min(tile % ((ow + pixels - 1) / pixels) * pixels, ow - pixels);
                int window = offset + pair / (goc / 16 / 2) * xG + line / oh * xN + line % oh * xI + j * xJ;
                Float16 s0 = splat16(0);
                Float16 t0 = splat16(0);
                Float16 s1 = splat16(0);
                Float16 t1 = splat16(0);
                Float16 s2 = splat16(0);
                Float16 t2 = splat16(0);
                Float16 s3 = splat16(0);
                Float16 t3 = splat16(0);
                Float16 s4 = splat16(0);
                Float16 t4 = splat16(0);
                Float16 s5 = splat16(0);
                Float16 t5 = splat16(0);
                Float16 s6 = splat16(0);
                Float16 t6 = splat16(0);
                Float16 s7 = splat16(0);
                Float16 t7 = splat16(0);
                Float16 s8 = splat16(0);
                Float16 t8 = splat16(0);
                Float16 s9 = splat16(0);
                Float16 t9 = splat16(0);
                Float16 s10 = splat16(0);
                Float16 t10 = splat16(0);
                Float16 s11 = splat16(0);
                Float16 t11 = splat16(0);
                Float16 s12 = splat16(0);
                Float16 t12 = splat16(0);
                Float16 s13 = splat16(0);
                Float16 t13 = splat16(0);
                int begin = Edges.beginRow(line % oh, oh, kh, rowSteps, rowsInside);
                int end = Edges.endRow(line % oh, oh, kh, rowSteps, rowsInside);
                int at = 2 * pair * (kh * kw * gic) + 2 * begin * (kw * gic);
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
                        for (int c = 0; c < gic + unknownZero; c++) {
                            Float16 first = weights.get(at);
                            Float16 second = weights.get(at + 1);
                            Float16 value = splat16(x.get(tap + d0));
                            s0 = Float16.add(s0, Float16.mult(first, value));
                            t0 = Float16.add(t0, Float16.mult(second, value));
                            if (pixels > 1) {
                                value = splat16(x.get(tap + d1));
                                s1 = Float16.add(s1, Float16.mult(first, value));
                                t1 = Float16.add(t1, Float16.mult(second, value));
                            }
                            if (pixels > 2) {
                                value = splat16(x.get(tap + d2));
                                s2 = Float16.add(s2, Float16.mult(first, value));
                                t2 = Float16.add(t2, Float16.mult(second, value));
                            }
                            if (pixels > 3) {
                                value = splat16(x.get(tap + d3));
                                s3 = Float16.add(s3, Float16.mult(first, value));
                                t3 = Float16.add(t3, Float16.mult(second, value));
                            }
                            if (pixels > 4) {
                                value = splat16(x.get(tap + d4));
                                s4 = Float16.add(s4, Float16.mult(first, value));
                                t4 = Float16.add(t4, Float16.mult(second, value));
                            }
                            if (pixels > 5) {
                                value = splat16(x.get(tap + d5));
                                s5 = Float16.add(s5, Float16.mult(first, value));
                                t5 = Float16.add(t5, Float16.mult(second, value));
                            }
                            if (pixels > 6) {
                                value = splat16(x.get(tap + d6));
                                s6 = Float16.add(s6, Float16.mult(first, value));
                                t6 = Float16.add(t6, Float16.mult(second, value));
                            }
                            if (pixels > 7) {
                                value = splat16(x.get(tap + d7));
                                s7 = Float16.add(s7, Float16.mult(first, value));
                                t7 = Float16.add(t7, Float16.mult(second, value));
                            }
                            if (pixels > 8) {
                                value = splat16(x.get(tap + d8));
                                s8 = Float16.add(s8, Float16.mult(first, value));
                                t8 = Float16.add(t8, Float16.mult(second, value));
                            }
                            if (pixels > 9) {
                                value = splat16(x.get(tap + d9));
                                s9 = Float16.add(s9, Float16.mult(first, value));
                                t9 = Float16.add(t9, Float16.mult(second, value));
                            }
                            if (pixels > 10) {
                                value = splat16(x.get(tap + d10));
                                s10 = Float16.add(s10, Float16.mult(first, value));
                                t10 = Float16.add(t10, Float16.mult(second, value));
                            }
                            if (pixels > 11) {
                                value = splat16(x.get(tap + d11));
                                s11 = Float16.add(s11, Float16.mult(first, value));
                                t11 = Float16.add(t11, Float16.mult(second, value));
                            }
                            if (pixels > 12) {
                                value = splat16(x.get(tap + d12));
                                s12 = Float16.add(s12, Float16.mult(first, value));
                                t12 = Float16.add(t12, Float16.mult(second, value));
                            }
                            if (pixels > 13) {
                                value = splat16(x.get(tap + d13));
                                s13 = Float16.add(s13, Float16.mult(first, value));
                                t13 = Float16.add(t13, Float16.mult(second, value));
                            }
                            at += 2;
                            tap += xC;
                        }
                    }
                }
                int to = (line * ow + j) * (g * (goc / 16)) + 2 * pair;
                outputs.set(to, s0);
                outputs.set(to + 1, t0);
                if (pixels > 1) {
                    outputs.set(to + (g * (goc / 16)), s1);
                    outputs.set(to + (g * (goc / 16)) + 1, t1);
                }
                if (pixels > 2) {
                    outputs.set(to + 2 * (g * (goc / 16)), s2);
                    outputs.set(to + 2 * (g * (goc / 16)) + 1, t2);
                }
                if (pixels > 3) {
                    outputs.set(to + 3 * (g * (goc / 16)), s3);
                    outputs.set(to + 3 * (g * (goc / 16)) + 1, t3);
                }
                if (pixels > 4) {
                    outputs.set(to + 4 * (g * (goc / 16)), s4);
                    outputs.set(to + 4 * (g * (goc / 16)) + 1, t4);
                }
                if (pixels > 5) {
                    outputs.set(to + 5 * (g * (goc / 16)), s5);
                    outputs.set(to + 5 * (g * (goc / 16)) + 1, t5);
                }
                if (pixels > 6) {
                    outputs.set(to + 6 * (g * (goc / 16)), s6);
                    outputs.set(to + 6 * (g * (goc / 16)) + 1, t6);
                }
                if (pixels > 7) {
                    outputs.set(to + 7 * (g * (goc / 16)), s7);
                    outputs.set(to + 7 * (g * (goc / 16)) + 1, t7);
                }
                if (pixels > 8) {
                    outputs.set(to + 8 * (g * (goc / 16)), s8);
                    outputs.set(to + 8 * (g * (goc / 16)) + 1, t8);
                }
                if (pixels > 9) {
                    outputs.set(to + 9 * (g * (goc / 16)), s9);
                    outputs.set(to + 9 * (g * (goc / 16)) + 1, t9);
                }
                if (pixels > 10) {
                    outputs.set(to + 10 * (g * (goc / 16)), s10);
                    outputs.set(to + 10 * (g * (goc / 16)) + 1, t10);
                }
                if (pixels > 11) {
                    outputs.set(to + 11 * (g * (goc / 16)), s11);
                    outputs.set(to + 11 * (g * (goc / 16)) + 1, t11);
                }
                if (pixels > 12) {
                    outputs.set(to + 12 * (g * (goc / 16)), s12);
                    outputs.set(to + 12 * (g * (goc / 16)) + 1, t12);
                }
                if (pixels > 13) {
                    outputs.set(to + 13 * (g * (goc / 16)), s13);
                    outputs.set(to + 13 * (g * (goc / 16)) + 1, t13);
                }
            }
        }
    }

    /** Twice 8 output channels a work item. Needs goc to be a multiple of twice 8. */
    public static void pairs8(
            FloatArray x, FloatArray w, FloatArray y, int offset,
            int g, int mb, int oh, int ow, int kh, int kw, int gic, int goc,
            int xG, int xN, long rowSteps, long columnSteps, int xC, long rowsInside, long columnsInside, int pixels) {
        int xI = Edges.first(rowSteps);
        int xJ = Edges.first(columnSteps);
        VectorFloat8 weights = new VectorFloat8(w);
        VectorFloat8 outputs = new VectorFloat8(y);
        for (@Parallel int tile = 0; tile < mb * oh * ((ow + pixels - 1) / pixels); tile++) {
            for (@Parallel int pair = 0; pair < g * (goc / 8 / 2); pair++) {
                int unknownZero = pair / (g * (goc / 8 / 2));
                int line = tile / ((ow + pixels - 1) / pixels);
                int j = Math.min(tile % ((ow + pixels - 1) / pixels) * pixels, ow - pixels);
                int window = offset + pair / (goc / 8 / 2) * xG + line / oh * xN + line % oh * xI + j * xJ;
                Float8 s0 = splat8(0);
                Float8 t0 = splat8(0);
                Float8 s1 = splat8(0);
                Float8 t1 = splat8(0);
                Float8 s2 = splat8(0);
                Float8 t2 = splat8(0);
                Float8 s3 = splat8(0);
                Float8 t3 = splat8(0);
                Float8 s4 = splat8(0);
                Float8 t4 = splat8(0);
                Float8 s5 = splat8(0);
                Float8 t5 = splat8(0);
                Float8 s6 = splat8(0);
                Float8 t6 = splat8(0);
                Float8 s7 = splat8(0);
                Float8 t7 = splat8(0);
                Float8 s8 = splat8(0);
                Float8 t8 = splat8(0);
                Float8 s9 = splat8(0);
                Float8 t9 = splat8(0);
                Float8 s10 = splat8(0);
                Float8 t10 = splat8(0);
                Float8 s11 = splat8(0);
                Float8 t11 = splat8(0);
                Float8 s12 = splat8(0);
                Float8 t12 = splat8(0);
                Float8 s13 = splat8(0);
                Float8 t13 = splat8(0);
                int begin = Edges.beginRow(line % oh, oh, kh, rowSteps, rowsInside);
                int end = Edges.endRow(line % oh, oh, kh, rowSteps, rowsInside);
                int at = 2 * pair * (kh * kw * gic) + 2 * begin * (kw * gic);
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
                        for (int c = 0; c < gic + unknownZero; c++) {
                            Float8 first = weights.get(at);
                            Float8 second = weights.get(at + 1);
                            Float8 value = splat8(x.get(tap + d0));
                            s0 = Float8.add(s0, Float8.mult(first, value));
                            t0 = Float8.add(t0, Float8.mult(second, value));
                            if (pixels > 1) {
                                value = splat8(x.get(tap + d1));
                                s1 = Float8.add(s1, Float8.mult(first, value));
                                t1 = Float8.add(t1, Float8.mult(second, value));
                            }
                            if (pixels > 2) {
                                value = splat8(x.get(tap + d2));
                                s2 = Float8.add(s2, Float8.mult(first, value));
                                t2 = Float8.add(t2, Float8.mult(second, value));
                            }
                            if (pixels > 3) {
                                value = splat8(x.get(tap + d3));
                                s3 = Float8.add(s3, Float8.mult(first, value));
                                t3 = Float8.add(t3, Float8.mult(second, value));
                            }
                            if (pixels > 4) {
                                value = splat8(x.get(tap + d4));
                                s4 = Float8.add(s4, Float8.mult(first, value));
                                t4 = Float8.add(t4, Float8.mult(second, value));
                            }
                            if (pixels > 5) {
                                value = splat8(x.get(tap + d5));
                                s5 = Float8.add(s5, Float8.mult(first, value));
                                t5 = Float8.add(t5, Float8.mult(second, value));
                            }
                            if (pixels > 6) {
                                value = splat8(x.get(tap + d6));
                                s6 = Float8.add(s6, Float8.mult(first, value));
                                t6 = Float8.add(t6, Float8.mult(second, value));
                            }
                            if (pixels > 7) {
                                value = splat8(x.get(tap + d7));
                                s7 = Float8.add(s7, Float8.mult(first, value));
                                t7 = Float8.add(t7, Float8.mult(second, value));
                            }
                            if (pixels > 8) {
                                value = splat8(x.get(tap + d8));
                                s8 = Float8.add(s8, Float8.mult(first, value));
                                t8 = Float8.add(t8, Float8.mult(second, value));
                            }
                            if (pixels > 9) {
                                value = splat8(x.get(tap + d9));
                                s9 = Float8.add(s9, Float8.mult(first, value));
                                t9 = Float8.add(t9, Float8.mult(second, value));
                            }
                            if (pixels > 10) {
                                value = splat8(x.get(tap + d10));
                                s10 = Float8.add(s10, Float8.mult(first, value));
                                t10 = Float8.add(t10, Float8.mult(second, value));
                            }
                            if (pixels > 11) {
                                value = splat8(x.get(tap + d11));
                                s11 = Float8.add(s11, Float8.mult(first, value));
                                t11 = Float8.add(t11, Float8.mult(second, value));
                            }
                            if (pixels > 12) {
                                value = splat8(x.get(tap + d12));
                                s12 = Float8.add(s12, Float8.mult(first, value));
                                t12 = Float8.add(t12, Float8.mult(second, value));
                            }
                            if (pixels > 13) {
                                value = splat8(x.get(tap + d13));
                                s13 = Float8.add(s13, Float8.mult(first, value));
                                t13 = Float8.add(t13, Float8.mult(second, value));
                            }
                            at += 2;
                            tap += xC;
                        }
                    }
                }
                int to = (line * ow + j) * (g * (goc / 8)) + 2 * pair;
                outputs.set(to, s0);
                outputs.set(to + 1, t0);
                if (pixels > 1) {
                    outputs.set(to + (g * (goc / 8)), s1);
                    outputs.set(to + (g * (goc / 8)) + 1, t1);
                }
                if (pixels > 2) {
                    outputs.set(to + 2 * (g * (goc / 8)), s2);
                    outputs.set(to + 2 * (g * (goc / 8)) + 1, t2);
                }
                if (pixels > 3) {
                    outputs.set(to + 3 * (g * (goc / 8)), s3);
                    outputs.set(to + 3 * (g * (goc / 8)) + 1, t3);
                }
                if (pixels > 4) {
                    outputs.set(to + 4 * (g * (goc / 8)), s4);
                    outputs.set(to + 4 * (g * (goc / 8)) + 1, t4);
                }
                if (pixels > 5) {
                    outputs.set(to + 5 * (g * (goc / 8)), s5);
                    outputs.set(to + 5 * (g * (goc / 8)) + 1, t5);
                }
                if (pixels > 6) {
                    outputs.set(to + 6 * (g * (goc / 8)), s6);
                    outputs.set(to + 6 * (g * (goc / 8)) + 1, t6);
                }
                if (pixels > 7) {
                    outputs.set(to + 7 * (g * (goc / 8)), s7);
                    outputs.set(to + 7 * (g * (goc / 8)) + 1, t7);
                }
                if (pixels > 8) {
                    outputs.set(to + 8 * (g * (goc / 8)), s8);
                    outputs.set(to + 8 * (g * (goc / 8)) + 1, t8);
                }
                if (pixels > 9) {
                    outputs.set(to + 9 * (g * (goc / 8)), s9);
                    outputs.set(to + 9 * (g * (goc / 8)) + 1, t9);
                }
                if (pixels > 10) {
                    outputs.set(to + 10 * (g * (goc / 8)), s10);
                    outputs.set(to + 10 * (g * (goc / 8)) + 1, t10);
                }
                if (pixels > 11) {
                    outputs.set(to + 11 * (g * (goc / 8)), s11);
                    outputs.set(to + 11 * (g * (goc / 8)) + 1, t11);
                }
                if (pixels > 12) {
                    outputs.set(to + 12 * (g * (goc / 8)), s12);
                    outputs.set(to + 12 * (g * (goc / 8)) + 1, t12);
                }
                if (pixels > 13) {
                    outputs.set(to + 13 * (g * (goc / 8)), s13);
                    outputs.set(to + 13 * (g * (goc / 8)) + 1, t13);
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
}
