package io.github.convgauge.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.convgauge.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * That blocks are compiled when they shall be, and to code that keeps vectors in registers. Of either the memory that a thread has allocated
 * tells: the interpreter makes an object of each vector, and so does what C2 compiles badly.
 */
class EarlyCompilationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int LONGEST = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    private static final int CALLS = 200;
    /** What the one or other call of the Java between may allocate; an object for each vector of each call would be a thousand times as much. */
    private static final long MOST_BYTES = 100_000;

    /** Three lines of taps of 64 channels each, as a 3×3 convolution has them. */
    private static BlockSpec spec(DType dtype, int bits, int pixels, int vectors) {
        long width = (long) vectors * bits / Byte.SIZE;
        long channels = 64L * dtype.bytes();
        return new BlockSpec(
                dtype, bits, pixels, vectors, List.of(new BlockSpec.Run(0, 0, 64, 0, pixels), new BlockSpec.Run(channels, 64 * width, 128, 0, pixels)),
                false, 64 * channels, 192 * width, dtype.bytes(), width, channels, width, pixels * channels, pixels * width);
    }

    private static long allocated(BlockSpec spec) {
        BlockKernel kernel = KernelGenerator.of(spec);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(1 << 20, 64);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                kernel.run(memory, 0, memory, 0, memory, 1 << 19, 3, 1);
            }
            return THREADS.getCurrentThreadAllocatedBytes() - before;
        }
    }

    /** So that the profiles of the Vector API know more than one length, as they do in a JVM that timed blocks. */
    @BeforeAll
    static void otherLengths() {
        assertTrue(KernelGenerator.isForC2Alone(), "this JVM keeps C1 on the blocks");
        for (int bits = LONGEST; bits >= 128; bits /= 2) {
            for (BlockSpec spec : List.of(spec(DType.F32, bits, 6, 2), spec(DType.F32, bits, 15, 1), spec(DType.F64, bits, 5, 2))) {
                KernelGenerator.compile(spec, Access.fastest());
                allocated(spec);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"F32, 5, 2", "F32, 4, 3", "F32, 4, 2", "F32, 11, 1", "F32, 14, 2", "F32, 6, 4", "F64, 4, 2", "F64, 3, 3"})
    void compiledBlocksMakeNoObjects(DType dtype, int pixels, int vectors) {
        for (int bits = 128; bits <= LONGEST; bits *= 2) {
            BlockSpec spec = spec(dtype, bits, pixels, vectors);
            KernelGenerator.compile(spec, Access.fastest());
            long bytes = allocated(spec);
            assertTrue(bytes < MOST_BYTES, "%d bytes in %d calls of %s".formatted(bytes, CALLS, spec));
        }
    }

    /** Else the tests above could not fail. */
    @Test
    void interpretedBlocksMakeObjects() {
        long bytes = allocated(spec(DType.F32, LONGEST, 3, 1));
        assertTrue(bytes > 100 * MOST_BYTES, bytes + " bytes");
    }

    static IntStream seeds() {
        return IntStream.range(0, 12);
    }

    /** Checked kernels throw where they reach outside the memory that they are called on. */
    @ParameterizedTest
    @MethodSource("seeds")
    void itsMemoryIsLargeEnough(int seed) {
        int sign = seed % 2 == 0 ? 1 : -1;
        int pixels = 1 + seed % 5;
        int vectors = 1 + seed % 3;
        long width = vectors * 16L;
        BlockSpec spec = new BlockSpec(
                DType.F32, 128, pixels, vectors,
                List.of(new BlockSpec.Run(-8L * seed, 4 * width, 3 + seed, 0, pixels), new BlockSpec.Run(16, 0, 1, pixels - 1, pixels)),
                seed % 4 == 3, sign * 400L, 40 * width, sign * 4L, width, sign * 36L, sign * (width + 4L * seed), 0, 0);
        KernelGenerator.compile(spec, Access.CHECKED);
    }

    /** Nothing is called then. */
    @Test
    void farStridesAreLeftAlone() {
        BlockSpec spec = new BlockSpec(
                DType.F32, 128, 2, 1, List.of(new BlockSpec.Run(0, 0, 3, 0, 2)), false, 1L << 40, 1L << 40, 1L << 40, 16, 4, 16, 0, 0);
        KernelGenerator.compile(spec, Access.fastest());
    }
}
