package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.tornadovm.kernels.BlockedF64;
import io.github.convgauge.tornadovm.kernels.CopyF64;
import io.github.convgauge.tornadovm.kernels.DirectF64;
import io.github.convgauge.tornadovm.kernels.GemmF64;
import io.github.convgauge.tornadovm.kernels.ImplicitGemmF64;
import io.github.convgauge.tornadovm.kernels.LinesF64;
import io.github.convgauge.tornadovm.kernels.PairsF64;
import io.github.convgauge.tornadovm.kernels.RowsF64;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** {@link Tasks} in f64. The twin of {@link TasksF32}. */
final class TasksF64 implements Tasks {
    @Override
    public TornadoNativeArray allocate(int elements) {
        return new DoubleArray(elements);
    }

    @Override
    public void copy(TaskGraph graph, String id, TornadoNativeArray from, TornadoNativeArray to, Copy c) {
        graph.task(
                id, CopyF64::copy, (DoubleArray) from, (DoubleArray) to, c.n(), c.h(), c.w(), c.c(),
                c.fromOffset(), c.fN(), c.fH(), c.fW(), c.fC(),
                c.toOffset(), c.tN(), c.tH(), c.tW(), c.tC());
    }

    @Override
    public void pad(
            TaskGraph graph, String id, TornadoNativeArray x, TornadoNativeArray frame, Copy c, int frameH, int frameW,
            int top, int left) {
        graph.task(
                id, CopyF64::pad, (DoubleArray) x, (DoubleArray) frame, c.n(), c.h(), c.w(), c.c(), frameH, frameW, top, left,
                c.fromOffset(), c.fN(), c.fH(), c.fW(), c.fC());
    }

    @Override
    public void padLines(
            TaskGraph graph, String id, TornadoNativeArray x, TornadoNativeArray frame, Copy c, int frameH, int frameW,
            int top, int left, int lanes) {
        switch (lanes) {
            case 16 -> graph.task(
                    id, RowsF64::pad16, (DoubleArray) x, (DoubleArray) frame, c.n(), c.h(), c.w(), c.c(), frameH, frameW, top, left,
                    c.fromOffset(), c.fN(), c.fH(), c.fW(), c.fC());
            case 4 -> graph.task(
                    id, RowsF64::pad4, (DoubleArray) x, (DoubleArray) frame, c.n(), c.h(), c.w(), c.c(), frameH, frameW, top, left,
                    c.fromOffset(), c.fN(), c.fH(), c.fW(), c.fC());
            case 1 -> graph.task(
                    id, RowsF64::pad1, (DoubleArray) x, (DoubleArray) frame, c.n(), c.h(), c.w(), c.c(), frameH, frameW, top, left,
                    c.fromOffset(), c.fN(), c.fH(), c.fW(), c.fC());
            default -> throw new IllegalArgumentException("no kernel has " + lanes + " lanes");
        }
    }

    @Override
    public void touch(TaskGraph graph, String id, TornadoNativeArray y) {
        graph.task(id, CopyF64::touch, (DoubleArray) y, 1, y.getSize());
    }

    @Override
    public void im2col(TaskGraph graph, String id, TornadoNativeArray x, TornadoNativeArray columns, Windows k) {
        graph.task(
                id, CopyF64::im2col, (DoubleArray) x, (DoubleArray) columns, k.offset(),
                k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(),
                k.xG(), k.xN(), k.xI(), k.xJ(), k.xKh(), k.xKw(), k.xC());
    }

    @Override
    public void im2colRows(TaskGraph graph, String id, TornadoNativeArray x, TornadoNativeArray columns, Windows k, int lanes) {
        switch (lanes) {
            case 16 -> graph.task(
                    id, RowsF64::im2col16, (DoubleArray) x, (DoubleArray) columns, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(),
                    k.xG(), k.xN(), k.xI(), k.xJ(), k.xKh(), k.xKw(), k.xC());
            case 4 -> graph.task(
                    id, RowsF64::im2col4, (DoubleArray) x, (DoubleArray) columns, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(),
                    k.xG(), k.xN(), k.xI(), k.xJ(), k.xKh(), k.xKw(), k.xC());
            case 1 -> graph.task(
                    id, RowsF64::im2col1, (DoubleArray) x, (DoubleArray) columns, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(),
                    k.xG(), k.xN(), k.xI(), k.xJ(), k.xKh(), k.xKw(), k.xC());
            default -> throw new IllegalArgumentException("no kernel has " + lanes + " lanes");
        }
    }

    @Override
    public void gemm(
            TaskGraph graph, String id, TornadoNativeArray columns, TornadoNativeArray w, TornadoNativeArray y,
            int offset, Windows k) {
        graph.task(
                id, GemmF64::gemm, (DoubleArray) columns, (DoubleArray) w, (DoubleArray) y,
                offset, k.g(), k.mb(), k.oh() * k.ow(), k.terms(), k.goc());
    }

    @Override
    public void gemmTiled(
            TaskGraph graph, String id, KernelContext context, TornadoNativeArray columns, TornadoNativeArray w,
            TornadoNativeArray y, int offset, Windows k) {
        graph.task(
                id, GemmF64::tiled, context, (DoubleArray) columns, (DoubleArray) w, (DoubleArray) y,
                offset, k.g(), k.rows(), k.terms(), k.goc());
    }

    @Override
    public void implicitGemm(
            TaskGraph graph, String id, KernelContext context, TornadoNativeArray x, TornadoNativeArray w, TornadoNativeArray y,
            Windows k, int splits) {
        graph.task(
                id, ImplicitGemmF64::tiles, context, (DoubleArray) x, (DoubleArray) w, (DoubleArray) y, k.offset(),
                k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(), k.goc(),
                k.xG(), k.xN(), k.rowSteps(), k.columnSteps(), k.xC(), splits);
    }

    @Override
    public void sum(TaskGraph graph, String id, TornadoNativeArray partial, TornadoNativeArray y, Windows k, int splits) {
        graph.task(id, ImplicitGemmF64::sum, (DoubleArray) partial, (DoubleArray) y, splits, k.mb(), k.oh() * k.ow(), k.g(), k.goc());
    }

    @Override
    public void direct(
            TaskGraph graph, String id, TornadoNativeArray x, TornadoNativeArray w, TornadoNativeArray y, Windows k) {
        graph.task(
                id, DirectF64::direct, (DoubleArray) x, (DoubleArray) w, (DoubleArray) y, k.offset(),
                k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(), k.goc(),
                k.xG(), k.xN(), k.xI(), k.xJ(), k.xKh(), k.xKw(), k.xC());
    }

    @Override
    public void directBlocked(
            TaskGraph graph, String id, TornadoNativeArray x, TornadoNativeArray w, TornadoNativeArray y, Windows k,
            int lanes) {
        // A task is the method that its reference names, so each width is a call of its own.
        switch (lanes) {
            case 16 -> graph.task(
                    id, BlockedF64::lanes16, (DoubleArray) x, (DoubleArray) w, (DoubleArray) y, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(), k.goc(),
                    k.xG(), k.xN(), k.xI(), k.xJ(), k.xKh(), k.xKw(), k.xC());
            case 8 -> graph.task(
                    id, BlockedF64::lanes8, (DoubleArray) x, (DoubleArray) w, (DoubleArray) y, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(), k.goc(),
                    k.xG(), k.xN(), k.xI(), k.xJ(), k.xKh(), k.xKw(), k.xC());
            case 4 -> graph.task(
                    id, BlockedF64::lanes4, (DoubleArray) x, (DoubleArray) w, (DoubleArray) y, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(), k.goc(),
                    k.xG(), k.xN(), k.xI(), k.xJ(), k.xKh(), k.xKw(), k.xC());
            case 1 -> graph.task(
                    id, BlockedF64::lanes1, (DoubleArray) x, (DoubleArray) w, (DoubleArray) y, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(), k.goc(),
                    k.xG(), k.xN(), k.xI(), k.xJ(), k.xKh(), k.xKw(), k.xC());
            default -> throw new IllegalArgumentException("no kernel has " + lanes + " lanes");
        }
    }

    @Override
    public void directLines(
            TaskGraph graph, String id, TornadoNativeArray x, TornadoNativeArray w, TornadoNativeArray y, Windows k,
            Lines lines) {
        if (lines.vectors() == 2) {
            directPairs(graph, id, x, w, y, k, lines);
            return;
        }
        switch (lines.lanes()) {
            case 16 -> graph.task(
                    id, LinesF64::lanes16, (DoubleArray) x, (DoubleArray) w, (DoubleArray) y, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(), k.goc(),
                    k.xG(), k.xN(), k.rowSteps(), k.columnSteps(), k.xC(), k.rowsInside(), k.columnsInside(), lines.pixels());
            case 8 -> graph.task(
                    id, LinesF64::lanes8, (DoubleArray) x, (DoubleArray) w, (DoubleArray) y, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(), k.goc(),
                    k.xG(), k.xN(), k.rowSteps(), k.columnSteps(), k.xC(), k.rowsInside(), k.columnsInside(), lines.pixels());
            case 4 -> graph.task(
                    id, LinesF64::lanes4, (DoubleArray) x, (DoubleArray) w, (DoubleArray) y, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(), k.goc(),
                    k.xG(), k.xN(), k.rowSteps(), k.columnSteps(), k.xC(), k.rowsInside(), k.columnsInside(), lines.pixels());
            default -> throw new IllegalArgumentException("no kernel has " + lines.lanes() + " lanes");
        }
    }

    private static void directPairs(
            TaskGraph graph, String id, TornadoNativeArray x, TornadoNativeArray w, TornadoNativeArray y, Windows k,
            Lines lines) {
        switch (lines.lanes()) {
            case 16 -> graph.task(
                    id, PairsF64::pairs16, (DoubleArray) x, (DoubleArray) w, (DoubleArray) y, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(), k.goc(),
                    k.xG(), k.xN(), k.rowSteps(), k.columnSteps(), k.xC(), k.rowsInside(), k.columnsInside(), lines.pixels());
            case 8 -> graph.task(
                    id, PairsF64::pairs8, (DoubleArray) x, (DoubleArray) w, (DoubleArray) y, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(), k.goc(),
                    k.xG(), k.xN(), k.rowSteps(), k.columnSteps(), k.xC(), k.rowsInside(), k.columnsInside(), lines.pixels());
            default -> throw new IllegalArgumentException("no kernel has pairs of " + lines.lanes() + " lanes");
        }
    }
}
