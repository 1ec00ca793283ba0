package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Padding;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import io.github.convgauge.tornadovm.grids.Grids;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * The two graphs of a row and the arrays of x, w and y, and what all rows do with them: y is marked, x and w go in as the
 * regime says, copies are tasks, and y comes out. Arrays hold a tensor's storage as it lies in memory.
 */
abstract class TwoGraphs implements RowGraph {
    static final String MARK = "mark";

    private static final String TOUCH = "touch";

    final ConvProblem problem;
    final Tasks tasks;
    final Grids grids;
    final Shared shared;
    final TaskGraph mark;
    final TaskGraph graph;
    final GridScheduler scheduler;
    /** Behind the names of its tasks, where several convolutions share a graph. */
    final String suffix;
    final TornadoNativeArray x;
    final TornadoNativeArray w;
    final TornadoNativeArray y;
    private final long bytes;
    private final List<TornadoNativeArray> scratch = new ArrayList<>();
    private final List<Addition> later = new ArrayList<>();

    /** The graphs that convolutions are put into, one or several. */
    record Shared(TaskGraph mark, TaskGraph graph, GridScheduler scheduler, List<String> taskNames) {
        static Shared fresh() {
            return new Shared(new TaskGraph(MARK), new TaskGraph(NAME), new GridScheduler(), new ArrayList<>());
        }

        /** What the first graph leaves on the device, for the second one. */
        void handOn(Collection<TornadoNativeArray> arrays) {
            mark.persistOnDevice(arrays.toArray());
            graph.consumeFromDevice(MARK, arrays.toArray());
        }
    }

    /** Puts a task into the graph. */
    @FunctionalInterface
    interface Addition {
        void run() throws UnsupportedConvException;
    }

    /**
     * @param zeros elements in front of x
     * @param bytes all that the row allocates on the device
     */
    TwoGraphs(
            ConvProblem problem, DType dtype, Grids grids, Shared shared, String suffix, int zeros, Tensor x, Tensor w, Tensor y,
            long bytes) {
        this.problem = problem;
        this.tasks = Tasks.of(dtype);
        this.grids = grids;
        this.shared = shared;
        this.mark = shared.mark;
        this.graph = shared.graph;
        this.scheduler = shared.scheduler;
        this.suffix = suffix;
        this.x = arrayOf(zeros, x);
        this.w = arrayOf(0, w);
        this.y = arrayOf(0, y);
        this.bytes = bytes;
    }

    private TornadoNativeArray arrayOf(int zeros, Tensor tensor) {
        int bytes = tensor.dtype().bytes();
        TornadoNativeArray array = tasks.allocate(Math.toIntExact(zeros + tensor.storage().byteSize() / bytes));
        array.getSegment().asSlice(0, (long) zeros * bytes).fill((byte) 0);
        array.getSegment().asSlice((long) zeros * bytes).copyFrom(tensor.storage());
        return array;
    }

    /** An array that tasks of the graph write before they read it. */
    final TornadoNativeArray scratch(long elements) {
        TornadoNativeArray array = tasks.allocate(Math.toIntExact(elements));
        scratch.add(array);
        return array;
    }

    /** A task of the graph, behind those that were added before; {@link #addTasks} puts it there. */
    final void add(String name, WorkerGrid grid, Consumer<String> task) {
        String id = name + suffix;
        scheduler.addWorkerGrid(NAME + "." + id, grid);
        addLater(id, () -> task.accept(id));
    }

    /** One whose work items are not ours to say. */
    final void addLater(String id, Addition task) {
        shared.taskNames.add(id);
        later.add(task);
    }

    final void copy(String id, TornadoNativeArray from, Layout fromLayout, TornadoNativeArray to, Layout toLayout) {
        Copy copy = Copy.of(fromLayout, toLayout);
        add(id, grids.parallel(copy.w() * copy.c(), copy.n() * copy.h()),
                task -> tasks.copy(graph, task, from, to, copy));
    }

    /** x into the middle of a frame of zeros. */
    final void pad(Layout xs, TornadoNativeArray frame, Layout frameLayout) {
        Copy copy = Copy.of(xs, Padding.interior(frameLayout, problem));
        int height = Math.toIntExact(frameLayout.size(1));
        int width = Math.toIntExact(frameLayout.size(2));
        if (grids.cpu()) {
            add("pad", grids.parallel(copy.n() * height, 1), task -> tasks.padLines(
                    graph, task, x, frame, copy, height, width, problem.padTop(), problem.padLeft(), Runs.lanes(copy)));
            return;
        }
        add("pad", grids.parallel(width * copy.c(), copy.n() * height),
                task -> tasks.pad(graph, task, x, frame, copy, height, width, problem.padTop(), problem.padLeft()));
    }

    /** Takes y, as it is on the host, to the device: by a task that reads it, or TornadoVM would not send it. */
    final void addMark() {
        mark.transferToDevice(DataTransferMode.EVERY_EXECUTION, y);
        tasks.touch(mark, TOUCH + suffix, y);
        scheduler.addWorkerGrid(MARK + "." + TOUCH + suffix, grids.parallel(y.getSize(), 1));
    }

    /**
     * x and w go in once, or at each execution where the regime says so; y is on the device already.
     * Scratch arrays are written before they are read, and are not sent at all.
     *
     * @param readsWeights whether tasks of the graph read w, and not only what the graph that marks y made of it
     */
    final void transferIn(Regime regime, boolean readsWeights) {
        List<Object> once = new ArrayList<>(scratch);
        List<Object> always = new ArrayList<>();
        (regime == Regime.RESIDENT ? once : always).add(x);
        if (readsWeights) {
            (regime == Regime.END_TO_END ? always : once).add(w);
        }
        if (!once.isEmpty()) {
            graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, once.toArray());
        }
        if (!always.isEmpty()) {
            graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, always.toArray());
        }
    }

    final void addTasks() throws UnsupportedConvException {
        for (Addition addition : later) {
            addition.run();
        }
    }

    /** Resident results are fetched when they are wanted. */
    final void transferOut(Regime regime) {
        graph.transferToHost(
                regime == Regime.RESIDENT ? DataTransferMode.UNDER_DEMAND : DataTransferMode.EVERY_EXECUTION, y);
    }

    @Override
    public final TaskGraph mark() {
        return mark;
    }

    @Override
    public final TaskGraph graph() {
        return graph;
    }

    @Override
    public final GridScheduler scheduler() {
        return scheduler;
    }

    @Override
    public final List<String> taskNames() {
        return List.copyOf(shared.taskNames);
    }

    @Override
    public final TornadoNativeArray y() {
        return y;
    }

    @Override
    public final long bytes() {
        return bytes;
    }
}
