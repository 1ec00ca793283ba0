package io.github.convgauge.cpu;

import io.github.convgauge.backend.PeakLoop;
import io.github.convgauge.tensor.DType;

/** What the processor could do at best: the same loop of multiply-adds on every thread at once. */
final class CpuPeak implements PeakLoop {
    /** Short enough that the JIT compiler sees the loop's method called often, and soon compiles it. */
    private static final int STEPS = 1024;
    /** With {@link #STEPS}, 1.7 ms at two multiply-adds of 512 bits in each two cycles and 3.7 GHz. */
    private static final int REPEATS = 512;

    /** Results of two threads are a cache line apart, or each would wait for the other's store. */
    private static final int RESULT_STEP = 8;

    private final DType dtype;
    private final WorkerPool pool;
    /** Each thread's last result: what is never read need not be computed. */
    private final double[] results;
    private final WorkerPool.Task loop = this::loop;

    CpuPeak(DType dtype, WorkerPool pool) {
        this.dtype = dtype;
        this.pool = pool;
        results = new double[pool.threads() * RESULT_STEP];
    }

    @Override
    public void execute() {
        pool.run(loop);
        for (int part = 0; part < pool.threads(); part++) {
            if (!Double.isFinite(results[part * RESULT_STEP])) {
                throw new IllegalStateException("the sums of the peak loop are not finite");
            }
        }
    }

    private void loop(int part, int parts) {
        double sum = 1;
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            // Each call starts from the last one's result, so that none can be left out.
            double start = sum / 1024;
            sum = dtype == DType.F64
                    ? FmaF64.steps(STEPS, start, 0.5, 0.5)
                    : FmaF32.steps(STEPS, (float) start, 0.5f, 0.5f);
        }
        results[part * RESULT_STEP] = sum;
    }

    @Override
    public double flops() {
        double perStep = dtype == DType.F64 ? FmaF64.flopsPerStep() : FmaF32.flopsPerStep();
        return perStep * STEPS * REPEATS * pool.threads();
    }
}
