package io.github.convgauge.clblast;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.MemoryStack;

/**
 * The functions of CLBlast's C interface (clblast_c.h of version 1.5) that rows call. Handles of
 * OpenCL are the numbers that LWJGL has for them; size_t and pointers are 64 bits wide.
 *
 * <p>CLBlast chooses kernels and their parameters for the device from its database, compiles a kernel
 * when it is first used and keeps it for the process.
 */
final class ClBlast {
    private static final int ROW_MAJOR = 101;
    private static final int NO_TRANSPOSE = 111;
    /** The kernel is not flipped, as everywhere in this house; what CLBlast calls convolution flips it. */
    private static final int CROSS_CORRELATION = 151;

    private final NativeLibrary library;
    private final MethodHandle clearCache;
    private final Functions f32;
    private final Functions f64;

    /** Those of one dtype. */
    private record Functions(
            MethodHandle convgemm, MethodHandle gemm, MethodHandle scratchBytes, MethodHandle gemmStridedBatched) {}

    /**
     * A product of row-major matrices A (m × k), B (k × n) and C (m × n), or a batch of them that lie the
     * stride's elements apart.
     *
     * @param lda elements from one row to the next
     */
    record Product(
            long m, long n, long k, long lda, long strideA, long ldb, long strideB, long ldc, long strideC, long batch) {}

    private ClBlast(NativeLibrary library) throws BackendUnavailableException {
        this.library = library;
        clearCache = function("CLBlastClearCache");
        f32 = functions("S", JAVA_FLOAT);
        f64 = functions("D", JAVA_DOUBLE);
    }

    /** @throws BackendUnavailableException if its library is not there, does not load or lacks a function */
    static ClBlast load() throws BackendUnavailableException {
        return new ClBlast(NativeLibrary.load());
    }

    String version() {
        return library.origin();
    }

    private Functions functions(String type, MemoryLayout scalar) throws BackendUnavailableException {
        return new Functions(
                // kernel mode; sizes; three buffers with their offsets; queue, event
                function("CLBlast" + type + "convgemm", arguments(JAVA_INT, longs(13), longs(6), longs(2))),
                // layout and transposes; m, n, k; alpha; A, B; beta; C; queue, event, the buffer for temporary matrices
                function("CLBlast" + type + "gemmWithTempBuffer", arguments(
                        ints(3), longs(3), scalar, longs(6), scalar, longs(3), longs(3))),
                function("CLBlast" + type + "GemmTempBufferSize", arguments(ints(3), longs(3), longs(6), longs(2))),
                function("CLBlast" + type + "gemmStridedBatched", arguments(
                        ints(3), longs(3), scalar, longs(8), scalar, longs(4), longs(1), longs(2))));
    }

    private static List<MemoryLayout> longs(int count) {
        return Collections.nCopies(count, JAVA_LONG);
    }

    private static List<MemoryLayout> ints(int count) {
        return Collections.nCopies(count, JAVA_INT);
    }

    /** @param parts layouts and lists of them */
    private static MemoryLayout[] arguments(Object... parts) {
        List<MemoryLayout> all = new ArrayList<>();
        for (Object part : parts) {
            if (part instanceof List<?> list) {
                list.forEach(layout -> all.add((MemoryLayout) layout));
            } else {
                all.add((MemoryLayout) part);
            }
        }
        return all.toArray(MemoryLayout[]::new);
    }

    /** One that returns a status. */
    @SuppressWarnings("restricted")
    private MethodHandle function(String name, MemoryLayout... arguments) throws BackendUnavailableException {
        MemorySegment address = library.symbols().find(name).orElse(null);
        if (address == null) {
            throw new BackendUnavailableException(
                    "CLBlast %s has no function %s".formatted(library.origin(), name),
                    "unset %s, or set it to a library of CLBlast 1.5 or newer".formatted(NativeLibrary.VARIABLE), null);
        }
        return Linker.nativeLinker().downcallHandle(address, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    private Functions of(DType dtype) {
        return switch (dtype) {
            case F32 -> f32;
            case F64 -> f64;
            default -> throw new IllegalArgumentException("CLBlast computes in f32 and f64, not in " + dtype.label());
        };
    }

    /**
     * y = x ∗ w of a problem of one group, all dense: x (mb, ic, ih, iw), w (oc, ic, kh, kw), y (mb, oc, oh, ow).
     * CLBlast counts dilation as the distance of two taps, the problem as the gap between them.
     *
     * @param event takes the event of its kernel, or null
     */
    void convgemm(DType dtype, ConvProblem p, long x, long w, long y, long queue, PointerBuffer event) {
        MethodHandle function = of(dtype).convgemm;
        try (MemoryStack stack = MemoryStack.stackPush()) {
            check("convgemm", (int) function.invokeExact(
                    CROSS_CORRELATION,
                    (long) p.ic(), (long) p.ih(), (long) p.iw(), (long) p.kh(), (long) p.kw(),
                    (long) p.padTop(), (long) p.padLeft(), (long) p.sh(), (long) p.sw(),
                    p.dh() + 1L, p.dw() + 1L, (long) p.oc(), (long) p.mb(),
                    x, 0L, w, 0L, y, 0L,
                    stack.npointer(queue), address(event)));
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /**
     * C = A · B.
     *
     * @param scratch a buffer of {@link #scratchBytes} or more, never none; 0 if the batch is more than one
     * @param event takes the event of its last kernel, or null
     */
    void multiply(DType dtype, Product p, long a, long b, long c, long scratch, long queue, PointerBuffer event) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            long queues = stack.npointer(queue);
            if (p.batch == 1) {
                gemm(dtype, p, a, b, c, scratch, queues, address(event));
            } else {
                gemmStridedBatched(dtype, p, a, b, c, queues, address(event));
            }
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    private void gemm(DType dtype, Product p, long a, long b, long c, long scratch, long queue, long event)
            throws Throwable {
        MethodHandle function = of(dtype).gemm;
        check("gemm", dtype == DType.F32
                ? (int) function.invokeExact(
                        ROW_MAJOR, NO_TRANSPOSE, NO_TRANSPOSE, p.m, p.n, p.k,
                        1f, a, 0L, p.lda, b, 0L, p.ldb, 0f, c, 0L, p.ldc, queue, event, scratch)
                : (int) function.invokeExact(
                        ROW_MAJOR, NO_TRANSPOSE, NO_TRANSPOSE, p.m, p.n, p.k,
                        1d, a, 0L, p.lda, b, 0L, p.ldb, 0d, c, 0L, p.ldc, queue, event, scratch));
    }

    private void gemmStridedBatched(DType dtype, Product p, long a, long b, long c, long queue, long event)
            throws Throwable {
        MethodHandle function = of(dtype).gemmStridedBatched;
        check("gemmStridedBatched", dtype == DType.F32
                ? (int) function.invokeExact(
                        ROW_MAJOR, NO_TRANSPOSE, NO_TRANSPOSE, p.m, p.n, p.k,
                        1f, a, 0L, p.lda, p.strideA, b, 0L, p.ldb, p.strideB,
                        0f, c, 0L, p.ldc, p.strideC, p.batch, queue, event)
                : (int) function.invokeExact(
                        ROW_MAJOR, NO_TRANSPOSE, NO_TRANSPOSE, p.m, p.n, p.k,
                        1d, a, 0L, p.lda, p.strideA, b, 0L, p.ldb, p.strideB,
                        0d, c, 0L, p.ldc, p.strideC, p.batch, queue, event));
    }

    /**
     * What a product takes beside its matrices on the queue's device, in bytes: copies that are transposed
     * or padded to whole tiles. For one product it is exact; a batch allocates for itself what needs a
     * copy, at most this.
     */
    long scratchBytes(DType dtype, Product p, long queue) {
        MethodHandle function = of(dtype).scratchBytes;
        // With an offset each of the three counts as one that needs a copy.
        long offset = p.batch == 1 ? 0 : 1;
        try (MemoryStack stack = MemoryStack.stackPush()) {
            PointerBuffer bytes = stack.callocPointer(1);
            check("GemmTempBufferSize", (int) function.invokeExact(
                    ROW_MAJOR, NO_TRANSPOSE, NO_TRANSPOSE, p.m, p.n, p.k,
                    offset, p.lda, offset, p.ldb, offset, p.ldc,
                    stack.npointer(queue), bytes.address()));
            return Math.multiplyExact(bytes.get(0), p.batch);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** Lets go of all compiled kernels, which hold the contexts that they were compiled in. */
    void clearCache() {
        try {
            check("ClearCache", (int) clearCache.invokeExact());
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    private static long address(PointerBuffer event) {
        return event == null ? 0 : event.address();
    }

    private static void check(String function, int status) {
        if (status != 0) {
            throw new IllegalStateException("CLBlast's %s failed: %s".formatted(function, Status.name(status)));
        }
    }

    /** A method handle declares that it may throw anything; a native function throws nothing. */
    private static RuntimeException unchecked(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException known ? known : new IllegalStateException(e);
    }
}
