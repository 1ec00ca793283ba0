package io.github.convgauge.cpu.direct;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.cpu.OutputBuffers;
import io.github.convgauge.cpu.WorkerPool;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.util.List;

/**
 * {@code direct}: no column matrix, no copy of x; register blocks over output pixels and channels. A
 * fresh output comes from a pool of buffers, as PyTorch's comes from its allocator, and goes back
 * there before the next execution.
 */
public final class DirectConv implements PreparedConv {
    private final Tensor x;
    private final Tensor w;
    private final Tensor y;
    private final boolean isPrepared;
    private final Engine engine;
    /** Null where the output is reused. */
    private final OutputBuffers buffers;
    private Tensor result;

    public DirectConv(ConvSpec spec, Tensor x, Tensor w, Tensor y, WorkerPool pool, Tuner tuner) {
        this.x = x;
        this.w = w;
        this.y = y;
        isPrepared = spec.regime() == Regime.PREPARED;
        buffers = spec.output() == Output.FRESH ? new OutputBuffers(spec.dtype(), spec.problem().ySizes()) : null;
        Layout target = buffers == null ? y.layout() : Layout.contiguous(spec.problem().ySizes());
        engine = Engines.of(spec.problem(), spec.dtype(), x.layout(), w.layout(), target, pool, tuner);
        if (isPrepared) {
            engine.pack(w);
        }
    }

    @Override
    public void execute() {
        Tensor target = y;
        if (buffers != null) {
            if (result != null) {
                buffers.give(result);
            }
            target = buffers.take();
            result = target;
        }
        if (isPrepared) {
            engine.executePacked(x, target);
        } else {
            engine.execute(x, w, target);
        }
    }

    @Override
    public Tensor output() {
        return buffers == null ? y : y.copyFrom(result);
    }

    @Override
    public List<KernelSource> kernels() {
        return engine.kernels();
    }

    @Override
    public void close() {
        engine.close();
        if (buffers != null) {
            buffers.close();
        }
    }
}
