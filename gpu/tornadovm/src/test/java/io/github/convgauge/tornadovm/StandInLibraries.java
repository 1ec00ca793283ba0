package io.github.convgauge.tornadovm;

import io.github.convgauge.tornadovm.graphs.Libraries;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * What cuBLAS and cuDNN compute, by their definitions and as generated tasks, so that the graphs around their calls can
 * be checked on any device.
 */
final class StandInLibraries implements Libraries {
    @Override
    public void multiply(TaskGraph graph, String id, Product p, boolean tf32) {
        graph.task(
                id, StandInLibraries::columnMajor, p.m(), p.n(), p.k(), (FloatArray) p.a(), p.lda(), (int) p.strideA(),
                (FloatArray) p.b(), p.ldb(), (int) p.strideB(), (FloatArray) p.c(), p.ldc(), (int) p.strideC(), p.count());
    }

    @Override
    public void convolve(TaskGraph graph, String id, Conv2d c) {
        int outH = (c.h() + 2 * c.pad() - c.r()) / c.stride() + 1;
        int outW = (c.w() + 2 * c.pad() - c.s()) / c.stride() + 1;
        graph.task(
                id, StandInLibraries::nchw, (FloatArray) c.x(), (FloatArray) c.weights(), (FloatArray) c.y(),
                c.n(), c.c(), c.h(), c.w(), c.k(), c.r(), c.s(), c.pad(), c.stride(), outH, outW);
    }

    /** cublas&lt;t&gt;gemmStridedBatched without transposition: element (i, j) of a matrix is at i + j·ld. */
    static void columnMajor(
            int m, int n, int k, FloatArray a, int lda, int strideA, FloatArray b, int ldb, int strideB, FloatArray c,
            int ldc, int strideC, int count) {
        for (@Parallel int jz = 0; jz < count * n; jz++) {
            for (@Parallel int i = 0; i < m; i++) {
                int z = jz / n;
                int j = jz % n;
                float sum = 0;
                for (int l = 0; l < k; l++) {
                    sum += a.get(z * strideA + i + l * lda) * b.get(z * strideB + l + j * ldb);
                }
                c.set(z * strideC + i + j * ldc, sum);
            }
        }
    }

    /** CUDNN_CROSS_CORRELATION of CUDNN_TENSOR_NCHW. */
    static void nchw(
            FloatArray x, FloatArray weights, FloatArray y, int n, int c, int h, int w, int k, int r, int s, int pad,
            int stride, int outH, int outW) {
        for (@Parallel int no = 0; no < n * k; no++) {
            for (@Parallel int ij = 0; ij < outH * outW; ij++) {
                int image = no / k;
                int o = no % k;
                float sum = 0;
                for (int ch = 0; ch < c; ch++) {
                    for (int a = 0; a < r; a++) {
                        for (int b = 0; b < s; b++) {
                            int row = ij / outW * stride + a - pad;
                            int column = ij % outW * stride + b - pad;
                            if (row >= 0 && row < h && column >= 0 && column < w) {
                                sum += x.get(((image * c + ch) * h + row) * w + column)
                                        * weights.get(((o * c + ch) * r + a) * s + b);
                            }
                        }
                    }
                }
                y.set(no * outH * outW + ij, sum);
            }
        }
    }
}
