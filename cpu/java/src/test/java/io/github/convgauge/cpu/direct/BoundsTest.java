package io.github.convgauge.cpu.direct;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.convgauge.check.Checker;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.check.Reference;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.WorkerPool;
import io.github.convgauge.cpu.kernel.Access;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Right answers for every block and vector length, and no access outside x, w and y. */
class BoundsTest {
    static List<ConvProblem> problems() {
        return Grid.PROBLEMS;
    }

    /** Tensors as large as their segments, whose every access is checked; exact on integers, whatever the block. */
    @ParameterizedTest
    @MethodSource("problems")
    void everyBlockIsRightAndStaysInside(ConvProblem problem) {
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            Operands operands = Fill.INTEGER.operands(problem, dtype, 42);
            Reference reference = Reference.compute(problem, operands, Arena.ofAuto().allocate(Reference.bytes(problem), 8));
            Checker checker = new Checker(problem, dtype, Optional.empty());
            for (String text : Grid.BLOCKINGS) {
                for (int threads = 1; threads <= 3; threads++) {
                    Tensor y = Tensor.allocate(dtype, problem.ySizes());
                    try (WorkerPool pool = new WorkerPool(threads);
                            Engine engine = engine(problem, dtype, text, operands, y, pool)) {
                        engine.pack(operands.w());
                        for (boolean packed : new boolean[] {true, false}) {
                            Checker.markUnwritten(y);
                            if (packed) {
                                engine.executePacked(operands.x(), y);
                            } else {
                                engine.execute(operands.x(), operands.w(), y);
                            }
                            assertEquals(0, checker.compareExactly(operands, y, reference).wrong(),
                                    "%s %s %s, %d threads, packed %s".formatted(problem, dtype, text, threads, packed));
                        }
                    }
                }
            }
        }
    }

    /** Neither threads nor blocks change a bit, since each sum has its order from the problem alone. */
    @ParameterizedTest
    @MethodSource("problems")
    void everyBlockHasTheSameBits(ConvProblem problem) {
        Operands operands = Fill.NORMAL.operands(problem, DType.F32, 3);
        double[] first = null;
        for (String text : Grid.BLOCKINGS) {
            for (int threads : new int[] {1, 2, 5}) {
                Tensor y = Tensor.allocate(DType.F32, problem.ySizes());
                try (WorkerPool pool = new WorkerPool(threads);
                        Engine engine = engine(problem, DType.F32, text, operands, y, pool)) {
                    engine.execute(operands.x(), operands.w(), y);
                }
                first = first == null ? y.toDoubles() : first;
                assertArrayEquals(first, y.toDoubles(), "%s %s, %d threads".formatted(problem, text, threads));
            }
        }
    }

    /** Nor do slices of panels, down to one kernel row each. */
    @ParameterizedTest
    @MethodSource("problems")
    void slicesHaveTheSameBits(ConvProblem problem) {
        Operands operands = Fill.NORMAL.operands(problem, DType.F32, 3);
        for (String text : Grid.BLOCKINGS) {
            double[] whole = null;
            for (long sliceBytes : new long[] {Long.MAX_VALUE >> 8, 1000, 1}) {
                for (int threads : new int[] {1, 3}) {
                    Tensor y = Tensor.allocate(DType.F32, problem.ySizes());
                    Blocking blocking = Grid.blocking(text, Geometry.of(problem, DType.F32, operands.x().layout(), y.layout()));
                    DirectPlan plan = new DirectPlan(
                            problem, DType.F32, blocking, threads, operands.x().layout(), operands.w().layout(), y.layout(), Access.CHECKED, sliceBytes);
                    try (WorkerPool pool = new WorkerPool(threads);
                            Engine engine = new Direct(plan, new Tuning(blocking, "a test", Double.NaN), pool)) {
                        Checker.markUnwritten(y);
                        engine.execute(operands.x(), operands.w(), y);
                    }
                    whole = whole == null ? y.toDoubles() : whole;
                    assertArrayEquals(whole, y.toDoubles(), "%s %s, slices of %d bytes, %d threads".formatted(problem, text, sliceBytes, threads));
                }
            }
        }
    }

    /** Depthwise where that is possible, as everywhere, but for narrow vectors: those tell nothing new there. */
    private static Engine engine(ConvProblem problem, DType dtype, String text, Operands operands, Tensor y, WorkerPool pool) {
        Blocking blocking = Grid.blocking(text, Geometry.of(problem, dtype, operands.x().layout(), y.layout()));
        return Engines.depthwise(
                        problem, dtype, operands.x().layout(), operands.w().layout(), y.layout(), blocking.bits(), Access.CHECKED, pool)
                .orElseGet(() -> direct(problem, dtype, blocking, operands, y, pool));
    }

    private static Engine direct(
            ConvProblem problem, DType dtype, Blocking blocking, Operands operands, Tensor y, WorkerPool pool) {
        DirectPlan plan = new DirectPlan(
                problem, dtype, blocking, pool.threads(), operands.x().layout(), operands.w().layout(), y.layout(), Access.CHECKED);
        return new Direct(plan, new Tuning(blocking, "a test", Double.NaN), pool);
    }

    /** The fastest kernels check nothing; so the machine does, with a page behind or before the data that may not be touched. */
    @ParameterizedTest
    @EnumSource
    void uncheckedKernelsStayInsideToo(GuardedRun.Side side) throws IOException, InterruptedException {
        assumeTrue(GuardedRun.isPossible(), "this system has no mprotect");
        String output = fork("all", side);
        assertEquals("done", output.lines().reduce("", (a, b) -> b), () -> "the last line is where it died:\n" + output);
    }

    /** A guard that guards nothing would let everything pass. */
    @ParameterizedTest
    @EnumSource
    void theGuardGuards(GuardedRun.Side side) throws IOException, InterruptedException {
        assumeTrue(GuardedRun.isPossible(), "this system has no mprotect");
        assertEquals(false, fork("one too far", side).contains("done"));
    }

    private static String fork(String what, GuardedRun.Side side) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Stream.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules=jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED", "-XX:-CreateCoredumpOnCrash", "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:ErrorFile=" + File.createTempFile("guard", ".log").getPath(), "-cp", System.getProperty("java.class.path"),
                        GuardedRun.class.getName(), what, side.name())
                .toList())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        // A crash writes a report of its own after the last line of ours.
        return String.join("\n", Arrays.stream(output.split("\n")).filter(line -> !line.startsWith("#") && !line.isBlank()).toList());
    }
}
