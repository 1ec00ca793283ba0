package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Im2col;
import io.github.convgauge.tensor.Layout;

/**
 * A problem as its kernels take it: the sizes (g, mb, oh, ow, kh, kw, gic) and goc, and where a window
 * lies in x, an offset and one stride a dimension. Scalar arguments become constants of the compiled
 * kernel, so a graph is compiled for its problem.
 */
record Windows(
        int offset, int g, int mb, int oh, int ow, int kh, int kw, int gic, int goc,
        int xG, int xN, int xI, int xJ, int xKh, int xKw, int xC) {

    /** @param padded the layout of x inside its frame; of x itself where there is no padding */
    static Windows of(ConvProblem p, Layout padded) {
        Layout view = Im2col.view(padded, p, 0);
        long nextGroup = p.groupIc() * padded.stride(3);
        return new Windows(
                Math.toIntExact(view.offset()), p.g(), p.mb(), p.oh(), p.ow(), p.kh(), p.kw(), p.groupIc(), p.groupOc(),
                stride(p.g(), nextGroup), stride(view, 0), stride(view, 1), stride(view, 2), stride(view, 3),
                stride(view, 4), stride(view, 5));
    }

    /** The stride of a dimension of size 1 is never taken, and may be anything. */
    private static int stride(Layout view, int dim) {
        return stride(view.size(dim), view.stride(dim));
    }

    private static int stride(long size, long stride) {
        return size == 1 ? 0 : Math.toIntExact(stride);
    }

    /** The rows of column matrices that begin at an offset, as the windows of a 1x1 convolution: one long line of pixels. */
    Windows ofColumns(int columns) {
        return new Windows(
                columns, g, 1, 1, rows(), 1, 1, terms(), goc, stride(g, (long) rows() * terms()), 0, 0, stride(rows(), terms()), 0, 0,
                stride(terms(), 1));
    }

    /**
     * The same sums in fewer and longer loops: lines whose windows follow each other as those of one line do are one,
     * and so are taps whose channels do.
     */
    Windows merged() {
        return withLongLines().withLongTaps();
    }

    private Windows withLongLines() {
        if (oh > 1 && (ow == 1 || xI != ow * xJ)) {
            return this;
        }
        Windows whole = new Windows(offset, g, mb, 1, oh * ow, kh, kw, gic, goc, xG, xN, 0, xJ, xKh, xKw, xC);
        return mb > 1 && (whole.ow == 1 || xN != whole.ow * xJ)
                ? whole
                : new Windows(offset, g, 1, 1, rows(), kh, kw, gic, goc, xG, 0, 0, xJ, xKh, xKw, xC);
    }

    private Windows withLongTaps() {
        boolean run = gic == 1 || kw == 1 || xKw == gic * xC;
        return run
                ? new Windows(
                        offset, g, mb, oh, ow, kh, 1, kw * gic, goc, xG, xN, xI, xJ, xKh, 0, gic == 1 ? xKw : xC)
                : this;
    }

    /** Rows of a column matrix, one a pixel: mb·oh·ow. */
    int rows() {
        return mb * oh * ow;
    }

    /** Columns of a column matrix: kh·kw·gic. */
    int terms() {
        return kh * kw * gic;
    }

    /** Output channels of all groups. */
    int oc() {
        return g * goc;
    }
}
