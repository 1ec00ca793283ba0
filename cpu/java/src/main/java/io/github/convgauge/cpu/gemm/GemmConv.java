package io.github.convgauge.cpu.gemm;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Im2col;
import io.github.convgauge.conv.Padding;
import io.github.convgauge.cpu.Im2colConv;
import io.github.convgauge.cpu.RowRun;
import io.github.convgauge.cpu.Share;
import io.github.convgauge.cpu.StridedCopy;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.incubator.vector.FloatVector;

/**
 * {@code im2col+gemm}: the windows copied into a matrix, then a {@link BlockedGemm} for each group. A
 * 1×1 convolution over a dense x is that product alone, which {@code gemm} insists on. The weights are
 * packed once or at each call.
 */
public final class GemmConv implements PreparedConv {
    private final ConvProblem problem;
    private final Tensor w;
    private final Tensor y;
    private final WorkerPool pool;
    private final Panels panels;
    private final MemorySegment packed;
    private final Arena arena = Arena.ofShared();
    private final List<Stage> stages = new ArrayList<>();

    private record Stage(String name, WorkerPool.Task task) {}

    /**
     * @param memory the machine's, in bytes
     * @throws UnsupportedConvException if the column matrix does not fit there, or for a regime or
     *     output that the algorithm does not have
     * @throws IllegalArgumentException if a tensor lies on the heap
     */
    public GemmConv(ConvSpec spec, Tensor x, Tensor w, Tensor y, WorkerPool pool, long memory)
            throws UnsupportedConvException {
        this(spec, x, w, y, pool, memory, blocking(spec.dtype(), spec.problem().groupOc()), Access.fastest());
    }

    GemmConv(
            ConvSpec spec, Tensor x, Tensor w, Tensor y, WorkerPool pool, long memory, Blocking blocking, Access access)
            throws UnsupportedConvException {
        requireSupported(spec);
        Engine.requireOffHeap(x);
        Engine.requireOffHeap(w);
        Engine.requireOffHeap(y);
        problem = spec.problem();
        this.w = w;
        this.y = y;
        this.pool = pool;
        boolean dense = Im2col.needsNoCopy(x.layout(), problem);
        if (!dense) {
            Im2colConv.checkMemory(problem, x, memory);
        }
        panels = new Panels(problem, spec.dtype(), blocking, w.layout(), false, access);
        packed = arena.allocate(panels.bytes(), Tensor.ALIGNMENT);
        Stage pack = new Stage("pack", this::pack);
        if (spec.regime() == Regime.PREPARED) {
            pool.run(pack.task);
        } else {
            stages.add(pack);
        }
        long places = (long) problem.mb() * problem.oh() * problem.ow();
        Tensor columns = dense ? x.view(places, problem.terms()) : Tensor.allocate(arena, x.dtype(), places, problem.terms());
        Tensor source = x;
        if (!dense && problem.hasPadding()) {
            source = Tensor.allocate(arena, x.dtype(), Padding.frameSizes(problem));
            stages.add(new Stage("pad", new StridedCopy(x, Padding.interior(source, problem))));
        }
        // A y whose rows lie at several distances gets its result from one whose rows do not.
        boolean oneRun = RowRun.of(y.layout()).length() == places;
        Tensor target = oneRun ? y : Tensor.allocate(arena, y.dtype(), problem.ySizes());
        for (int g = 0; g < problem.g(); g++) {
            addGroup(g, dense, source, columns, target, blocking, access);
        }
        if (!oneRun) {
            stages.add(new Stage("scatter", new StridedCopy(target, y)));
        }
    }

    /**
     * {@code gemm}: the product alone, with no copy before it.
     *
     * @throws UnsupportedConvException if x is not the matrix already, and as the constructor does
     */
    public static GemmConv withoutCopy(ConvSpec spec, Tensor x, Tensor w, Tensor y, WorkerPool pool, long memory)
            throws UnsupportedConvException {
        if (!Im2col.needsNoCopy(x.layout(), spec.problem())) {
            throw new UnsupportedConvException(
                    spec.algorithm() + " multiplies x as it lies: it does 1x1 kernels with stride 1, no padding and one group,"
                            + " over a contiguous x");
        }
        return new GemmConv(spec, x, w, y, pool, memory);
    }

    private static void requireSupported(ConvSpec spec) throws UnsupportedConvException {
        if (spec.regime() != Regime.EAGER && spec.regime() != Regime.PREPARED) {
            throw new UnsupportedConvException(
                    "%s on the CPU is eager or prepared, not %s".formatted(spec.algorithm(), spec.regime().label()));
        }
        if (spec.output() != Output.REUSED) {
            throw new UnsupportedConvException("%s writes into the y that it is given: its output is reused, not %s"
                    .formatted(spec.algorithm(), spec.output().label()));
        }
    }

    private void addGroup(
            int group, boolean dense, Tensor source, Tensor columns, Tensor target, Blocking blocking, Access access) {
        if (!dense) {
            Layout windows = Im2col.view(source.layout(), problem, group);
            stages.add(new Stage("im2col", new StridedCopy(source.with(windows), columns.view(windows.sizes()))));
        }
        DType dtype = target.dtype();
        long bytes = dtype.bytes();
        Layout out = target.layout();
        BlockedGemm gemm = new BlockedGemm(
                dtype, columns.sizes()[0], problem.terms(), blocking, panels,
                panels.list().stream().filter(panel -> panel.group() == group).toList(),
                problem.terms() * bytes, bytes, RowRun.of(out).stride() * bytes, out.stride(3) * bytes, access);
        gemm.compile();
        BlockedGemm.Scratch[] scratch = new BlockedGemm.Scratch[pool.threads()];
        for (int part = 0; part < scratch.length; part++) {
            scratch[part] = gemm.scratch(arena);
        }
        long aAt = columns.layout().offset() * bytes;
        long cAt = (out.offset() + (long) group * problem.groupOc() * out.stride(3)) * bytes;
        stages.add(new Stage("gemm", (part, parts) ->
                gemm.run(part, parts, columns.storage(), aAt, packed, target.storage(), cAt, scratch[part])));
    }

    /**
     * Two vectors wide, one where there are no more columns. With 32 registers (512 bits) up to 16 sums, with
     * 16 up to 12: enough to hide the latency of a multiply-add, and registers left for the operands.
     */
    static Blocking blocking(DType dtype, int channels) {
        int bits = FloatVector.SPECIES_PREFERRED.vectorBitSize();
        boolean narrow = channels <= bits / Byte.SIZE / dtype.bytes();
        int rows = bits >= 512 ? narrow ? 15 : 8 : narrow ? 10 : 6;
        return new Blocking(bits, rows, narrow ? 1 : 2);
    }

    private void pack(int part, int parts) {
        int end = (int) Share.begin(panels.list().size(), part + 1, parts);
        for (int i = (int) Share.begin(panels.list().size(), part, parts); i < end; i++) {
            panels.pack(panels.list().get(i), w, packed, panels.list().get(i).at());
        }
    }

    /** Unchecked kernels would not notice that the packed weights are gone. */
    private void requireOpen() {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("the convolution is closed");
        }
    }

    @Override
    public void execute() {
        requireOpen();
        for (int i = 0; i < stages.size(); i++) {
            pool.run(stages.get(i).task);
        }
    }

    @Override
    public Map<String, Long> profile() {
        requireOpen();
        Map<String, Long> nanos = new LinkedHashMap<>();
        for (Stage stage : stages) {
            long start = System.nanoTime();
            pool.run(stage.task);
            nanos.merge(stage.name, System.nanoTime() - start, Long::sum);
        }
        return nanos;
    }

    @Override
    public Tensor output() {
        return y;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
