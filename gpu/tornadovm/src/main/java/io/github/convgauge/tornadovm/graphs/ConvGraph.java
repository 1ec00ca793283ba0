package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Im2col;
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
    private static final String MARK = "mark";
    private static final String TOUCH = "touch";
    public static final String IM2COL_GEMM = "im2col+gemm";
    public static final String IM2COL_GEMM_TILED = "im2col+gemm-tiled";
    public static final String DIRECT = "direct";
    public static final String DIRECT_BLOCKED = "direct-blocked";

    /** Kernels count in int, and a loop that has ended is one grid further: half of what an int holds. */
    private static final long MAX_ELEMENTS = 1L << 30;
    /** A vector of channels beyond 64 bytes is no faster. */
    private static final int VECTOR_BYTES = 64;

    private final ConvProblem problem;
    private final Tasks tasks;
    private final Grids grids;
    private final TaskGraph mark = new TaskGraph(MARK);
    private final TaskGraph graph = new TaskGraph(NAME);
    private final GridScheduler scheduler = new GridScheduler();
    private final List<String> taskNames = new ArrayList<>();
    private final TornadoNativeArray x;
    private final TornadoNativeArray w;
    private final TornadoNativeArray y;
    private final long bytes;

    private ConvGraph(ConvProblem problem, Plan plan, Tasks tasks, Grids grids, Tensor x, Tensor w, Tensor y) {
        this.problem = problem;
        this.tasks = tasks;
        this.grids = grids;
        this.x = arrayOf(x);
        this.w = arrayOf(w);
        this.y = arrayOf(y);
        this.bytes = plan.memory.bytes();
    }

    /** What a row needs beside its tensors. */
    private record Plan(boolean frame, boolean columns, boolean orderedWeights, boolean orderedOutput, DeviceMemory memory) {}

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
        Plan plan = plan(spec, x, w, y);
        plan.memory.requireFits(globalBytes, largestBytes);
        ConvGraph graph = new ConvGraph(spec.problem(), plan, Tasks.of(spec.dtype()), grids, x, w, y);
        graph.build(spec.algorithm(), spec.regime(), plan, x.layout(), w.layout(), y.layout());
        return graph;
    }

    private static Plan plan(ConvSpec spec, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
        ConvProblem p = spec.problem();
        boolean lowered = spec.algorithm().equals(IM2COL_GEMM) || spec.algorithm().equals(IM2COL_GEMM_TILED);
        boolean columns = lowered && !Im2col.needsNoCopy(x.layout(), p);
        boolean frame = p.hasPadding();
        boolean orderedWeights = isOrdered(w.layout());
        boolean orderedOutput = isOrdered(y.layout());
        int size = spec.dtype().bytes();
        Sizes sizes = new Sizes(new DeviceMemory(), size);
        sizes.add("x", x.storage().byteSize() / size);
        sizes.add("w", w.storage().byteSize() / size);
        sizes.add("y", y.storage().byteSize() / size);
        if (frame) {
            sizes.add("the padded x", Padding.frameSizes(p));
        }
        if (columns) {
            sizes.add("the column matrix", p.g(), p.mb(), p.oh(), p.ow(), p.terms());
        }
        if (!orderedWeights) {
            sizes.add("w as a matrix", p.wSizes());
        }
        if (!orderedOutput) {
            sizes.add("y in order", p.ySizes());
        }
        return new Plan(frame, columns, orderedWeights, orderedOutput, sizes.memory);
    }

    private record Sizes(DeviceMemory memory, int elementBytes) {
        void add(String name, long... extents) throws UnsupportedConvException {
            double elements = 1;
            for (long extent : extents) {
                elements *= extent;
            }
            if (elements > MAX_ELEMENTS) {
                throw new UnsupportedConvException("%s has %.0f elements, and the kernels count to %d"
                        .formatted(name, elements, MAX_ELEMENTS));
            }
            memory.add(name, (long) elements * elementBytes + TornadoNativeArray.ARRAY_HEADER);
        }
    }

    private static boolean isOrdered(Layout layout) {
        return layout.isContiguous() && layout.offset() == 0;
    }

    private TornadoNativeArray arrayOf(Tensor tensor) {
        TornadoNativeArray array = tasks.allocate(Math.toIntExact(tensor.storage().byteSize() / tensor.dtype().bytes()));
        array.getSegment().copyFrom(tensor.storage());
        return array;
    }

    private void build(String algorithm, Regime regime, Plan plan, Layout xs, Layout ws, Layout ys) {
        List<TornadoNativeArray> scratch = new ArrayList<>();
        TornadoNativeArray source = x;
        Layout sourceLayout = xs;
        TornadoNativeArray weights = w;
        TornadoNativeArray target = y;
        List<Runnable> later = new ArrayList<>();

        if (plan.frame) {
            Layout frame = Layout.contiguous(Padding.frameSizes(problem));
            source = tasks.allocate(Math.toIntExact(frame.size()));
            scratch.add(source);
            sourceLayout = frame;
            pad(later, xs, source, frame);
        }
        if (!plan.orderedWeights) {
            Layout matrix = Layout.contiguous(problem.wSizes());
            weights = tasks.allocate(Math.toIntExact(matrix.size()));
            scratch.add(weights);
            copy(later, "weights", w, ws, weights, matrix);
        }
        if (!plan.orderedOutput) {
            target = tasks.allocate(Math.toIntExact(y(problem).size()));
            scratch.add(target);
        }
        convolve(later, scratch, algorithm, plan, source, sourceLayout, weights, target);
        if (!plan.orderedOutput) {
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
            List<Runnable> later, List<TornadoNativeArray> scratch, String algorithm, Plan plan,
            TornadoNativeArray source, Layout sourceLayout, TornadoNativeArray weights, TornadoNativeArray target) {
        Windows windows = Windows.of(problem, sourceLayout);
        switch (algorithm) {
            case IM2COL_GEMM, IM2COL_GEMM_TILED -> {
                TornadoNativeArray columns = source;
                int offset = windows.offset();
                if (plan.columns) {
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
                    later, DIRECT, grids.parallel(windows.oc(), windows.rows()),
                    id -> tasks.direct(graph, id, source, weights, target, windows));
            case DIRECT_BLOCKED -> {
                int lanes = lanes(windows.goc(), x.getElementSize());
                add(
                        later, DIRECT,
                        grids.parallel(
                                windows.g() * Math.ceilDiv(windows.goc(), lanes),
                                Math.ceilDiv(windows.rows(), BlockedF32.PIXELS)),
                        id -> tasks.directBlocked(graph, id, source, weights, target, windows, lanes));
            }
            default -> throw new IllegalArgumentException("unknown algorithm '%s'; there are %s, %s, %s and %s"
                    .formatted(algorithm, IM2COL_GEMM, IM2COL_GEMM_TILED, DIRECT, DIRECT_BLOCKED));
        }
    }

    private void multiply(
            List<Runnable> later, boolean tiled, TornadoNativeArray columns, TornadoNativeArray weights,
            TornadoNativeArray target, int offset, Windows windows) {
        if (tiled) {
            KernelContext context = new KernelContext();
            add(later, "gemm", Grids.tiles(windows.goc(), windows.rows(), windows.g(), GemmF32.TILE),
                    id -> tasks.gemmTiled(graph, id, context, columns, weights, target, offset, windows));
        } else {
            add(later, "gemm", grids.parallel(windows.oc(), windows.rows()),
                    id -> tasks.gemm(graph, id, columns, weights, target, offset, windows));
        }
    }

    /** The width that computes the fewest channels in vain; the widest of those. */
    static int lanes(int goc, int elementBytes) {
        int best = 1;
        for (int lanes : new int[] {4, 8, 16}) {
            boolean fits = lanes <= goc && lanes * elementBytes <= VECTOR_BYTES;
            // A vector costs much less than its lanes one by one, so width counts before waste.
            if (fits && cost(goc, lanes) <= cost(goc, best)) {
                best = lanes;
            }
        }
        return best;
    }

    /** Vectors of channels, each a little dearer than the next narrower one. */
    private static double cost(int goc, int lanes) {
        return Math.ceilDiv(goc, lanes) * Math.sqrt(lanes);
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
