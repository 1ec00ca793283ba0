package io.github.convgauge.peers.pytorch;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.check.Operands;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Everything that libtorch allocates is freed at a known time. What is in use is asked of glibc's
 * mallinfo2, which the Java heap does not disturb as it does the resident set.
 */
class NativeMemoryTest {
    private static final int EXECUTIONS = 100_000;
    private static final int PREPARATIONS = 20_000;
    /**
     * A leak shows in every block of calls; what the JVM's compilers take and give back, in some, and
     * on a busy machine in the first dozen.
     */
    private static final int BLOCKS = 10;

    private static final int MOST_BLOCKS = 25;
    private static final int CLEAN_BLOCKS = 3;
    /** Bytes a call; the smallest thing that malloc hands out is 32. */
    private static final double TOLERANCE = 8;

    /** With explicit padding, so that every call that there is to make is made. */
    private static final String PROBLEM = "ic4ih6oc4oh3kh3sh2";

    private static PytorchBackend backend;

    @BeforeAll
    static void start() throws Exception {
        backend = new PytorchBackend();
        backend.start();
    }

    @TestFactory
    Stream<DynamicTest> executionsLeaveNothing() {
        return tests(row -> {
            try (PreparedConv conv = row.prepare(backend, PROBLEM, 1)) {
                return left(EXECUTIONS, conv::execute);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> closingFrees() {
        return tests(row -> {
            ConvProblem p = ConvProblem.parse(PROBLEM);
            Operands operands = row.operands(p);
            // Backwards in memory, so that what flips make is counted too.
            Operands flipped = new Operands(backwards(operands.x()), backwards(operands.w()));
            Tensor y = backwards(Tensor.allocate(row.dtype(), p.ySizes()));
            return left(PREPARATIONS, () -> {
                try (PreparedConv conv = row.prepare(backend, p, 1, flipped, y)) {
                    conv.execute();
                    conv.output();
                }
            });
        });
    }

    private static Tensor backwards(Tensor tensor) {
        return tensor.slice(1, tensor.layout().size(1) - 1, -1, -1);
    }

    @FunctionalInterface
    private interface Measurement {
        List<Double> left(Prepared.Row row) throws Exception;
    }

    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }

    private static Stream<DynamicTest> tests(Measurement measurement) {
        return Prepared.rows().stream().map(row -> DynamicTest.dynamicTest(row.toString(), () -> {
            assumeTrue(inUse().isPresent(), "this C library has no mallinfo2");
            List<Double> left = measurement.left(row);
            assertTrue(
                    clean(left) >= CLEAN_BLOCKS,
                    "bytes that each call leaves, by block of calls: %s, %s, %s".formatted(left, row, PROBLEM));
        }));
    }

    /** What each call leaves in use, in bytes, by block of calls. */
    private static List<Double> left(int times, Action action) throws Exception {
        List<Double> left = new ArrayList<>();
        while (left.size() < BLOCKS || (clean(left) < CLEAN_BLOCKS && left.size() < MOST_BLOCKS)) {
            long before = inUse().orElseThrow();
            for (int i = 0; i < times / BLOCKS; i++) {
                action.run();
            }
            left.add((inUse().orElseThrow() - before) / (times / (double) BLOCKS));
        }
        return left;
    }

    private static long clean(List<Double> left) {
        return left.stream().filter(bytes -> Math.abs(bytes) < TOLERANCE).count();
    }

    /** Bytes that malloc has handed out: uordblks and hblkhd of {@code struct mallinfo2}, ten size_t's. */
    @SuppressWarnings("restricted")
    private static Optional<Long> inUse() {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> mallinfo2 = linker.defaultLookup().find("mallinfo2");
        if (mallinfo2.isEmpty()) {
            return Optional.empty();
        }
        MemoryLayout struct = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(10, ValueLayout.JAVA_LONG));
        MethodHandle call = linker.downcallHandle(mallinfo2.get(), FunctionDescriptor.of(struct));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = (MemorySegment) call.invokeExact((SegmentAllocator) arena);
            return Optional.of(info.getAtIndex(ValueLayout.JAVA_LONG, 4) + info.getAtIndex(ValueLayout.JAVA_LONG, 7));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
