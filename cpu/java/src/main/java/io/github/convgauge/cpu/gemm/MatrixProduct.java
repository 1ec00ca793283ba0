package io.github.convgauge.cpu.gemm;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.Share;
import io.github.convgauge.cpu.WorkerPool;
import io.github.convgauge.cpu.direct.Blocking;
import io.github.convgauge.cpu.direct.Engine;
import io.github.convgauge.cpu.direct.Panels;
import io.github.convgauge.cpu.kernel.Access;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * C = A · B for matrices of any strides, with B packed once: {@link BlockedGemm} with its memory. Used by
 * one thread at a time, which its pool then helps.
 */
public final class MatrixProduct implements AutoCloseable {
    private final BlockedGemm gemm;
    private final Tensor a;
    private final Tensor b;
    private final Tensor c;
    private final WorkerPool pool;
    private final Panels panels;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment packed;
    private final BlockedGemm.Scratch[] scratch;

    /**
     * @param a (m, k)
     * @param b (k, n), packed now
     * @param c (m, n), of the same dtype, which is f32 or f64
     * @throws IllegalArgumentException if sizes or dtypes do not match, b is empty, or a tensor lies on the heap
     */
    public MatrixProduct(Tensor a, Tensor b, Tensor c, WorkerPool pool) {
        this(a, b, c, pool, GemmConv.blocking(c.dtype(), Math.toIntExact(c.sizes()[1])), Access.fastest());
    }

    MatrixProduct(Tensor a, Tensor b, Tensor c, WorkerPool pool, Blocking blocking, Access access) {
        requireMatch(a, b, c);
        Engine.requireOffHeap(a);
        Engine.requireOffHeap(b);
        Engine.requireOffHeap(c);
        if (b.size() == 0) {
            throw new IllegalArgumentException("b is %s: there is nothing to multiply with".formatted(Layout.tuple(b.sizes())));
        }
        this.a = a;
        this.b = b;
        this.c = c;
        this.pool = pool;
        DType dtype = c.dtype();
        int k = Math.toIntExact(b.sizes()[0]);
        int n = Math.toIntExact(b.sizes()[1]);
        // B is what the weights of a 1×1 convolution are.
        Layout weights = Layout.of(
                new long[] {1, 1, k, n}, new long[] {0, 0, b.layout().stride(0), b.layout().stride(1)}, b.layout().offset());
        panels = new Panels(
                ConvProblem.parse("ic%dih1oc%dkh1".formatted(k, n)), dtype, blocking, weights, false, access);
        packed = arena.allocate(panels.bytes(), Tensor.ALIGNMENT);
        long bytes = dtype.bytes();
        gemm = new BlockedGemm(
                dtype, a.sizes()[0], k, blocking, panels, panels.list(), a.layout().stride(0) * bytes, a.layout().stride(1) * bytes,
                c.layout().stride(0) * bytes, c.layout().stride(1) * bytes, access);
        gemm.compile();
        scratch = new BlockedGemm.Scratch[pool.threads()];
        for (int part = 0; part < scratch.length; part++) {
            scratch[part] = gemm.scratch(arena);
        }
        pack();
    }

    private static void requireMatch(Tensor a, Tensor b, Tensor c) {
        boolean match = a.sizes().length == 2 && b.sizes().length == 2 && c.sizes().length == 2
                && a.sizes()[1] == b.sizes()[0] && c.sizes()[0] == a.sizes()[0] && c.sizes()[1] == b.sizes()[1]
                && a.dtype() == c.dtype() && b.dtype() == c.dtype() && c.dtype().isFloating();
        if (!match) {
            throw new IllegalArgumentException("no matrix product of %s %s and %s %s is %s %s".formatted(
                    a.dtype().label(), Layout.tuple(a.sizes()), b.dtype().label(), Layout.tuple(b.sizes()),
                    c.dtype().label(), Layout.tuple(c.sizes())));
        }
    }

    /** Packs B again, after it has changed. */
    public void pack() {
        requireOpen();
        pool.run((part, parts) -> {
            int end = (int) Share.begin(panels.list().size(), part + 1, parts);
            for (int i = (int) Share.begin(panels.list().size(), part, parts); i < end; i++) {
                panels.pack(panels.list().get(i), weights(), packed, panels.list().get(i).at());
            }
        });
    }

    /** Unchecked kernels would not notice that the packed B is gone. */
    private void requireOpen() {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("the matrix product is closed");
        }
    }

    private Tensor weights() {
        return b.with(Layout.of(
                new long[] {1, 1, b.sizes()[0], b.sizes()[1]},
                new long[] {0, 0, b.layout().stride(0), b.layout().stride(1)}, b.layout().offset()));
    }

    /** Computes C from what A holds now. */
    public void run() {
        requireOpen();
        long bytes = c.dtype().bytes();
        pool.run((part, parts) -> gemm.run(
                part, parts, a.storage(), a.layout().offset() * bytes, packed,
                c.storage(), c.layout().offset() * bytes, scratch[part]));
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
