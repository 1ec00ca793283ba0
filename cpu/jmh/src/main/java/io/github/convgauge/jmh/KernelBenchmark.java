package io.github.convgauge.jmh;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.check.Checker;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.check.Reference;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.CpuBackend;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One kernel on one thread, weights prepared, output reused. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KernelBenchmark {
    /** One of the cpu backend's. */
    @Param("direct")
    public String algorithm;

    @Param("f32")
    public String dtype;

    /** A problem as on the command line. */
    @Param("mb10ic8ih32oc16kh3")
    public String problem;

    private CpuBackend backend;
    private ConvProblem parsed;
    private Operands operands;
    private Tensor y;
    private PreparedConv conv;

    @Setup(Level.Trial)
    public void prepare() throws Exception {
        DType type = DType.ofLabel(dtype);
        parsed = ConvProblem.parse(problem);
        operands = Fill.UNIFORM.operands(parsed, type, 42);
        y = Tensor.allocate(type, parsed.ySizes());
        backend = new CpuBackend();
        backend.start();
        conv = backend.prepare(
                new ConvSpec(parsed, type, Device.HOST_ID, algorithm, Regime.PREPARED, Output.REUSED, 1),
                operands.x(), operands.w(), y);
    }

    /** One convolution. */
    @Benchmark
    public Tensor kernel() {
        conv.execute();
        return y;
    }

    /** A fast kernel that is wrong is not fast. */
    @TearDown(Level.Trial)
    public void check() {
        try (Arena arena = Arena.ofShared()) {
            conv.execute();
            Reference reference = Reference.compute(parsed, operands, arena.allocate(Reference.bytes(parsed), 8));
            Checker checker = new Checker(parsed, operands.x().dtype(), backend.algorithms().stream()
                    .filter(candidate -> candidate.name().equals(algorithm))
                    .findFirst().orElseThrow().ownLaw());
            long wrong = checker.compareWithinBound(operands, y, reference).wrong();
            if (wrong > 0) {
                throw new IllegalStateException("%s %s %s has %d wrong outputs".formatted(algorithm, dtype, problem, wrong));
            }
        } finally {
            conv.close();
            backend.close();
        }
    }
}
