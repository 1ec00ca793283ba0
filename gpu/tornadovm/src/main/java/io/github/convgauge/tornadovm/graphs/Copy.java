package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.tensor.Layout;

/** A copy of four dimensions between two layouts of the same sizes. */
record Copy(
        int n, int h, int w, int c,
        int fromOffset, int fN, int fH, int fW, int fC,
        int toOffset, int tN, int tH, int tW, int tC) {

    static Copy of(Layout from, Layout to) {
        return new Copy(
                Math.toIntExact(to.size(0)), Math.toIntExact(to.size(1)), Math.toIntExact(to.size(2)), Math.toIntExact(to.size(3)),
                Math.toIntExact(from.offset()), stride(from, 0), stride(from, 1), stride(from, 2), stride(from, 3),
                Math.toIntExact(to.offset()), stride(to, 0), stride(to, 1), stride(to, 2), stride(to, 3));
    }

    /** The stride of a dimension of size 1 is never taken, and may be anything. */
    private static int stride(Layout layout, int dim) {
        return layout.size(dim) == 1 ? 0 : Math.toIntExact(layout.stride(dim));
    }
}
