package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Im2col;
import io.github.convgauge.conv.Padding;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tornadovm.kernels.Edges;
import java.util.Optional;

/**
 * A problem as its kernels take it: the sizes (g, mb, oh, ow, kh, kw, gic) and goc, and where a window
 * lies in x, an offset and one stride a dimension. Scalar arguments become constants of the compiled
 * kernel, so a graph is compiled for its problem.
 *
 * @param rowsInside where the rows of x begin and end, as {@link Edges} counts them; {@link Edges#NONE} where no window
 *     reaches beyond x or the frame
 * @param columnsInside the same of the columns
 */
record Windows(
        int offset, int g, int mb, int oh, int ow, int kh, int kw, int gic, int goc,
        int xG, int xN, int xI, int xJ, int xKh, int xKw, int xC, long rowsInside, long columnsInside) {
    /** A single padded channel is rather copied into a frame, where the columns of the kernel are a run that a loop can go along. */
    private static final int FEWEST_CHANNELS = 2;
    /** The zeros keep what follows them where vectors begin. */
    private static final int LANES = 16;

    /** @param padded the layout of x inside its frame; of x itself where there is no padding */
    static Windows of(ConvProblem p, Layout padded) {
        Layout view = Im2col.view(padded, p, 0);
        long nextGroup = p.groupIc() * padded.stride(3);
        return new Windows(
                Math.toIntExact(view.offset()), p.g(), p.mb(), p.oh(), p.ow(), p.kh(), p.kw(), p.groupIc(), p.groupOc(),
                stride(p.g(), nextGroup), stride(view, 0), stride(view, 1), stride(view, 2), stride(view, 3),
                stride(view, 4), stride(view, 5), Edges.NONE, Edges.NONE);
    }

    /**
     * Windows of a padded x that stays where it is, behind {@link #zeros}: only the kernels of whole vectors leave out what
     * lies outside of it. Empty where they cannot, or where a frame is better.
     *
     * @param x the layout of x itself
     */
    static Optional<Windows> overEdges(ConvProblem p, Layout x) {
        boolean inOrder = x.stride(1) > 0 && x.stride(2) > 0 && x.stride(3) == 1;
        if (!p.hasPadding() || !inOrder || p.groupIc() < FEWEST_CHANNELS) {
            return Optional.empty();
        }
        long[] frame = Padding.frameSizes(p);
        long corner = zeros(p) + x.offset() - p.padTop() * x.stride(1) - p.padLeft() * x.stride(2);
        Layout around = Layout.of(frame, x.strides(), corner);
        if (around.lowest() < -Buffers.MAX_ELEMENTS || around.highest() > Buffers.MAX_ELEMENTS) {
            return Optional.empty();
        }
        return Optional.of(of(p, around).inside(
                inside(p.padTop(), p.ih(), frame[1], x.stride(1)), inside(p.padLeft(), p.iw(), frame[2], x.stride(2))));
    }

    private static long inside(int pad, int size, long frame, long stride) {
        return size == frame ? Edges.NONE : Edges.pair(Math.toIntExact(pad * stride), Math.toIntExact((pad + size) * stride));
    }

    private Windows inside(long rows, long columns) {
        return new Windows(offset, g, mb, oh, ow, kh, kw, gic, goc, xG, xN, xI, xJ, xKh, xKw, xC, rows, columns);
    }

    /** Elements in front of an x that stays where it is, for the channels of a group. */
    static int zeros(ConvProblem p) {
        return Math.ceilDiv(p.groupIc(), LANES) * LANES;
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
                stride(terms(), 1), Edges.NONE, Edges.NONE);
    }

    /**
     * The same sums in fewer and longer loops: lines whose windows follow each other as those of one line do are one,
     * and so are taps whose channels do. Not where some lie outside x.
     */
    Windows merged() {
        return rowsInside == Edges.NONE && columnsInside == Edges.NONE ? withLongLines().withLongTaps() : this;
    }

    /** From an output to the next below it, and from a tap. */
    long rowSteps() {
        return Edges.pair(xI, xKh);
    }

    /** From an output to its neighbour, and from a tap. */
    long columnSteps() {
        return Edges.pair(xJ, xKw);
    }

    private Windows withLongLines() {
        if (oh > 1 && (ow == 1 || xI != ow * xJ)) {
            return this;
        }
        Windows whole = new Windows(offset, g, mb, 1, oh * ow, kh, kw, gic, goc, xG, xN, 0, xJ, xKh, xKw, xC, Edges.NONE, Edges.NONE);
        return mb > 1 && (whole.ow == 1 || xN != whole.ow * xJ)
                ? whole
                : new Windows(
                        offset, g, 1, 1, rows(), kh, kw, gic, goc, xG, 0, 0, xJ, xKh, xKw, xC, Edges.NONE, Edges.NONE);
    }

    private Windows withLongTaps() {
        boolean run = gic == 1 || kw == 1 || xKw == gic * xC;
        return run
                ? new Windows(
                        offset, g, mb, oh, ow, kh, 1, kw * gic, goc, xG, xN, xI, xJ, xKh, 0, gic == 1 ? xKw : xC,
                        Edges.NONE, Edges.NONE)
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
