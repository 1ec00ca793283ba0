package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Im2col;
import io.github.convgauge.conv.Padding;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Which arrays a row needs on the device, and how much memory that is; nothing is allocated here.
 *
 * @param zeros elements in front of x, which is then read where it is; 0 without
 * @param frame whether x is copied into a padded frame
 * @param columns whether there is a column matrix
 * @param orderedWeights whether w lies in memory as the matrix (kh·kw·gic, oc)
 * @param packed whether the matrix is packed, block of channels by block of channels
 * @param orderedOutput whether y lies in memory in order
 */
record Buffers(
        int zeros, boolean frame, boolean columns, boolean orderedWeights, boolean packed, boolean orderedOutput, DeviceMemory memory) {
    /** Kernels count in int, and a loop that has ended is one grid further: half of what an int holds. */
    static final long MAX_ELEMENTS = 1L << 30;

    /**
     * @param zeros elements in front of an x that needs no frame for its padding; 0 for any other
     * @param packed whether the kernel wants packed weights
     * @param partial sums of each output that are added up at the end; 1 where its kernel adds up all
     * @throws UnsupportedConvException if an array has more elements than the kernels count
     */
    static Buffers of(ConvSpec spec, Tensor x, Tensor w, Tensor y, int zeros, boolean packed, int partial)
            throws UnsupportedConvException {
        ConvProblem p = spec.problem();
        boolean lowered = spec.algorithm().equals(ConvGraph.IM2COL_GEMM) || spec.algorithm().equals(ConvGraph.IM2COL_GEMM_TILED);
        int size = spec.dtype().bytes();
        Buffers buffers = new Buffers(
                zeros, p.hasPadding() && zeros == 0, lowered && !Im2col.needsNoCopy(x.layout(), p), isOrdered(w.layout()), packed,
                isOrdered(y.layout()), new DeviceMemory());
        buffers.add(size, "x", zeros + x.storage().byteSize() / size);
        buffers.add(size, "w", w.storage().byteSize() / size);
        buffers.add(size, "y", y.storage().byteSize() / size);
        if (buffers.frame) {
            buffers.add(size, "the padded x", Padding.frameSizes(p));
        }
        if (buffers.columns) {
            buffers.add(size, "the column matrix", p.g(), p.mb(), p.oh(), p.ow(), p.terms());
        }
        if (!buffers.orderedWeights) {
            buffers.add(size, "w as a matrix", p.wSizes());
        }
        if (packed) {
            buffers.add(size, "the packed w", p.wSizes());
        }
        if (partial > 1) {
            buffers.add(size, "the partial sums", partial, p.mb(), p.oh(), p.ow(), p.oc());
        }
        if (!buffers.orderedOutput) {
            buffers.add(size, "y in order", p.ySizes());
        }
        return buffers;
    }

    private void add(int elementBytes, String name, long... extents) throws UnsupportedConvException {
        double elements = 1;
        for (long extent : extents) {
            elements *= extent;
        }
        if (elements > MAX_ELEMENTS) {
            throw new UnsupportedConvException("%s has %.0f elements, and the kernels count to %d"
                    .formatted(name, elements, MAX_ELEMENTS));
        }
        memory.add(name, (long) elements * elementBytes + TornadoNativeArray.ARRAY_HEADER);
    }

    private static boolean isOrdered(Layout layout) {
        return layout.isContiguous() && layout.offset() == 0;
    }
}
