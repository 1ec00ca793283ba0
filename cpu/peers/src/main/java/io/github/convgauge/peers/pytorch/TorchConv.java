package io.github.convgauge.peers.pytorch;

import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.conv.ConvProblem;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A convolution by {@code at::conv2d}. The library allocates its result at each execution; the one
 * before is freed inside the timing, as in a Python loop that drops it.
 */
abstract class TorchConv implements PreparedConv {
    private static final long[] NO_PADDING = {0, 0};

    private final TorchThreads threads;
    private final TensorView y;
    private final TensorOptional noBias = new TensorOptional();
    private final long[] stride;
    private final long[] padding;
    private final long[] dilation;
    private final long groups;
    /** What {@code constant_pad_nd} takes: left, right, top, bottom; empty where conv2d's own padding will do. */
    private final long[] frame;

    /** (mb, oh, ow, oc), contiguous; null before the first execution. */
    private Tensor result;

    TorchConv(ConvProblem p, TorchThreads threads, TensorView y) {
        this.threads = threads;
        this.y = y;
        stride = new long[] {p.sh(), p.sw()};
        dilation = new long[] {p.dh() + 1L, p.dw() + 1L};
        groups = p.g();
        boolean symmetric = outputOfSymmetric(p.ih(), p.padTop(), p.dilatedKh(), p.sh()) == p.oh()
                && outputOfSymmetric(p.iw(), p.padLeft(), p.dilatedKw(), p.sw()) == p.ow();
        padding = symmetric ? new long[] {p.padTop(), p.padLeft()} : NO_PADDING;
        frame = symmetric ? new long[0] : new long[] {p.padLeft(), p.padRight(), p.padTop(), p.padBottom()};
    }

    /**
     * The output size with the same padding on both sides: where it is the one that is asked for,
     * any difference between the two sides lies in what no window reaches.
     */
    private static long outputOfSymmetric(long in, long pad, long kernel, long stride) {
        return Math.floorDiv(in + 2 * pad - kernel, stride) + 1;
    }

    /** Computes the result, (mb, oh, ow, oc) and contiguous; temporaries belong to the current PointerScope. */
    abstract Tensor convolve();

    /**
     * {@code conv2d} of this problem.
     *
     * @param x (mb, ic, ih, iw)
     * @param w (oc, ic/g, kh, kw)
     * @return (mb, oc, oh, ow)
     */
    final Tensor conv2d(Tensor x, Tensor w) {
        Tensor framed = frame.length == 0 ? x : torch.constant_pad_nd(x, frame);
        return torch.conv2d(framed, w, noBias, stride, padding, dilation, groups);
    }

    @Override
    public final void execute() {
        threads.take();
        freeResult();
        try (PointerScope _ = new PointerScope(); InferenceMode _ = new InferenceMode()) {
            result = convolve().retainReference();
        }
    }

    @Override
    public final io.github.convgauge.tensor.Tensor output() {
        if (result == null) {
            throw new IllegalStateException("there is no output before the first execution");
        }
        try (PointerScope _ = new PointerScope(); InferenceMode _ = new InferenceMode()) {
            y.write(result);
        }
        return y.source();
    }

    private void freeResult() {
        if (result != null) {
            result.close();
            result = null;
        }
    }

    @Override
    public void close() {
        freeResult();
        noBias.close();
        y.close();
    }
}
