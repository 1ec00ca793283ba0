package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Padding;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import io.github.convgauge.tornadovm.grids.Grids;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * A row whose arithmetic is a call of cuBLAS or cuDNN on TornadoVM's own arrays, between the same generated copies that
 * other rows have: the windows into a matrix for cuBLAS; NHWC into NCHW and back for cuDNN, whose task takes nothing else.
 *
 * <p>Weights in another order than the library's are copied before any execution where they stay on the device, and at
 * each execution end to end.
 */
public final class LibraryGraph implements RowGraph {
    /** In f32 as it is: {@code CUBLAS_DEFAULT_MATH} does not touch the inputs. */
    public static final String IM2COL_CUBLAS = "im2col+cublas";
    /** With the inputs in TF32, on tensor cores. */
    public static final String IM2COL_CUBLAS_TF32 = "im2col+cublas-tf32";
    /**
     * cuDNN's IMPLICIT_PRECOMP_GEMM, which TornadoVM's task always takes. It leaves the math mode at
     * {@code CUDNN_DEFAULT_MATH}, and so the inputs are in TF32 wherever tensor cores take that.
     */
    public static final String CUDNN = "cudnn";

    private static final List<String> ALL = List.of(IM2COL_CUBLAS, IM2COL_CUBLAS_TF32, CUDNN);

    private static final String MARK = "mark";
    private static final String TOUCH = "touch";
    private static final String WEIGHTS = "weights";

    private final ConvProblem problem;
    private final Regime regime;
    private final LibraryBuffers buffers;
    private final Tasks tasks;
    private final Grids grids;
    private final Libraries libraries;
    private final TaskGraph mark = new TaskGraph(MARK);
    private final TaskGraph graph = new TaskGraph(NAME);
    private final GridScheduler scheduler = new GridScheduler();
    private final List<String> taskNames = new ArrayList<>();
    private final List<String> libraryTasks = new ArrayList<>();
    private final List<TornadoNativeArray> scratch = new ArrayList<>();
    private final List<Addition> later = new ArrayList<>();
    private final TornadoNativeArray x;
    private final TornadoNativeArray w;
    private final TornadoNativeArray y;
    private final Layout xs;
    private final Layout ws;
    private final Layout ys;
    /** The copy of the weights that stays on the device, or null. */
    private TornadoNativeArray keptWeights;

    /** Puts a task into the graph. */
    @FunctionalInterface
    private interface Addition {
        void run() throws UnsupportedConvException;
    }

    private LibraryGraph(ConvSpec spec, LibraryBuffers buffers, Tensor x, Tensor w, Tensor y, Grids grids, Libraries libraries) {
        this.problem = spec.problem();
        this.regime = spec.regime();
        this.buffers = buffers;
        this.tasks = Tasks.of(spec.dtype());
        this.grids = grids;
        this.libraries = libraries;
        xs = x.layout();
        ws = w.layout();
        ys = y.layout();
        this.x = arrayOf(x);
        this.w = arrayOf(w);
        this.y = arrayOf(y);
    }

    /** Whether an algorithm is done so. */
    public static boolean does(String algorithm) {
        return ALL.contains(algorithm);
    }

    /**
     * @param globalBytes memory of the device
     * @param largestBytes its largest single allocation
     * @throws UnsupportedConvException if the library's task does not do this, or it does not fit the device, before
     *     anything is allocated
     */
    public static LibraryGraph of(
            ConvSpec spec, Tensor x, Tensor w, Tensor y, Grids grids, long globalBytes, long largestBytes, Libraries libraries)
            throws UnsupportedConvException {
        if (spec.dtype() != DType.F32) {
            throw new UnsupportedConvException("TornadoVM's library tasks compute in f32, not in " + spec.dtype().label());
        }
        boolean cudnn = spec.algorithm().equals(CUDNN);
        if (cudnn) {
            requireCudnn(spec.problem());
        }
        LibraryBuffers buffers = cudnn ? LibraryBuffers.ofCudnn(spec, x, w, y) : LibraryBuffers.ofCublas(spec, x, w, y);
        buffers.memory().requireFits(globalBytes, largestBytes);
        LibraryGraph built = new LibraryGraph(spec, buffers, x, w, y, grids, libraries);
        if (cudnn) {
            built.layOutCudnn();
        } else {
            built.layOutCublas(spec.algorithm().equals(IM2COL_CUBLAS_TF32));
        }
        built.build();
        return built;
    }

    private static void requireCudnn(ConvProblem p) throws UnsupportedConvException {
        String what = p.g() > 1 ? "groups"
                : p.dh() > 0 || p.dw() > 0 ? "dilation"
                : p.sh() != p.sw() ? "two different strides"
                : !isSymmetric(p) ? "padding that is not the same on all sides"
                : null;
        if (what != null) {
            throw new UnsupportedConvException("TornadoVM's cuDNN task has no " + what);
        }
    }

    /** Whether the padding of the top and left on all sides gives this output; what no window reaches makes no difference. */
    private static boolean isSymmetric(ConvProblem p) {
        return p.padTop() == p.padLeft()
                && Math.floorDiv(p.ih() + 2 * p.padTop() - p.kh(), p.sh()) + 1 == p.oh()
                && Math.floorDiv(p.iw() + 2 * p.padLeft() - p.kw(), p.sw()) + 1 == p.ow();
    }

    private TornadoNativeArray arrayOf(Tensor tensor) {
        TornadoNativeArray array = tasks.allocate(Math.toIntExact(tensor.storage().byteSize() / tensor.dtype().bytes()));
        array.getSegment().copyFrom(tensor.storage());
        return array;
    }

    private TornadoNativeArray scratch(Layout layout) {
        TornadoNativeArray array = tasks.allocate(Math.toIntExact(layout.size()));
        scratch.add(array);
        return array;
    }

    /**
     * Row-major (rows, terms)·(terms, goc) is column-major (goc, terms)·(terms, rows) of the same memory, so w is A
     * and the columns are B. Each group is one product of a batch.
     */
    private void layOutCublas(boolean tf32) {
        TornadoNativeArray source = x;
        Layout sourceLayout = xs;
        if (buffers.frame() != null) {
            source = scratch(buffers.frame());
            sourceLayout = buffers.frame();
            pad(source);
        }
        Windows k = Windows.of(problem, sourceLayout);
        TornadoNativeArray columns = source;
        if (buffers.input() != null) {
            columns = scratch(buffers.input());
            TornadoNativeArray from = source;
            TornadoNativeArray to = columns;
            generated("im2col", grids.parallel(k.terms(), k.g() * k.rows()), id -> tasks.im2col(graph, id, from, to, k));
        }
        TornadoNativeArray weights = buffers.weights() == null ? w : weights();
        TornadoNativeArray target = buffers.output() == null ? y : scratch(buffers.output());
        Libraries.Product product = new Libraries.Product(
                k.goc(), k.rows(), k.terms(), weights, k.oc(), k.goc(), columns, k.terms(), (long) k.rows() * k.terms(),
                target, k.oc(), k.goc(), k.g());
        called("gemm", () -> libraries.multiply(graph, "gemm", product, tf32));
        if (buffers.output() != null) {
            copy("scatter", target, buffers.output(), y, ys);
        }
    }

    private void layOutCudnn() {
        ConvProblem p = problem;
        TornadoNativeArray source = x;
        if (buffers.input() != null) {
            source = scratch(buffers.input());
            copy("nchw", x, xs, source, buffers.input());
        }
        TornadoNativeArray weights = buffers.weights() == null ? w : weights();
        TornadoNativeArray target = buffers.output() == null ? y : scratch(buffers.output());
        Libraries.Conv2d conv = new Libraries.Conv2d(
                source, weights, target, p.mb(), p.ic(), p.ih(), p.iw(), p.oc(), p.kh(), p.kw(), p.padTop(), p.sh());
        called("conv2d", () -> libraries.convolve(graph, "conv2d", conv));
        if (buffers.output() != null) {
            copy("nhwc", target, buffers.output(), y, ys);
        }
    }

    /** A copy of the weights in the library's order: once where they stay on the device, else at each execution. */
    private TornadoNativeArray weights() {
        TornadoNativeArray copy = tasks.allocate(Math.toIntExact(buffers.weights().size()));
        if (regime == Regime.END_TO_END) {
            scratch.add(copy);
            copy(WEIGHTS, w, ws, copy, buffers.weights());
        } else {
            keptWeights = copy;
            Copy c = Copy.of(ws, buffers.weights());
            mark.transferToDevice(DataTransferMode.FIRST_EXECUTION, w, copy);
            tasks.copy(mark, WEIGHTS, w, copy, c);
            scheduler.addWorkerGrid(MARK + "." + WEIGHTS, grids.parallel(c.w() * c.c(), c.n() * c.h()));
        }
        return copy;
    }

    private void pad(TornadoNativeArray frame) {
        Copy c = Copy.of(xs, Padding.interior(buffers.frame(), problem));
        int height = Math.toIntExact(buffers.frame().size(1));
        int width = Math.toIntExact(buffers.frame().size(2));
        generated("pad", grids.parallel(width * c.c(), c.n() * height),
                id -> tasks.pad(graph, id, x, frame, c, height, width, problem.padTop(), problem.padLeft()));
    }

    private void copy(String id, TornadoNativeArray from, Layout fromLayout, TornadoNativeArray to, Layout toLayout) {
        Copy c = Copy.of(fromLayout, toLayout);
        generated(id, grids.parallel(c.w() * c.c(), c.n() * c.h()), task -> tasks.copy(graph, task, from, to, c));
    }

    private void generated(String id, WorkerGrid grid, Consumer<String> task) {
        taskNames.add(id);
        scheduler.addWorkerGrid(NAME + "." + id, grid);
        later.add(() -> task.accept(id));
    }

    private void called(String id, Addition task) {
        taskNames.add(id);
        libraryTasks.add(id);
        later.add(task);
    }

    private void build() throws UnsupportedConvException {
        mark.transferToDevice(DataTransferMode.EVERY_EXECUTION, y);
        tasks.touch(mark, TOUCH, y);
        scheduler.addWorkerGrid(MARK + "." + TOUCH, grids.parallel(y.getSize(), 1));
        Object[] kept = keptWeights == null ? new Object[] {y} : new Object[] {y, keptWeights};
        mark.persistOnDevice(kept);

        List<Object> once = new ArrayList<>(scratch);
        List<Object> always = new ArrayList<>();
        (regime == Regime.RESIDENT ? once : always).add(x);
        if (keptWeights == null) {
            (regime == Regime.END_TO_END ? always : once).add(w);
        }
        if (!once.isEmpty()) {
            graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, once.toArray());
        }
        if (!always.isEmpty()) {
            graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, always.toArray());
        }
        graph.consumeFromDevice(MARK, kept);
        for (Addition addition : later) {
            addition.run();
        }
        // Resident results are fetched when they are wanted.
        graph.transferToHost(regime == Regime.RESIDENT ? DataTransferMode.UNDER_DEMAND : DataTransferMode.EVERY_EXECUTION, y);
    }

    @Override
    public TaskGraph mark() {
        return mark;
    }

    @Override
    public TaskGraph graph() {
        return graph;
    }

    @Override
    public GridScheduler scheduler() {
        return scheduler;
    }

    @Override
    public List<String> taskNames() {
        return List.copyOf(taskNames);
    }

    @Override
    public List<String> libraryTasks() {
        return List.copyOf(libraryTasks);
    }

    @Override
    public TornadoNativeArray y() {
        return y;
    }

    @Override
    public long bytes() {
        return buffers.memory().bytes();
    }
}
