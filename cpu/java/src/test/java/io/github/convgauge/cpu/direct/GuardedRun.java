package io.github.convgauge.cpu.direct;

import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.WorkerPool;
import io.github.convgauge.cpu.kernel.Access;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Runs unchecked kernels on tensors that end, or begin, at a page that may not be touched: a process
 * that survives has touched none. Prints what it is about to do, and at last {@code done}.
 */
final class GuardedRun {
    private static final long PAGE = 1 << 16; // a multiple of every page size in use

    /** Where the guard is. */
    enum Side {
        BEHIND,
        BEFORE
    }

    private GuardedRun() {}

    static boolean isPossible() {
        return Linker.nativeLinker().defaultLookup().find("mprotect").isPresent();
    }

    public static void main(String[] args) throws Throwable {
        Side side = Side.valueOf(args[1]);
        if (args[0].equals("one too far")) {
            MemorySegment guarded = guarded(64, side);
            System.out.println("one too far");
            MemorySegment everything = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
            long outside = side == Side.BEHIND ? guarded.address() + 64 : guarded.address() - 1;
            System.out.println("read " + everything.get(ValueLayout.JAVA_BYTE, outside) + ", done");
            return;
        }
        for (ConvProblem problem : Grid.PROBLEMS) {
            for (DType dtype : new DType[] {DType.F32, DType.F64}) {
                for (String text : Grid.BLOCKINGS) {
                    run(problem, dtype, text, side);
                }
            }
        }
        System.out.println("done");
    }

    private static void run(ConvProblem problem, DType dtype, String text, Side side) throws Throwable {
        Operands operands = Fill.NORMAL.operands(problem, dtype, 5);
        Tensor x = guarded(operands.x(), side);
        Tensor w = guarded(operands.w(), side);
        Tensor y = guarded(Tensor.allocate(dtype, problem.ySizes()), side);
        Blocking blocking = Grid.blocking(text, Geometry.of(problem, dtype, x.layout(), y.layout()));
        System.out.println(problem + " " + dtype + " " + blocking);
        try (WorkerPool pool = new WorkerPool(2); Engine engine = engine(problem, dtype, blocking, x, w, y, pool)) {
            engine.pack(w);
            engine.executePacked(x, y);
            engine.execute(x, w, y);
        }
    }

    private static Engine engine(ConvProblem problem, DType dtype, Blocking blocking, Tensor x, Tensor w, Tensor y, WorkerPool pool) {
        return Engines.depthwise(problem, dtype, x.layout(), w.layout(), y.layout(), blocking.bits(), Access.UNCHECKED, pool)
                .orElseGet(() -> new Direct(
                        new DirectPlan(problem, dtype, blocking, pool.threads(), x.layout(), w.layout(), y.layout(), Access.UNCHECKED),
                        new Tuning(blocking, "a test", Double.NaN), pool));
    }

    private static Tensor guarded(Tensor tensor, Side side) throws Throwable {
        return Tensor.over(guarded(tensor.size() * tensor.dtype().bytes(), side), tensor.dtype(), Layout.contiguous(tensor.sizes()))
                .copyFrom(tensor);
    }

    /** Memory with a page behind or before it that may be neither read nor written; it lives as long as the process. */
    private static MemorySegment guarded(long bytes, Side side) throws Throwable {
        long room = Math.ceilDiv(bytes, PAGE) * PAGE;
        MemorySegment all = Arena.global().allocate(room + 2 * PAGE, PAGE);
        MemorySegment guard = side == Side.BEHIND ? all.asSlice(room, PAGE) : all.asSlice(0, PAGE);
        MethodHandle mprotect = Linker.nativeLinker().downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("mprotect"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
        int status = (int) mprotect.invokeExact(guard, PAGE, 0);
        if (status != 0) {
            throw new IllegalStateException("mprotect failed");
        }
        return side == Side.BEHIND ? all.asSlice(room - bytes, bytes) : all.asSlice(PAGE, bytes);
    }
}
