package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.tensor.DType;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** Adds kernels of one dtype to task graphs: TornadoVM wants a method and an array class for each. */
interface Tasks {
    static Tasks of(DType dtype) {
        return dtype == DType.F64 ? new TasksF64() : new TasksF32();
    }

    TornadoNativeArray allocate(int elements);

    void copy(TaskGraph graph, String id, TornadoNativeArray from, TornadoNativeArray to, Copy c);

    /** @param c of x into the frame */
    void pad(
            TaskGraph graph, String id, TornadoNativeArray x, TornadoNativeArray frame, Copy c, int frameH, int frameW,
            int top, int left);

    /**
     * The same, a line a work item.
     *
     * @param lanes 16, 4 or 1: what {@link Runs} says
     */
    void padLines(
            TaskGraph graph, String id, TornadoNativeArray x, TornadoNativeArray frame, Copy c, int frameH, int frameW,
            int top, int left, int lanes);

    void touch(TaskGraph graph, String id, TornadoNativeArray y);

    void im2col(TaskGraph graph, String id, TornadoNativeArray x, TornadoNativeArray columns, Windows k);

    /**
     * The same, a row a work item.
     *
     * @param lanes 16, 4 or 1: what {@link Runs} says
     */
    void im2colRows(TaskGraph graph, String id, TornadoNativeArray x, TornadoNativeArray columns, Windows k, int lanes);

    /** @param offset where the column matrices begin */
    void gemm(
            TaskGraph graph, String id, TornadoNativeArray columns, TornadoNativeArray w, TornadoNativeArray y,
            int offset, Windows k);

    /** @param offset where the column matrices begin */
    void gemmTiled(
            TaskGraph graph, String id, KernelContext context, TornadoNativeArray columns, TornadoNativeArray w,
            TornadoNativeArray y, int offset, Windows k);

    /** @param y partial sums, one after the other, where there are several splits */
    void implicitGemm(
            TaskGraph graph, String id, KernelContext context, TornadoNativeArray x, TornadoNativeArray w, TornadoNativeArray y,
            Windows k, int splits);

    /** Of the partial sums that {@link #implicitGemm} left. */
    void sum(TaskGraph graph, String id, TornadoNativeArray partial, TornadoNativeArray y, Windows k, int splits);

    void direct(TaskGraph graph, String id, TornadoNativeArray x, TornadoNativeArray w, TornadoNativeArray y, Windows k);

    /** @param lanes 16, 8, 4 or 1, and no more than there are output channels in a group */
    void directBlocked(
            TaskGraph graph, String id, TornadoNativeArray x, TornadoNativeArray w, TornadoNativeArray y, Windows k,
            int lanes);

    /** Neighbouring pixels of a line times one or two whole vectors of channels. */
    void directLines(
            TaskGraph graph, String id, TornadoNativeArray x, TornadoNativeArray w, TornadoNativeArray y, Windows k,
            Lines lines);
}
