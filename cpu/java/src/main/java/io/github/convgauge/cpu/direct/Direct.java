package io.github.convgauge.cpu.direct;

import io.github.convgauge.cpu.Share;
import io.github.convgauge.cpu.WorkerPool;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A direct convolution with its memory: each thread's scratch, and the packed weights. Used by one
 * thread at a time, which its pool then helps.
 */
public final class Direct implements AutoCloseable {
    private final DirectPlan plan;
    private final WorkerPool pool;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment[] scratch;
    private final WorkerPool.Task packing = this::packPart;
    private final WorkerPool.Task computing = this::computePart;
    private MemorySegment packed;
    private Tensor x;
    private Tensor w;
    private Tensor y;
    private boolean usesPacked;

    Direct(DirectPlan plan, WorkerPool pool) {
        this.plan = plan;
        this.pool = pool;
        scratch = new MemorySegment[pool.threads()];
        for (int part = 0; part < scratch.length; part++) {
            scratch[part] = plan.scratch(arena, true);
        }
    }

    DirectPlan plan() {
        return plan;
    }

    /** Lays the weights out for {@link #executePacked}; needed again only when they change. */
    public void pack(Tensor weights) {
        w = weights;
        if (plan.panels().areInPlace()) {
            return;
        }
        if (packed == null) {
            packed = arena.allocate(plan.panels().bytes(), Tensor.ALIGNMENT);
        }
        pool.run(packing);
    }

    /** Computes with the weights of the last {@link #pack}, which must not have changed since. */
    public void executePacked(Tensor input, Tensor output) {
        compute(input, output, true);
    }

    /** Computes with these weights, however they lie. */
    public void execute(Tensor input, Tensor weights, Tensor output) {
        boolean packsAsItGoes = plan.panelsOuter();
        if (packsAsItGoes) {
            w = weights;
        } else {
            pack(weights);
        }
        compute(input, output, !packsAsItGoes);
    }

    private void compute(Tensor input, Tensor output, boolean usePacked) {
        x = input;
        y = output;
        usesPacked = usePacked;
        pool.run(computing);
    }

    private void packPart(int part, int parts) {
        int end = (int) Share.begin(plan.panels().list().size(), part + 1, parts);
        for (int i = (int) Share.begin(plan.panels().list().size(), part, parts); i < end; i++) {
            Panels.Panel panel = plan.panels().list().get(i);
            plan.panels().pack(panel, w, packed, panel.at());
        }
    }

    private void computePart(int part, int parts) {
        plan.run(part, parts, x, w, usesPacked ? packed : null, y, scratch[part]);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
