package io.github.convgauge.cpu;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The definition of the convolution as seven loops, in f32: what every faster kernel must agree
 * with. The twin of {@link NaiveF64}.
 */
final class NaiveF32 {
    private static final ValueLayout.OfFloat ELEMENT = ValueLayout.JAVA_FLOAT;

    private NaiveF32() {}

    /**
     * Computes some of the output's places. Place number (ib·oh + i)·ow + j is the oc outputs at
     * (ib, i, j), so that one loop over the places is the three outer loops, and can be cut anywhere.
     *
     * @param x (mb, ih, iw, ic), any strides
     * @param w (kh, kw, ic/g, oc), any strides
     * @param y (mb, oh, ow, oc), any strides
     */
    static void places(ConvProblem p, Tensor x, Tensor w, Tensor y, long from, long to) {
        MemorySegment xs = x.storage();
        MemorySegment ws = w.storage();
        MemorySegment ys = y.storage();
        Layout xl = x.layout();
        Layout wl = w.layout();
        Layout yl = y.layout();
        long xH = xl.stride(1);
        long xW = xl.stride(2);
        long xC = xl.stride(3);
        long wH = wl.stride(0);
        long wW = wl.stride(1);
        long wIn = wl.stride(2);
        long wOut = wl.stride(3);
        long yC = yl.stride(3);
        int ih = p.ih();
        int iw = p.iw();
        int kh = p.kh();
        int kw = p.kw();
        int groupIc = p.groupIc();
        int groupOc = p.groupOc();
        long down = p.dh() + 1L;
        long right = p.dw() + 1L;

        for (long place = from; place < to; place++) {
            long ib = place / p.ow() / p.oh();
            long i = place / p.ow() % p.oh();
            long j = place % p.ow();
            // Of the first tap; above or left of the input where there is padding.
            long top = i * p.sh() - p.padTop();
            long left = j * p.sw() - p.padLeft();
            long xAt = xl.offset() + ib * xl.stride(0) + top * xH + left * xW;
            long yAt = yl.offset() + ib * yl.stride(0) + i * yl.stride(1) + j * yl.stride(2);
            for (int icout = 0; icout < p.oc(); icout++) {
                ys.setAtIndex(ELEMENT, yAt + icout * yC, 0);
            }
            for (int g = 0; g < p.g(); g++) {
                for (int icin = 0; icin < groupIc; icin++) {
                    long xChannel = xAt + (long) (g * groupIc + icin) * xC;
                    for (int icout = g * groupOc; icout < (g + 1) * groupOc; icout++) {
                        long wChannels = wl.offset() + icin * wIn + icout * wOut;
                        long out = yAt + icout * yC;
                        // In a register: a store and a load between two additions would cost more than they do.
                        float sum = ys.getAtIndex(ELEMENT, out);
                        for (int ik = 0; ik < kh; ik++) {
                            long h = top + ik * down;
                            if (h < 0 || h >= ih) {
                                continue;
                            }
                            for (int jk = 0; jk < kw; jk++) {
                                long v = left + jk * right;
                                if (v < 0 || v >= iw) {
                                    continue;
                                }
                                sum += xs.getAtIndex(ELEMENT, xChannel + ik * down * xH + jk * right * xW)
                                        * ws.getAtIndex(ELEMENT, wChannels + ik * wH + jk * wW);
                            }
                        }
                        ys.setAtIndex(ELEMENT, out, sum);
                    }
                }
            }
        }
    }
}
