package io.github.convgauge.jmh;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
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

/** The blocked matrix product alone, of the sizes that a problem's im2col ends in, on one thread, B packed. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GemmBenchmark {
    @Param("f32")
    public String dtype;

    /** A problem as on the command line. */
    @Param("mb10ic8ih32oc16kh3")
    public String problem;

    private GemmRun run;

    @Setup(Level.Trial)
    public void prepare() {
        run = new GemmRun(ConvProblem.parse(problem), DType.ofLabel(dtype));
    }

    /** One product. */
    @Benchmark
    public Tensor gemm() {
        run.execute();
        return run.y();
    }

    @TearDown(Level.Trial)
    public void check() {
        try (GemmRun kept = run) {
            Answers.requireRight(kept.wrong(), "gemm", dtype, problem);
        }
    }
}
