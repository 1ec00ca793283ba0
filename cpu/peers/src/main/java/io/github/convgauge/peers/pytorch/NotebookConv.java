package io.github.convgauge.peers.pytorch;

import io.github.convgauge.conv.ConvProblem;
import org.bytedeco.pytorch.Tensor;

/**
 * The notebook's {@code conv_reference}: x.permute(0, 3, 1, 2), w.permute(3, 2, 0, 1), conv2d,
 * permute(0, 2, 3, 1).contiguous(), all of it at each call. The tensors are libtorch's before the
 * call; the notebook's own timing also has the copy out of NumPy.
 */
final class NotebookConv extends TorchConv {
    private final TensorView x;
    private final TensorView w;

    /** @param x (mb, ih, iw, ic); w is (kh, kw, ic/g, oc), y is (mb, oh, ow, oc) */
    NotebookConv(ConvProblem problem, TorchThreads threads, TensorView x, TensorView w, TensorView y) {
        super(problem, threads, y);
        this.x = x;
        this.w = w;
    }

    @Override
    Tensor convolve() {
        Tensor nchw = x.read().permute(0, 3, 1, 2);
        Tensor oihw = w.read().permute(3, 2, 0, 1);
        return conv2d(nchw, oihw).permute(0, 2, 3, 1).contiguous();
    }

    @Override
    public void close() {
        super.close();
        x.close();
        w.close();
    }
}
