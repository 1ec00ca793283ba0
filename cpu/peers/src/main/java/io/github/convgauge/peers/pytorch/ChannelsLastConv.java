package io.github.convgauge.peers.pytorch;

import io.github.convgauge.conv.ConvProblem;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * PyTorch as its own guide advises for this layout (Channels Last Memory Format in PyTorch): NHWC
 * memory is an NCHW tensor in the memory format channels_last, without a copy, and so is the result.
 */
final class ChannelsLastConv extends TorchConv {
    private final TensorView x;
    private final TensorView w;
    /** The weights in channels_last, laid out once; null where that is done at each call. */
    private final Tensor prepared;

    /**
     * @param x (mb, ic, ih, iw); w is (oc, ic/g, kh, kw), y is (mb, oh, ow, oc)
     * @param prepare whether to lay out the weights now rather than at each execution
     */
    ChannelsLastConv(ConvProblem problem, TorchThreads threads, TensorView x, TensorView w, TensorView y, boolean prepare) {
        super(problem, threads, y);
        this.x = x;
        this.w = w;
        prepared = prepare ? layOutOnce(w) : null;
    }

    private static Tensor layOutOnce(TensorView w) {
        try (PointerScope _ = new PointerScope(); InferenceMode _ = new InferenceMode()) {
            return layOut(w).retainReference();
        }
    }

    private static Tensor layOut(TensorView tensor) {
        return tensor.read().contiguous(MemoryFormat.ChannelsLast);
    }

    @Override
    Tensor convolve() {
        Tensor weights = prepared != null ? prepared : layOut(w);
        return conv2d(layOut(x), weights).permute(0, 2, 3, 1).contiguous();
    }

    @Override
    public void close() {
        super.close();
        if (prepared != null) {
            prepared.close();
        }
        x.close();
        w.close();
    }
}
