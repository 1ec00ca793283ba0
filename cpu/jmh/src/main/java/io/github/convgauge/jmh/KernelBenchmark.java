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

    private KernelRun run;

    @Setup(Level.Trial)
    public void prepare() throws Exception {
        run = new KernelRun(new Subject(algorithm, DType.ofLabel(dtype), ConvProblem.parse(problem)));
    }

    /** One convolution. */
    @Benchmark
    public Tensor kernel() {
        run.execute();
        return run.y();
    }

    @TearDown(Level.Trial)
    public void check() {
        try (KernelRun kept = run) {
            Answers.requireRight(kept.wrong(), algorithm, dtype, problem);
        }
    }
}
