package io.github.convgauge.cpu.direct;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.WorkerPool;
import io.github.convgauge.cpu.kernel.Access;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;

/** Which direct convolution does a problem. */
public final class Engines {
    private Engines() {}

    /**
     * @param x how x lies, (mb, ih, iw, ic); w and y likewise
     * @param pool whose threads it uses
     */
    public static Engine of(ConvProblem problem, DType dtype, Layout x, Layout w, Layout y, WorkerPool pool, Tuner tuner) {
        Optional<Engine> depthwise = depthwise(
                problem, dtype, x, w, y, FloatVector.SPECIES_PREFERRED.vectorBitSize(), Access.fastest(), pool);
        if (depthwise.isPresent()) {
            return depthwise.get();
        }
        Tuning tuning = tuner.choose(problem, dtype, x, w, y);
        return new Direct(new DirectPlan(problem, dtype, tuning.blocking(), pool.threads(), x, w, y), tuning, pool);
    }

    /** One of those that have no register blocks to choose from; empty where none does it. */
    static Optional<Engine> depthwise(
            ConvProblem problem, DType dtype, Layout x, Layout w, Layout y, int longest, Access access, WorkerPool pool) {
        int bits = FlatDepthwise.bits(problem, dtype, x, y, longest);
        if (bits > 0) {
            return Optional.of(new FlatDepthwise(problem, dtype, bits, access, x, w, y, pool));
        }
        bits = Depthwise.bits(problem, dtype, x, w, y, longest);
        return bits > 0 ? Optional.of(new Depthwise(problem, dtype, bits, access, x, w, y, pool)) : Optional.empty();
    }
}
