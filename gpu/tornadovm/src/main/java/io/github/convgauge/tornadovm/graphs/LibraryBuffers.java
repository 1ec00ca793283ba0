package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Im2col;
import io.github.convgauge.conv.Padding;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.util.Arrays;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Which arrays a {@link LibraryGraph} needs on the device beside x, w and y, each null where there is no such copy; nothing
 * is allocated here.
 *
 * @param frame of x with its padding
 * @param input what the library's task reads: the column matrices (g, rows, terms), or x as NCHW, under its NHWC sizes
 * @param weights w in the library's order
 * @param output y in the library's order
 */
record LibraryBuffers(Layout frame, Layout input, Layout weights, Layout output, DeviceMemory memory) {
    /** Kernels count in int, and a loop that has ended is one grid further: half of what an int holds. */
    private static final long MAX_ELEMENTS = 1L << 30;

    /** @throws UnsupportedConvException if an array has more elements than the kernels count */
    static LibraryBuffers ofCublas(ConvSpec spec, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
        ConvProblem p = spec.problem();
        Layout frame = p.hasPadding() ? Layout.contiguous(Padding.frameSizes(p)) : null;
        Layout source = frame == null ? x.layout() : frame;
        // The task takes an array from its beginning, so a view that begins elsewhere is copied, too.
        boolean asItIs = Im2col.needsNoCopy(source, p) && source.offset() == 0;
        Layout columns = asItIs ? null : Layout.contiguous(p.g(), (long) p.mb() * p.oh() * p.ow(), p.terms());
        return of(
                spec, x, w, y, frame, columns, isOrdered(w) ? null : Layout.contiguous(p.wSizes()),
                isOrdered(y) ? null : Layout.contiguous(p.ySizes()));
    }

    /** @throws UnsupportedConvException if an array has more elements than the kernels count */
    static LibraryBuffers ofCudnn(ConvSpec spec, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
        ConvProblem p = spec.problem();
        Layout nchw = inNchw(p.xSizes());
        Layout kcrs = Layout.contiguous(p.oc(), p.groupIc(), p.kh(), p.kw()).permute(2, 3, 1, 0);
        Layout result = inNchw(p.ySizes());
        return of(
                spec, x, w, y, null, lies(x, nchw) ? null : nchw, lies(w, kcrs) ? null : kcrs,
                lies(y, result) ? null : result);
    }

    private static LibraryBuffers of(
            ConvSpec spec, Tensor x, Tensor w, Tensor y, Layout frame, Layout input, Layout weights, Layout output)
            throws UnsupportedConvException {
        LibraryBuffers buffers = new LibraryBuffers(frame, input, weights, output, new DeviceMemory());
        int size = spec.dtype().bytes();
        buffers.add(size, "x", x.storage().byteSize() / size);
        buffers.add(size, "w", w.storage().byteSize() / size);
        buffers.add(size, "y", y.storage().byteSize() / size);
        buffers.add(size, "the padded x", frame);
        buffers.add(size, "x as the library reads it", input);
        buffers.add(size, "w as the library reads it", weights);
        buffers.add(size, "y as the library writes it", output);
        return buffers;
    }

    private void add(int elementBytes, String name, Layout layout) throws UnsupportedConvException {
        if (layout != null) {
            add(elementBytes, name, layout.size());
        }
    }

    private void add(int elementBytes, String name, long elements) throws UnsupportedConvException {
        if (elements > MAX_ELEMENTS) {
            throw new UnsupportedConvException(
                    "%s has %d elements, and the kernels count to %d".formatted(name, elements, MAX_ELEMENTS));
        }
        memory.add(name, elements * elementBytes + TornadoNativeArray.ARRAY_HEADER);
    }

    /** (n, h, w, c) over memory in the order n, c, h, w. */
    private static Layout inNchw(long[] sizes) {
        return Layout.contiguous(sizes[0], sizes[3], sizes[1], sizes[2]).permute(0, 2, 3, 1);
    }

    private static boolean lies(Tensor tensor, Layout wanted) {
        return tensor.layout().offset() == 0 && Arrays.equals(tensor.layout().strides(), wanted.strides());
    }

    private static boolean isOrdered(Tensor tensor) {
        return tensor.layout().isContiguous() && tensor.layout().offset() == 0;
    }
}
