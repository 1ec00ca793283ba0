package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Padding;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import io.github.convgauge.tornadovm.grids.Grids;
import io.github.convgauge.tornadovm.kernels.BlockedF32;
import io.github.convgauge.tornadovm.kernels.GemmF32;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * The task graph of one row, with its arrays and grids.
 *
 * <p>Arrays hold the storage of x, w and y as it lies in memory, whatever their strides. The kernels
 * read x through any strides; a zeroed frame (task {@code pad}), weights in an order that is no
 * (kh·kw·gic, oc) matrix (task {@code weights}) and a y whose memory is not in order (task
 * {@code scatter}) cost a strided copy at each execution.
 */
public final class ConvGraph implements RowGraph {
    public static final String IM2COL_GEMM = "im2col+gemm";
    public static final String IM2COL_GEMM_TILED = "im2col+gemm-tiled";
    public static final String DIRECT = "direct";
    public static final String DIRECT_BLOCKED = "direct-blocked";

    private static final String MARK = "mark";
    private static final String TOUCH = "touch";

    private final ConvProblem problem;
    private final Tasks tasks;
    private final Grids grids;
    private final Variant variant;
    private final TaskGraph mark = new TaskGraph(MARK);
    private final TaskGraph graph = new TaskGraph(NAME);
    private final GridScheduler scheduler = new GridScheduler();
    private final List<String> taskNames = new ArrayList<>();
    private final TornadoNativeArray x;
    private final TornadoNativeArray w;
    private final TornadoNativeArray y;
    private final long bytes;

    private ConvGraph(ConvProblem problem, Buffers buffers, Tasks tasks, Grids grids, Variant variant, Tensor x, Tensor w, Tensor y) {
        this.problem = problem;
        this.tasks = tasks;
        this.grids = grids;
        this.variant = variant;
        this.x = arrayOf(x);
        this.w = arrayOf(w);
        this.y = arrayOf(y);
        this.bytes = buffers.memory().bytes();
    }

    /**
     * @param globalBytes memory of the device
     * @param largestBytes its largest single allocation
     * @throws UnsupportedConvException if the row does not fit the device, before anything is allocated
     */
    public static ConvGraph of(
            ConvSpec spec, Tensor x, Tensor w, Tensor y, Grids grids, long globalBytes, long largestBytes)
            throws UnsupportedConvException {
        if (spec.algorithm().equals(IM2COL_GEMM_TILED) && grids.maxWorkGroup() < GemmF32.TILE * GemmF32.TILE) {
            throw new UnsupportedConvException("its work-groups have %d items, and the device allows %d".formatted(
                    GemmF32.TILE * GemmF32.TILE, grids.maxWorkGroup()));
        }
        Buffers buffers = Buffers.of(spec, x, w, y);
        buffers.memory().requireFits(globalBytes, largestBytes);
        Variant variant = Variant.parse(spec.algorithm(), spec.variant());
        ConvGraph graph = new ConvGraph(spec.problem(), buffers, Tasks.of(spec.dtype()), grids, variant, x, w, y);
        graph.build(spec.algorithm(), spec.regime(), buffers, x.layout(), w.layout(), y.layout());
        return graph;
    }

    private TornadoNativeArray arrayOf(Tensor tensor) {
        TornadoNativeArray array = tasks.allocate(Math.toIntExact(tensor.storage().byteSize() / tensor.dtype().bytes()));
        array.getSegment().copyFrom(tensor.storage());
        return array;
    }

    private void build(String algorithm, Regime regime, Buffers buffers, Layout xs, Layout ws, Layout ys)
            throws UnsupportedConvException {
        List<TornadoNativeArray> scratch = new ArrayList<>();
        TornadoNativeArray source = x;
        Layout sourceLayout = xs;
        TornadoNativeArray weights = w;
        TornadoNativeArray target = y;
        List<Runnable> later = new ArrayList<>();

        if (buffers.frame()) {
            Layout frame = Layout.contiguous(Padding.frameSizes(problem));
            source = tasks.allocate(Math.toIntExact(frame.size()));
            scratch.add(source);
            sourceLayout = frame;
            pad(later, xs, source, frame);
        }
        if (!buffers.orderedWeights()) {
            Layout matrix = Layout.contiguous(problem.wSizes());
            weights = tasks.allocate(Math.toIntExact(matrix.size()));
            scratch.add(weights);
            copy(later, "weights", w, ws, weights, matrix);
        }
        if (!buffers.orderedOutput()) {
            target = tasks.allocate(Math.toIntExact(y(problem).size()));
            scratch.add(target);
        }
        convolve(later, scratch, algorithm, buffers, source, sourceLayout, weights, target);
        if (!buffers.orderedOutput()) {
            copy(later, "scatter", target, y(problem), y, ys);
        }
        mark.transferToDevice(DataTransferMode.EVERY_EXECUTION, y);
        tasks.touch(mark, TOUCH, y);
        scheduler.addWorkerGrid(MARK + "." + TOUCH, grids.parallel(y.getSize(), 1));
        mark.persistOnDevice(y);

        transferIn(regime, scratch);
        later.forEach(Runnable::run);
        // Resident results are fetched when they are wanted.
        graph.transferToHost(
                regime == Regime.RESIDENT ? DataTransferMode.UNDER_DEMAND : DataTransferMode.EVERY_EXECUTION, y);
    }

    private static Layout y(ConvProblem p) {
        return Layout.contiguous(p.ySizes());
    }

    private void convolve(
            List<Runnable> later, List<TornadoNativeArray> scratch, String algorithm, Buffers buffers,
            TornadoNativeArray source, Layout sourceLayout, TornadoNativeArray weights, TornadoNativeArray target)
            throws UnsupportedConvException {
        Windows windows = Windows.of(problem, sourceLayout);
        switch (algorithm) {
            case IM2COL_GEMM, IM2COL_GEMM_TILED -> {
                TornadoNativeArray columns = source;
                int offset = windows.offset();
                if (buffers.columns()) {
                    columns = tasks.allocate(windows.g() * windows.rows() * windows.terms());
                    scratch.add(columns);
                    offset = 0;
                    TornadoNativeArray matrix = columns;
                    add(later, "im2col", grids.parallel(windows.terms(), windows.g() * windows.rows()),
                            id -> tasks.im2col(graph, id, source, matrix, windows));
                }
                multiply(later, algorithm.equals(IM2COL_GEMM_TILED), columns, weights, target, offset, windows);
            }
            case DIRECT -> add(
                    later, DIRECT, variant.grid(grids, windows.oc(), windows.rows()),
                    id -> tasks.direct(graph, id, source, weights, target, windows));
            case DIRECT_BLOCKED -> {
                int lanes = variant.lanes(windows.goc(), x.getElementSize());
                add(
                        later, DIRECT,
                        variant.grid(
                                grids, windows.g() * Math.ceilDiv(windows.goc(), lanes),
                                Math.ceilDiv(windows.rows(), BlockedF32.PIXELS)),
                        id -> tasks.directBlocked(graph, id, source, weights, target, windows, lanes));
            }
            default -> throw new IllegalArgumentException("unknown algorithm '%s'; there are %s, %s, %s and %s"
                    .formatted(algorithm, IM2COL_GEMM, IM2COL_GEMM_TILED, DIRECT, DIRECT_BLOCKED));
        }
    }

    private void multiply(
            List<Runnable> later, boolean tiled, TornadoNativeArray columns, TornadoNativeArray weights,
            TornadoNativeArray target, int offset, Windows windows)
            throws UnsupportedConvException {
        if (tiled) {
            KernelContext context = new KernelContext();
            add(later, "gemm", Grids.tiles(windows.goc(), windows.rows(), windows.g(), GemmF32.TILE),
                    id -> tasks.gemmTiled(graph, id, context, columns, weights, target, offset, windows));
        } else {
            add(later, "gemm", variant.grid(grids, windows.oc(), windows.rows()),
                    id -> tasks.gemm(graph, id, columns, weights, target, offset, windows));
        }
    }

    private void copy(
            List<Runnable> later, String id, TornadoNativeArray from, Layout fromLayout, TornadoNativeArray to, Layout toLayout) {
        Copy copy = Copy.of(fromLayout, toLayout);
        add(later, id, grids.parallel(copy.w() * copy.c(), copy.n() * copy.h()),
                task -> tasks.copy(graph, task, from, to, copy));
    }

    private void pad(List<Runnable> later, Layout xs, TornadoNativeArray frame, Layout frameLayout) {
        Copy copy = Copy.of(xs, Padding.interior(frameLayout, problem));
        int height = Math.toIntExact(frameLayout.size(1));
        int width = Math.toIntExact(frameLayout.size(2));
        add(later, "pad", grids.parallel(width * copy.c(), copy.n() * height),
                task -> tasks.pad(graph, task, x, frame, copy, height, width, problem.padTop(), problem.padLeft()));
    }

    private void add(List<Runnable> later, String id, WorkerGrid grid, Consumer<String> task) {
        taskNames.add(id);
        scheduler.addWorkerGrid(NAME + "." + id, grid);
        later.add(() -> task.accept(id));
    }

    /**
     * x and w go in once, or at each execution where the regime says so; y is on the device already.
     * Scratch arrays are written before they are read, and are not sent at all.
     */
    private void transferIn(Regime regime, List<TornadoNativeArray> scratch) {
        List<Object> once = new ArrayList<>(scratch);
        List<Object> always = new ArrayList<>();
        (regime == Regime.RESIDENT ? once : always).add(x);
        (regime == Regime.END_TO_END ? always : once).add(w);
        if (!once.isEmpty()) {
            graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, once.toArray());
        }
        if (!always.isEmpty()) {
            graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, always.toArray());
        }
        graph.consumeFromDevice(MARK, y);
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
    public TornadoNativeArray y() {
        return y;
    }

    @Override
    public long bytes() {
        return bytes;
    }
}
