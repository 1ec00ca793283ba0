package io.github.convgauge.cpu;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.winograd.Winograd;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.util.List;

/** What the tests of this backend ask it for. */
final class Rows {
    static final List<String> ALGORITHMS = List.of("naive", "kxk", "direct", "im2col", "im2col+gemm", "winograd-f2", "winograd-f4");
    static final List<DType> DTYPES = List.of(DType.F32, DType.F64);

    private Rows() {}

    /** Those that do a problem of one group. */
    static List<String> algorithms(ConvProblem problem) {
        boolean tiles = Winograd.refusal(problem).isEmpty();
        return ALGORITHMS.stream().filter(algorithm -> tiles || !algorithm.startsWith("winograd")).toList();
    }

    static ConvSpec spec(ConvProblem problem, DType dtype, String algorithm, int threads) {
        return new ConvSpec(problem, dtype, Device.HOST_ID, algorithm, Regime.EAGER, Output.REUSED, threads);
    }

    /** The answer to normal data from a seed, contiguous. */
    static Tensor answer(CpuBackend backend, ConvProblem problem, DType dtype, String algorithm, int threads, long seed)
            throws UnsupportedConvException {
        Operands operands = Fill.NORMAL.operands(problem, dtype, seed);
        Tensor y = Tensor.allocate(dtype, problem.ySizes());
        try (PreparedConv conv = backend.prepare(
                spec(problem, dtype, algorithm, threads), operands.x(), operands.w(), y)) {
            conv.execute();
            return conv.output();
        }
    }
}
