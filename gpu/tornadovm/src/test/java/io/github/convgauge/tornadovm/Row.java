package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.check.Checker;
import io.github.convgauge.check.Comparison;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.check.Reference;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Optional;

/** One row on small integers, ready to be executed and judged. */
record Row(ConvProblem problem, DType dtype, Operands operands, Tensor y, PreparedConv conv) implements AutoCloseable {
    private static final long SEED = 7;

    static Row of(TornadoBackend backend, String device, String text, DType dtype, String algorithm, Regime regime)
            throws UnsupportedConvException {
        ConvProblem problem = ConvProblem.parse(text);
        Operands operands = Fill.INTEGER.operands(problem, dtype, SEED);
        Tensor y = Tensor.allocate(dtype, problem.ySizes());
        Checker.markUnwritten(y);
        ConvSpec spec = new ConvSpec(problem, dtype, device, algorithm, regime, Output.REUSED, 1);
        return new Row(problem, dtype, operands, y, backend.prepare(spec, operands.x(), operands.w(), y));
    }

    /** What is wrong with the last execution's answer, or "". */
    String complaint() {
        Reference reference = Reference.compute(problem, operands, Arena.ofAuto().allocate(Reference.bytes(problem), 8));
        Comparison comparison = new Checker(problem, dtype, Optional.empty()).compareExactly(operands, conv.output(), reference);
        return comparison.wrong() == 0 ? "" : comparison.wrong() + " wrong: " + comparison.firstWrong();
    }

    @Override
    public void close() {
        conv.close();
    }
}
