package io.github.convgauge.jmh;

import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.PeakLoop;
import io.github.convgauge.cpu.CpuBackend;
import io.github.convgauge.tensor.DType;
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

/** The peak on one thread, which kernels reach a share of. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PeakBenchmark {
    @Param("f32")
    public String dtype;

    /** What the loop says of its operations, so that JMH's result tells the rate by itself. */
    @Param("0")
    public String flops;

    private CpuBackend backend;
    private PeakLoop peak;

    @Setup(Level.Trial)
    public void prepare() throws Exception {
        backend = new CpuBackend();
        backend.start();
        peak = backend.peak(Device.HOST_ID, DType.ofLabel(dtype), 1).orElseThrow();
        if (peak.flops() != Double.parseDouble(flops)) {
            throw new IllegalArgumentException("the peak loop does %s operations, not %s".formatted(peak.flops(), flops));
        }
    }

    /** One run of the loop. */
    @Benchmark
    public void peak() {
        peak.execute();
    }

    @TearDown(Level.Trial)
    public void close() {
        backend.close();
    }
}
