package io.github.convgauge.jmh;

import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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

/** One array to another by the platform's own copy, on one thread: what strided copies reach a share of. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PlainCopyBenchmark {
    private static final byte COPIED = 42;

    /** Of one array. */
    @Param("1048576")
    public long bytes;

    private MemorySegment from;
    private MemorySegment to;

    @Setup(Level.Trial)
    public void prepare() {
        from = Arena.ofAuto().allocate(bytes, Tensor.ALIGNMENT);
        to = Arena.ofAuto().allocate(bytes, Tensor.ALIGNMENT);
        // Pages that were only ever read may all be one page of zeros.
        from.fill(COPIED);
    }

    /** One copy. */
    @Benchmark
    public MemorySegment copy() {
        MemorySegment.copy(from, 0, to, 0, bytes);
        return to;
    }

    @TearDown(Level.Trial)
    public void check() {
        Answers.requireRight(to.mismatch(from) == -1 ? 0 : 1, "the plain copy");
    }
}
