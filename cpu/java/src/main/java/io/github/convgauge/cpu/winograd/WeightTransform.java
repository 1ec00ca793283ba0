package io.github.convgauge.cpu.winograd;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.Share;
import io.github.convgauge.cpu.WorkerPool;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * U = G·g·Gᵀ of all weights, into the panels that the product reads: for each group and each place
 * (a, b) of a transformed tile a packed matrix (ic/g, oc/g), see {@link Product}.
 */
final class WeightTransform implements WorkerPool.Task {
    private final ConvProblem problem;
    private final Pass pass;
    private final int inputs;
    private final int bytes;
    private final int panel;
    private final Tensor w;
    /** Zeroed once; nothing is ever written to the columns that fill up the last panel. */
    private final MemorySegment u;
    private final Planes planes;
    /** Each thread's: what the first pass makes of one panel's weights of one input channel, (m+2, 3, panel). */
    private final MemorySegment[] scratch;

    /**
     * @param w (3, 3, ic/g, oc), its output channels neighbours in memory
     * @param panel columns of a panel
     * @param planes of one group
     * @param u all groups'
     */
    WeightTransform(
            ConvProblem problem, Winograd variant, Pass pass, Tensor w, int panel, Planes planes,
            MemorySegment u, int threads, Arena arena) {
        this.problem = problem;
        this.pass = pass;
        this.w = w;
        this.u = u;
        this.panel = panel;
        this.planes = planes;
        bytes = w.dtype().bytes();
        inputs = variant.inputs();
        scratch = new MemorySegment[threads];
        for (int part = 0; part < threads; part++) {
            scratch[part] = arena.allocate((long) inputs * Winograd.KERNEL * panel * bytes, Tensor.ALIGNMENT);
        }
    }

    /** Transforms one part of the rows (group, panel, input channel), which follow each other in U. */
    @Override
    public void run(int part, int parts) {
        int depth = problem.groupIc();
        int panels = Math.ceilDiv(problem.groupOc(), panel);
        long rows = (long) problem.g() * panels * depth;
        long end = Share.begin(rows, part + 1, parts);
        for (long row = Share.begin(rows, part, parts); row < end; row++) {
            int group = (int) (row / depth / panels);
            int column = (int) (row / depth % panels) * panel;
            int k = (int) (row % depth);
            long to = group * planes.bytes() + row % ((long) panels * depth) * planes.row();
            transform(k, group * problem.groupOc() + column, Math.min(panel, problem.groupOc() - column), to, scratch[part]);
        }
    }

    private void transform(int k, int channel, int channels, long to, MemorySegment between) {
        Layout layout = w.layout();
        long pixel = (long) channels * bytes;
        pass.run(
                w.storage(), (layout.offset() + k * layout.stride(2) + channel * layout.stride(3)) * bytes,
                layout.stride(0) * bytes, layout.stride(1) * bytes,
                between, 0, Winograd.KERNEL * pixel, pixel, Winograd.KERNEL, channels);
        pass.run(
                between, 0, pixel, Winograd.KERNEL * pixel,
                u, to, planes.plane(), inputs * planes.plane(), inputs, channels);
    }
}
