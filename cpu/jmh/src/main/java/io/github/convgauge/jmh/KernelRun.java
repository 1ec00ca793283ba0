package io.github.convgauge.jmh;

import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.backend.Workload;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.CpuBackend;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;

/** One kernel of the cpu backend on one thread, weights prepared, output reused: the same for whoever times it. */
final class KernelRun implements Workload, AutoCloseable {
    private final String algorithm;
    private final ConvProblem problem;
    private final Operands operands;
    private final Tensor y;
    private final CpuBackend backend = new CpuBackend();
    private final PreparedConv conv;

    /** Lays it out; the first time on a machine the tuner may choose a register block, which takes some seconds. */
    KernelRun(Subject subject) throws BackendUnavailableException, UnsupportedConvException {
        algorithm = subject.algorithm();
        problem = subject.problem();
        DType dtype = subject.dtype();
        operands = Fill.UNIFORM.operands(problem, dtype, 42);
        y = Tensor.allocate(dtype, problem.ySizes());
        backend.start();
        conv = backend.prepare(
                new ConvSpec(problem, dtype, Device.HOST_ID, algorithm, Regime.PREPARED, Output.REUSED, 1),
                operands.x(), operands.w(), y);
    }

    @Override
    public void execute() {
        conv.execute();
    }

    /** What is read; the weights are prepared already. */
    Operands operands() {
        return operands;
    }

    /** Where the answer goes. */
    Tensor y() {
        return y;
    }

    /** Executes once more, and counts the outputs outside of their error bounds. */
    long wrong() {
        return Answer.wrong(problem, operands, y, backend.algorithms().stream()
                .filter(candidate -> candidate.name().equals(algorithm))
                .findFirst().orElseThrow().ownLaw(), conv::execute);
    }

    @Override
    public void close() {
        conv.close();
        backend.close();
    }
}
