package io.github.convgauge.cpu.direct;

import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.cpu.BalancedTask;
import io.github.convgauge.cpu.Share;
import io.github.convgauge.cpu.WorkerPool;
import io.github.convgauge.cpu.kernel.Access;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/**
 * A direct convolution with its memory: each thread's scratch, and the packed weights. Used by one
 * thread at a time, which its pool then helps.
 */
final class Direct implements Engine {
    private final DirectPlan plan;
    private final Tuning tuning;
    private final WorkerPool pool;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment[] scratch;
    private final WorkerPool.Task packing = this::packPart;
    /** Cut by threads alone: each packs the panels that it needs, and who takes a chunk from another would pack one again. */
    private final WorkerPool.Task packingAndComputing = this::computePart;

    private final BalancedTask computing;
    private MemorySegment packed;
    private Tensor w;
    private DirectPlan.Tensors tensors;

    /** @param tuning why the plan has its register block */
    Direct(DirectPlan plan, Tuning tuning, WorkerPool pool) {
        this.plan = plan;
        this.tuning = tuning;
        this.pool = pool;
        scratch = new MemorySegment[pool.threads()];
        for (int part = 0; part < scratch.length; part++) {
            scratch[part] = plan.scratch(arena, true);
        }
        plan.compile();
        computing = new BalancedTask(pool, plan.chunks(pool.threads()), this::computeChunk);
    }

    @Override
    public List<KernelSource> kernels() {
        Map<String, String> facts = Engine.facts(Access.fastest());
        facts.put("register block", tuning.blocking() + ", " + tuning.source());
        if (Double.isFinite(tuning.gflops())) {
            facts.put("timed at", "%.1f GFLOP/s on one thread".formatted(tuning.gflops()));
        }
        facts.put("threads share", plan.panelsOuter() ? "panels of output channels" : "tiles of lines");
        return List.of(new KernelSource("direct", "txt", KernelText.join(plan.specs(), KernelText::of), facts));
    }

    @Override
    public void pack(Tensor weights) {
        requireOpen();
        Engine.requireOffHeap(weights);
        w = weights;
        if (plan.panels().areInPlace()) {
            return;
        }
        if (packed == null) {
            packed = arena.allocate(plan.panels().bytes(), Tensor.ALIGNMENT);
        }
        pool.run(packing);
    }

    @Override
    public void executePacked(Tensor input, Tensor output) {
        compute(input, output, true);
    }

    @Override
    public void execute(Tensor input, Tensor weights, Tensor output) {
        boolean packsAsItGoes = plan.panelsOuter();
        if (packsAsItGoes) {
            Engine.requireOffHeap(weights);
            w = weights;
        } else {
            pack(weights);
        }
        compute(input, output, !packsAsItGoes);
    }

    /** Unchecked kernels would write to memory that was freed. */
    private void requireOpen() {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("the convolution is closed");
        }
    }

    private void compute(Tensor input, Tensor output, boolean usePacked) {
        requireOpen();
        Engine.requireOffHeap(input);
        Engine.requireOffHeap(output);
        MemorySegment panels = usePacked ? packed : null;
        // Most programs run with the same ones again.
        if (tensors == null || tensors.x() != input || tensors.y() != output || tensors.w() != w || tensors.packed() != panels) {
            tensors = new DirectPlan.Tensors(input, w, panels, output);
        }
        if (usePacked || plan.panels().areInPlace()) {
            computing.run();
        } else {
            pool.run(packingAndComputing);
        }
    }

    private void packPart(int part, int parts) {
        int end = (int) Share.begin(plan.panels().list().size(), part + 1, parts);
        for (int i = (int) Share.begin(plan.panels().list().size(), part, parts); i < end; i++) {
            Panels.Panel panel = plan.panels().list().get(i);
            plan.panels().pack(panel, w, packed, panel.at());
        }
    }

    private void computePart(int part, int parts) {
        plan.run(part, parts, tensors, scratch[part]);
    }

    private void computeChunk(int thread, int chunk, int chunks) {
        plan.run(chunk, chunks, tensors, scratch[thread]);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
