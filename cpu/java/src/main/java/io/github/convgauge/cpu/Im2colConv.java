package io.github.convgauge.cpu;

import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Im2col;
import io.github.convgauge.conv.Padding;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code im2col}: every window of the input copied into one row of the column matrix, then one
 * matrix product per group with w as a (kh·kw·ic/g, oc/g) matrix. Padding is a zeroed frame around
 * x, filled anew at each execution. A 1×1 convolution over a dense x needs no copy: x is the matrix.
 */
public final class Im2colConv implements PreparedConv {
    private static final double GIB = 1L << 30;

    private final ConvProblem problem;
    /** (kh, kw, ic/g, oc) in such memory that it is a matrix (kh·kw·ic/g, oc) too. */
    private final Tensor weights;
    private final long weightsRow;
    private final Tensor y;
    private final RowRun yRun;
    private final WorkerPool pool;
    private final Arena arena = Arena.ofShared();
    /** The column matrix (mb·oh·ow, kh·kw·ic/g), which the groups use one after the other. */
    private final Tensor columns;
    private final List<Stage> stages = new ArrayList<>();

    private record Stage(String name, WorkerPool.Task task) {}

    /** @param memory the machine's, in bytes */
    Im2colConv(ConvProblem problem, Tensor x, Tensor w, Tensor y, WorkerPool pool, long memory)
            throws UnsupportedConvException {
        boolean dense = Im2col.needsNoCopy(x.layout(), problem);
        if (!dense) {
            checkMemory(problem, x, memory);
        }
        this.problem = problem;
        this.y = y;
        yRun = RowRun.of(y.layout());
        this.pool = pool;
        long places = (long) problem.mb() * problem.oh() * problem.ow();
        Gemm[] gemms = new Gemm[pool.threads()];
        for (int part = 0; part < gemms.length; part++) {
            gemms[part] = Gemm.of(y.dtype(), places, problem.terms(), problem.groupOc());
        }
        if (dense) {
            columns = x.view(places, problem.terms());
        } else {
            columns = Tensor.allocate(arena, x.dtype(), places, problem.terms());
        }
        if (RowRun.of(w.layout()).length() == problem.terms()) {
            weights = w;
        } else {
            // As NumPy's reshape does: strides that cannot carry the matrix cost a copy at each call.
            weights = Tensor.allocate(arena, w.dtype(), problem.wSizes());
            stages.add(new Stage("weights", new StridedCopy(w, weights)));
        }
        weightsRow = RowRun.of(weights.layout()).stride();
        Tensor source = x;
        if (!dense && problem.hasPadding()) {
            source = Tensor.allocate(arena, x.dtype(), Padding.frameSizes(problem));
            stages.add(new Stage("pad", new StridedCopy(x, Padding.interior(source, problem))));
        }
        for (int g = 0; g < problem.g(); g++) {
            int group = g;
            if (!dense) {
                Layout windows = Im2col.view(source.layout(), problem, group);
                stages.add(new Stage("im2col", new StridedCopy(source.with(windows), columns.view(windows.sizes()))));
            }
            stages.add(new Stage("gemm", (part, parts) ->
                    multiply(gemms[part], group, Share.begin(places, part, parts), Share.begin(places, part + 1, parts))));
        }
    }

    /** Refuses a column matrix that the machine could not hold. */
    public static void checkMemory(ConvProblem p, Tensor x, long memory) throws UnsupportedConvException {
        double columnMatrix = (double) p.mb() * p.oh() * p.ow() * p.terms() * x.dtype().bytes();
        double frame = 0;
        if (p.hasPadding()) {
            frame = x.dtype().bytes();
            for (long size : Padding.frameSizes(p)) {
                frame *= size;
            }
        }
        double tensors = p.bytes(x.dtype());
        if (columnMatrix + frame + tensors > memory) {
            throw new UnsupportedConvException(String.format(
                    Locale.ROOT,
                    "the column matrix takes %.1f GiB beside %.1f GiB of tensors, and this machine has %.1f GiB of memory",
                    columnMatrix / GIB, (frame + tensors) / GIB, memory / GIB));
        }
    }

    @Override
    public void execute() {
        for (int i = 0; i < stages.size(); i++) {
            pool.run(stages.get(i).task);
        }
    }

    @Override
    public Map<String, Long> profile() {
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

    /** Some rows of a group's product, columns @ w.reshape(-1, oc). */
    private void multiply(Gemm gemm, int group, long from, long to) {
        for (int o = 0; o < problem.groupOc(); o += Gemm.MAX_COLUMNS) {
            int width = Math.min(Gemm.MAX_COLUMNS, problem.groupOc() - o);
            long channel = (long) group * problem.groupOc() + o;
            for (long row = from; row < to; row += Gemm.MAX_ROWS) {
                int rows = (int) Math.min(Gemm.MAX_ROWS, to - row);
                gemm.begin(rows, width);
                addTerms(gemm, channel, row, rows);
                gemm.store(rows, y, yRun, row, channel);
            }
        }
    }

    private void addTerms(Gemm gemm, long channel, long row, int rows) {
        Layout wl = weights.layout();
        Layout cl = columns.layout();
        long terms = problem.terms();
        for (long k = 0; k < terms; k += Gemm.MAX_DEPTH) {
            int depth = (int) Math.min(Gemm.MAX_DEPTH, terms - k);
            gemm.packB(
                    weights.storage(), wl.offset() + k * weightsRow + channel * wl.stride(3),
                    weightsRow, wl.stride(3), depth);
            gemm.add(0, rows, columns.storage(), cl.offset() + row * terms + k, terms, 1);
        }
    }
}
