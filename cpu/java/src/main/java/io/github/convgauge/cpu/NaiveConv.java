package io.github.convgauge.cpu;

import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;

/** {@code naive}: the seven loops of the definition, the output's places shared among the threads. */
final class NaiveConv implements PreparedConv {
    private final WorkerPool pool;
    private final Tensor y;
    private final WorkerPool.Task places;

    NaiveConv(ConvProblem p, Tensor x, Tensor w, Tensor y, WorkerPool pool) {
        this.pool = pool;
        this.y = y;
        long total = (long) p.mb() * p.oh() * p.ow();
        places = (part, parts) -> {
            long from = Share.begin(total, part, parts);
            long to = Share.begin(total, part + 1, parts);
            if (y.dtype() == DType.F64) {
                NaiveF64.places(p, x, w, y, from, to);
            } else {
                NaiveF32.places(p, x, w, y, from, to);
            }
        };
    }

    @Override
    public void execute() {
        pool.run(places);
    }

    @Override
    public Tensor output() {
        return y;
    }
}
