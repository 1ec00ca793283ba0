package io.github.convgauge.conv;

import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;

/** Padding as a copy into a zeroed frame. */
public final class Padding {
    private Padding() {}

    /** The sizes of the frame: (mb, padTop+ih+padBottom, padLeft+iw+padRight, ic). */
    public static long[] frameSizes(ConvProblem p) {
        return new long[] {
            p.mb(), (long) p.padTop() + p.ih() + p.padBottom(), (long) p.padLeft() + p.iw() + p.padRight(), p.ic()
        };
    }

    /** The part of a frame that x is copied to. What lies around it stays zero. */
    public static Tensor interior(Tensor frame, ConvProblem p) {
        return frame.with(interior(frame.layout(), p));
    }

    /** The layout of that part. */
    public static Layout interior(Layout frame, ConvProblem p) {
        return frame
                .slice(1, p.padTop(), (long) p.padTop() + p.ih())
                .slice(2, p.padLeft(), (long) p.padLeft() + p.iw());
    }
}
