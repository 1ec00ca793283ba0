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

/** The strided copy of a problem's x on one thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CopyBenchmark {
    /** {@code nhwc}, {@code nchw} or {@code im2col}. */
    @Param("nchw")
    public String pattern;

    @Param("f32")
    public String dtype;

    /** A problem as on the command line. */
    @Param("mb10ic8ih32oc16kh3")
    public String problem;

    private CopyRun run;

    @Setup(Level.Trial)
    public void prepare() {
        run = new CopyRun(CopyRun.Pattern.ofLabel(pattern), ConvProblem.parse(problem), DType.ofLabel(dtype));
    }

    /** One copy. */
    @Benchmark
    public Tensor copy() {
        run.execute();
        return run.to();
    }

    @TearDown(Level.Trial)
    public void check() {
        Answers.requireRight(run.wrong(), "the copy to", pattern, dtype, problem);
    }
}
