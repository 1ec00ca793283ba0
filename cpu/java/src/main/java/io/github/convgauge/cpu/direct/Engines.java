package io.github.convgauge.cpu.direct;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.WorkerPool;
import io.github.convgauge.cpu.kernel.Access;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import jdk.incubator.vector.FloatVector;

/** Which direct convolution does a problem. */
public final class Engines {
    private Engines() {}

    /**
     * @param x how x lies, (mb, ih, iw, ic); w and y likewise
     * @param pool whose threads it uses
     */
    public static Engine of(ConvProblem problem, DType dtype, Layout x, Layout w, Layout y, WorkerPool pool, Tuner tuner) {
        int longest = FloatVector.SPECIES_PREFERRED.vectorBitSize();
        int bits = Depthwise.bits(problem, dtype, x, w, y, longest);
        if (bits > 0) {
            return new Depthwise(problem, dtype, bits, Access.fastest(), x, w, y, pool);
        }
        Tuning tuning = tuner.choose(problem, dtype, x, w, y);
        return new Direct(new DirectPlan(problem, dtype, tuning.blocking(), x, w, y), tuning, pool);
    }
}
