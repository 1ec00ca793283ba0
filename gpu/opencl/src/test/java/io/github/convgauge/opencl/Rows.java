package io.github.convgauge.opencl;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.util.List;

/** What the tests of this backend ask it for. */
final class Rows {
    static final List<String> ALGORITHMS = List.of("im2col+gemm", "im2col+gemm-tiled", "direct", "direct-blocked", "implicit-gemm");
    static final List<Regime> REGIMES = List.of(Regime.RESIDENT, Regime.WEIGHTS_RESIDENT, Regime.END_TO_END);

    private Rows() {}

    /** On the backend's first device. */
    static ConvSpec spec(OpenClBackend backend, ConvProblem problem, DType dtype, String algorithm, Regime regime) {
        return new ConvSpec(problem, dtype, backend.devices().getFirst().id(), algorithm, regime, Output.REUSED, 2);
    }

    /** With normal data from a seed, everything contiguous. */
    static PreparedConv prepare(OpenClBackend backend, ConvProblem problem, DType dtype, String algorithm, Regime regime)
            throws UnsupportedConvException {
        Operands operands = Fill.NORMAL.operands(problem, dtype, 3);
        Tensor y = Tensor.allocate(dtype, problem.ySizes());
        return backend.prepare(spec(backend, problem, dtype, algorithm, regime), operands.x(), operands.w(), y);
    }
}
