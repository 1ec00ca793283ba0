package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.tornadovm.kernels.BlockedF32;
import io.github.convgauge.tornadovm.kernels.CopyF32;
import io.github.convgauge.tornadovm.kernels.DirectF32;
import io.github.convgauge.tornadovm.kernels.GemmF32;
import io.github.convgauge.tornadovm.kernels.ImplicitGemmF32;
import io.github.convgauge.tornadovm.kernels.LinesF32;
import io.github.convgauge.tornadovm.kernels.PairsF32;
import io.github.convgauge.tornadovm.kernels.RowsF32;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** {@link Tasks} in f32. The twin of {@link TasksF64}. */
final class TasksF32 implements Tasks {
    @Override
    public TornadoNativeArray allocate(int elements) {
        return new FloatArray(elements);
    }

    @Override
    public void copy(TaskGraph graph, String id, TornadoNativeArray from, TornadoNativeArray to, Copy c) {
        graph.task(
                id, CopyF32::copy, (FloatArray) from, (FloatArray) to, c.n(), c.h(), c.w(), c.c(),
                c.fromOffset(), c.fN(), c.fH(), c.fW(), c.fC(),
                c.toOffset(), c.tN(), c.tH(), c.tW(), c.tC());
    }

    @Override
    public void pad(
            TaskGraph graph, String id, TornadoNativeArray x, TornadoNativeArray frame, Copy c, int frameH, int frameW,
            int top, int left) {
        graph.task(
                id, CopyF32::pad, (FloatArray) x, (FloatArray) frame, c.n(), c.h(), c.w(), c.c(), frameH, frameW, top, left,
                c.fromOffset(), c.fN(), c.fH(), c.fW(), c.fC());
    }

    @Override
    public void padLines(
            TaskGraph graph, String id, TornadoNativeArray x, TornadoNativeArray frame, Copy c, int frameH, int frameW,
            int top, int left, int lanes) {
        switch (lanes) {
            case 16 -> graph.task(
                    id, RowsF32::pad16, (FloatArray) x, (FloatArray) frame, c.n(), c.h(), c.w(), c.c(), frameH, frameW, top, left,
                    c.fromOffset(), c.fN(), c.fH(), c.fW(), c.fC());
            case 4 -> graph.task(
                    id, RowsF32::pad4, (FloatArray) x, (FloatArray) frame, c.n(), c.h(), c.w(), c.c(), frameH, frameW, top, left,
                    c.fromOffset(), c.fN(), c.fH(), c.fW(), c.fC());
            case 1 -> graph.task(
                    id, RowsF32::pad1, (FloatArray) x, (FloatArray) frame, c.n(), c.h(), c.w(), c.c(), frameH, frameW, top, left,
                    c.fromOffset(), c.fN(), c.fH(), c.fW(), c.fC());
            default -> throw new IllegalArgumentException("no kernel has " + lanes + " lanes");
        }
    }

    @Override
    public void touch(TaskGraph graph, String id, TornadoNativeArray y) {
        graph.task(id, CopyF32::touch, (FloatArray) y, 1, y.getSize());
    }

    @Override
    public void im2col(TaskGraph graph, String id, TornadoNativeArray x, TornadoNativeArray columns, Windows k) {
        graph.task(
                id, CopyF32::im2col, (FloatArray) x, (FloatArray) columns, k.offset(),
                k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(),
                k.xG(), k.xN(), k.xI(), k.xJ(), k.xKh(), k.xKw(), k.xC());
    }

    @Override
    public void im2colRows(TaskGraph graph, String id, TornadoNativeArray x, TornadoNativeArray columns, Windows k, int lanes) {
        switch (lanes) {
            case 16 -> graph.task(
                    id, RowsF32::im2col16, (FloatArray) x, (FloatArray) columns, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(),
                    k.xG(), k.xN(), k.xI(), k.xJ(), k.xKh(), k.xKw(), k.xC());
            case 4 -> graph.task(
                    id, RowsF32::im2col4, (FloatArray) x, (FloatArray) columns, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(),
                    k.xG(), k.xN(), k.xI(), k.xJ(), k.xKh(), k.xKw(), k.xC());
            case 1 -> graph.task(
                    id, RowsF32::im2col1, (FloatArray) x, (FloatArray) columns, k.offset(),
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
                id, GemmF32::gemm, (FloatArray) columns, (FloatArray) w, (FloatArray) y,
                offset, k.g(), k.mb(), k.oh() * k.ow(), k.terms(), k.goc());
    }

    @Override
    public void gemmTiled(
            TaskGraph graph, String id, KernelContext context, TornadoNativeArray columns, TornadoNativeArray w,
            TornadoNativeArray y, int offset, Windows k) {
        graph.task(
                id, GemmF32::tiled, context, (FloatArray) columns, (FloatArray) w, (FloatArray) y,
                offset, k.g(), k.rows(), k.terms(), k.goc());
    }

    @Override
    public void implicitGemm(
            TaskGraph graph, String id, KernelContext context, TornadoNativeArray x, TornadoNativeArray w, TornadoNativeArray y,
            Windows k, int splits) {
        graph.task(
                id, ImplicitGemmF32::tiles, context, (FloatArray) x, (FloatArray) w, (FloatArray) y, k.offset(),
                k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(), k.goc(),
                k.xG(), k.xN(), k.rowSteps(), k.columnSteps(), k.xC(), splits);
    }

    @Override
    public void sum(TaskGraph graph, String id, TornadoNativeArray partial, TornadoNativeArray y, Windows k, int splits) {
        graph.task(id, ImplicitGemmF32::sum, (FloatArray) partial, (FloatArray) y, splits, k.mb(), k.oh() * k.ow(), k.g(), k.goc());
    }

    @Override
    public void direct(
            TaskGraph graph, String id, TornadoNativeArray x, TornadoNativeArray w, TornadoNativeArray y, Windows k) {
        graph.task(
                id, DirectF32::direct, (FloatArray) x, (FloatArray) w, (FloatArray) y, k.offset(),
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
                    id, BlockedF32::lanes16, (FloatArray) x, (FloatArray) w, (FloatArray) y, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(), k.goc(),
                    k.xG(), k.xN(), k.xI(), k.xJ(), k.xKh(), k.xKw(), k.xC());
            case 8 -> graph.task(
                    id, BlockedF32::lanes8, (FloatArray) x, (FloatArray) w, (FloatArray) y, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(), k.goc(),
                    k.xG(), k.xN(), k.xI(), k.xJ(), k.xKh(), k.xKw(), k.xC());
            case 4 -> graph.task(
                    id, BlockedF32::lanes4, (FloatArray) x, (FloatArray) w, (FloatArray) y, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(), k.goc(),
                    k.xG(), k.xN(), k.xI(), k.xJ(), k.xKh(), k.xKw(), k.xC());
            case 1 -> graph.task(
                    id, BlockedF32::lanes1, (FloatArray) x, (FloatArray) w, (FloatArray) y, k.offset(),
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
                    id, LinesF32::lanes16, (FloatArray) x, (FloatArray) w, (FloatArray) y, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(), k.goc(),
                    k.xG(), k.xN(), k.rowSteps(), k.columnSteps(), k.xC(), k.rowsInside(), k.columnsInside(), lines.pixels());
            case 8 -> graph.task(
                    id, LinesF32::lanes8, (FloatArray) x, (FloatArray) w, (FloatArray) y, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(), k.goc(),
                    k.xG(), k.xN(), k.rowSteps(), k.columnSteps(), k.xC(), k.rowsInside(), k.columnsInside(), lines.pixels());
            case 4 -> graph.task(
                    id, LinesF32::lanes4, (FloatArray) x, (FloatArray) w, (FloatArray) y, k.offset(),
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
                    id, PairsF32::pairs16, (FloatArray) x, (FloatArray) w, (FloatArray) y, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(), k.goc(),
                    k.xG(), k.xN(), k.rowSteps(), k.columnSteps(), k.xC(), k.rowsInside(), k.columnsInside(), lines.pixels());
            case 8 -> graph.task(
                    id, PairsF32::pairs8, (FloatArray) x, (FloatArray) w, (FloatArray) y, k.offset(),
                    k.g(), k.mb(), k.oh(), k.ow(), k.kh(), k.kw(), k.gic(), k.goc(),
                    k.xG(), k.xN(), k.rowSteps(), k.columnSteps(), k.xC(), k.rowsInside(), k.columnsInside(), lines.pixels());
            default -> throw new IllegalArgumentException("no kernel has pairs of " + lines.lanes() + " lanes");
        }
    }
}
