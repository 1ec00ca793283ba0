package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.backend.UnsupportedConvException;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** Adds calls of NVIDIA's libraries to task graphs, as TornadoVM's library tasks. Only f32 arrays are taken. */
public interface Libraries {
    /** The one backend of TornadoVM that has library tasks. */
    String DRIVER = "CUDA";

    /**
     * Products of matrices as cuBLAS takes them, column-major and not transposed: C = A·B, where A is (m, k), B is (k, n)
     * and C is (m, n), {@code count} times, each a stride further.
     *
     * @param a with columns {@code lda} apart, and so the others
     */
    record Product(
            int m, int n, int k, TornadoNativeArray a, int lda, long strideA, TornadoNativeArray b, int ldb, long strideB,
            TornadoNativeArray c, int ldc, long strideC, int count) {}

    /**
     * One convolution as {@code CuDnn.cudnnConv2d} takes it: x (n, c, h, w), w (k, c, r, s), y (n, k, …), all contiguous,
     * the same padding on all sides, one stride, dense, one group.
     */
    record Conv2d(
            TornadoNativeArray x, TornadoNativeArray weights, TornadoNativeArray y,
            int n, int c, int h, int w, int k, int r, int s, int pad, int stride) {}

    /**
     * @param tf32 whether tensor cores may take the inputs in TF32
     * @throws UnsupportedConvException if this SDK has no such task
     */
    void multiply(TaskGraph graph, String id, Product product, boolean tf32) throws UnsupportedConvException;

    /** @throws UnsupportedConvException if this SDK has no such task */
    void convolve(TaskGraph graph, String id, Conv2d conv) throws UnsupportedConvException;
}
