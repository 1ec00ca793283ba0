package io.github.convgauge.conv;

import io.github.convgauge.tensor.Layout;
import java.util.Objects;

/**
 * The view that turns a convolution into a matrix product (Chellapilla, Puri, Simard: High
 * Performance Convolutional Neural Networks for Document Processing, 2006): every window of the
 * input as a row, without a copy, by strides alone.
 */
public final class Im2col {
    private Im2col() {}

    /**
     * The windows of one group, as the six-dimensional view (mb, oh, ow, kh, kw, ic/g) with strides
     * (sN, sh·sH, sw·sW, (dh+1)·sH, (dw+1)·sW, sC). Its contiguous copy, viewed as
     * (mb·oh·ow, kh·kw·ic/g), is the column matrix.
     *
     * @param padded the layout of x inside its frame, (mb, ≥ padTop+ih+padBottom, ≥ …, ic); x itself
     *     where the problem has no padding
     * @param group which group, from 0
     * @throws IllegalArgumentException if the frame is smaller than that
     */
    public static Layout view(Layout padded, ConvProblem p, int group) {
        Objects.checkIndex(group, p.g());
        long[] frame = Padding.frameSizes(p);
        for (int d = 0; d < frame.length; d++) {
            if (padded.rank() != frame.length || padded.size(d) < frame[d]) {
                throw new IllegalArgumentException("the windows of %s lie in a frame of %s, not in %s"
                        .formatted(p, Layout.tuple(frame), Layout.tuple(padded.sizes())));
            }
        }
        long sN = padded.stride(0);
        long sH = padded.stride(1);
        long sW = padded.stride(2);
        long sC = padded.stride(3);
        return Layout.of(
                new long[] {p.mb(), p.oh(), p.ow(), p.kh(), p.kw(), p.groupIc()},
                new long[] {sN, p.sh() * sH, p.sw() * sW, (p.dh() + 1L) * sH, (p.dw() + 1L) * sW, sC},
                padded.offset() + (long) group * p.groupIc() * sC);
    }

    /** Whether the view is a matrix already: a 1×1 kernel over a dense, contiguous, unpadded input of one group. */
    public static boolean needsNoCopy(Layout x, ConvProblem p) {
        return p.g() == 1 && p.kh() == 1 && p.kw() == 1
                && p.sh() == 1 && p.sw() == 1
                && !p.hasPadding()
                && x.isContiguous();
    }
}
