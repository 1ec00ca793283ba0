package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.DeviceMemory;
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
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
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

    /** Of one graph, in TornadoVM 5.2.0; one more is an index out of bounds there. */
    public static final int MAX_TASKS = 256;

    private static final String MARK = "mark";
    private static final String TOUCH = "touch";
    private static final String PACK = "pack";

    private final ConvProblem problem;
    private final Tasks tasks;
    private final Grids grids;
    private final Variant variant;
    private final TaskGraph mark;
    private final TaskGraph graph;
    private final GridScheduler scheduler;
    private final List<String> taskNames;
    /** Behind the names of its tasks, where several convolutions share a graph. */
    private final String suffix;
    private final List<TornadoNativeArray> scratch = new ArrayList<>();
    private final List<Runnable> later = new ArrayList<>();
    /** Weights that are packed by the graph that marks y, and how. */
    private Optional<TornadoNativeArray> packedOnce = Optional.empty();
    private Runnable laterInMark = () -> {};
    private final TornadoNativeArray x;
    private final TornadoNativeArray w;
    private final TornadoNativeArray y;
    private final long bytes;

    /** The graphs that convolutions are put into, one or several. */
    record Shared(TaskGraph mark, TaskGraph graph, GridScheduler scheduler, List<String> taskNames) {
        static Shared fresh() {
            return new Shared(new TaskGraph(MARK), new TaskGraph(NAME), new GridScheduler(), new ArrayList<>());
        }
    }

    private ConvGraph(
            ConvProblem problem, Buffers buffers, Tasks tasks, Grids grids, Variant variant, Shared shared, String suffix,
            Tensor x, Tensor w, Tensor y) {
        this.problem = problem;
        this.mark = shared.mark;
        this.graph = shared.graph;
        this.scheduler = shared.scheduler;
        this.taskNames = shared.taskNames;
        this.suffix = suffix;
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
        Buffers buffers = buffers(spec, x, w, y, grids);
        buffers.memory().requireFits(globalBytes, largestBytes);
        Variant variant = Variant.parse(spec.algorithm(), spec.variant());
        ConvGraph graph = new ConvGraph(
                spec.problem(), buffers, Tasks.of(spec.dtype()), grids, variant, Shared.fresh(), "", x, w, y);
        graph.layOut(spec.algorithm(), buffers, spec.regime(), x.layout(), w.layout(), y.layout());
        graph.addMark();
        graph.mark.persistOnDevice(graph.handedOn().toArray());
        graph.transferIn(spec.regime());
        graph.graph.consumeFromDevice(MARK, graph.handedOn().toArray());
        graph.addTasks();
        graph.transferOut(spec.regime());
        return graph;
    }

    /**
     * Independent convolutions of one problem in one graph, one after the other, each with arrays of its own.
     * Nothing moves when they are executed.
     *
     * @param ys one for each
     * @throws UnsupportedConvException if they do not fit the device, before anything is allocated
     */
    public static ManyGraph many(
            ConvSpec spec, Tensor x, Tensor w, List<Tensor> ys, Grids grids, long globalBytes, long largestBytes)
            throws UnsupportedConvException {
        requireFit(spec, x, w, ys, grids, globalBytes, largestBytes);
        Variant variant = Variant.parse(spec.algorithm(), spec.variant());
        Shared shared = Shared.fresh();
        List<ConvGraph> parts = new ArrayList<>();
        for (int i = 0; i < ys.size(); i++) {
            Buffers buffers = buffers(spec, x, w, ys.get(i), grids);
            ConvGraph part = new ConvGraph(
                    spec.problem(), buffers, Tasks.of(spec.dtype()), grids, variant, shared, "_" + i, x, w, ys.get(i));
            part.layOut(spec.algorithm(), buffers, Regime.RESIDENT, x.layout(), w.layout(), ys.get(i).layout());
            parts.add(part);
        }
        if (shared.taskNames.size() > MAX_TASKS) {
            throw new UnsupportedConvException("%d convolutions are %d tasks, and a graph of TornadoVM holds %d".formatted(
                    ys.size(), shared.taskNames.size(), MAX_TASKS));
        }
        Object[] outputs = parts.stream().flatMap(part -> part.handedOn().stream()).toArray();
        parts.forEach(ConvGraph::addMark);
        shared.mark.persistOnDevice(outputs);
        parts.forEach(part -> part.transferIn(Regime.RESIDENT));
        shared.graph.consumeFromDevice(MARK, outputs);
        parts.forEach(ConvGraph::addTasks);
        parts.forEach(part -> part.transferOut(Regime.RESIDENT));
        return new ManyGraph(
                shared.mark, shared.graph, shared.scheduler, List.copyOf(shared.taskNames),
                parts.stream().map(part -> part.y).toList(), parts.stream().mapToLong(part -> part.bytes).sum());
    }

    /**
     * Whether so many convolutions fit the device together, in one graph or in several.
     *
     * @throws UnsupportedConvException if they do not
     */
    public static void requireFit(
            ConvSpec spec, Tensor x, Tensor w, List<Tensor> ys, Grids grids, long globalBytes, long largestBytes)
            throws UnsupportedConvException {
        DeviceMemory all = new DeviceMemory();
        for (Tensor y : ys) {
            Buffers buffers = buffers(spec, x, w, y, grids);
            buffers.memory().requireFits(globalBytes, largestBytes);
            all.add("the arrays of %d convolutions".formatted(ys.size()), buffers.memory().bytes());
        }
        all.requireFits(globalBytes, Long.MAX_VALUE);
    }

    private static Buffers buffers(ConvSpec spec, Tensor x, Tensor w, Tensor y, Grids grids) throws UnsupportedConvException {
        if (spec.algorithm().equals(IM2COL_GEMM_TILED) && grids.maxWorkGroup() < GemmF32.TILE * GemmF32.TILE) {
            throw new UnsupportedConvException("its work-groups have %d items, and the device allows %d".formatted(
                    GemmF32.TILE * GemmF32.TILE, grids.maxWorkGroup()));
        }
        // First whether all can be counted.
        Buffers inPlace = Buffers.of(spec, x, w, y, false);
        Optional<Lines> lines = lines(spec, x.layout(), grids);
        return lines.isPresent() && lines.get().packs(spec.problem().oc()) ? Buffers.of(spec, x, w, y, true) : inPlace;
    }

    /** What a work item of the kernel that sums up computes, if that is one of the kernels of whole vectors. */
    private static Optional<Lines> lines(ConvSpec spec, Layout xs, Grids grids) throws UnsupportedConvException {
        boolean multiplies = spec.algorithm().equals(IM2COL_GEMM) && grids.cpu();
        if (!multiplies && !spec.algorithm().equals(DIRECT_BLOCKED)) {
            return Optional.empty();
        }
        ConvProblem p = spec.problem();
        Windows windows = Windows.of(p, p.hasPadding() ? Layout.contiguous(Padding.frameSizes(p)) : xs);
        return Variant.parse(spec.algorithm(), spec.variant())
                .lines(grids, (multiplies ? windows.ofColumns(0) : windows).merged(), spec.dtype().bytes());
    }

    private TornadoNativeArray arrayOf(Tensor tensor) {
        TornadoNativeArray array = tasks.allocate(Math.toIntExact(tensor.storage().byteSize() / tensor.dtype().bytes()));
        array.getSegment().copyFrom(tensor.storage());
        return array;
    }

    /** Allocates everything, and puts the tasks together without adding them yet. */
    private void layOut(String algorithm, Buffers buffers, Regime regime, Layout xs, Layout ws, Layout ys)
            throws UnsupportedConvException {
        TornadoNativeArray source = x;
        Layout sourceLayout = xs;
        TornadoNativeArray weights = w;
        TornadoNativeArray target = y;

        if (buffers.frame()) {
            Layout frame = Layout.contiguous(Padding.frameSizes(problem));
            source = tasks.allocate(Math.toIntExact(frame.size()));
            scratch.add(source);
            sourceLayout = frame;
            pad(xs, source, frame);
        }
        if (!buffers.orderedWeights()) {
            Layout matrix = Layout.contiguous(problem.wSizes());
            weights = tasks.allocate(Math.toIntExact(matrix.size()));
            scratch.add(weights);
            copy("weights", w, ws, weights, matrix);
        }
        if (!buffers.orderedOutput()) {
            target = tasks.allocate(Math.toIntExact(y(problem).size()));
            scratch.add(target);
        }
        convolve(algorithm, buffers, regime, source, sourceLayout, weights, target);
        if (!buffers.orderedOutput()) {
            copy("scatter", target, y(problem), y, ys);
        }
    }

    /**
     * The weights as the kernel of pairs of vectors reads them, block of channels by block of channels. Where w stays as it is that
     * belongs to the graph that marks y, before anything is timed; else to each execution.
     *
     * @param matrix (kh·kw·gic, oc)
     */
    private TornadoNativeArray pack(TornadoNativeArray matrix, Lines lines, Regime regime) {
        int channels = lines.channels();
        int terms = Math.toIntExact(problem.terms());
        int blocks = problem.oc() / channels;
        long[] sizes = {blocks, terms, 1, channels};
        Copy copy = Copy.of(
                Layout.of(sizes, new long[] {channels, problem.oc(), channels, 1}, 0), Layout.contiguous(sizes));
        TornadoNativeArray packed = tasks.allocate(matrix.getSize());
        WorkerGrid grid = grids.parallel(copy.w() * copy.c(), copy.n() * copy.h());
        if (regime == Regime.END_TO_END || matrix != w) {
            scratch.add(packed);
            add(PACK, grid, task -> tasks.copy(graph, task, matrix, packed, copy));
        } else {
            packedOnce = Optional.of(packed);
            scheduler.addWorkerGrid(MARK + "." + PACK + suffix, grid);
            laterInMark = () -> tasks.copy(mark, PACK + suffix, matrix, packed, copy);
        }
        return packed;
    }

    private void addMark() {
        mark.transferToDevice(DataTransferMode.EVERY_EXECUTION, y);
        packedOnce.ifPresent(packed -> mark.transferToDevice(DataTransferMode.FIRST_EXECUTION, w, packed));
        tasks.touch(mark, TOUCH + suffix, y);
        scheduler.addWorkerGrid(MARK + "." + TOUCH + suffix, grids.parallel(y.getSize(), 1));
        laterInMark.run();
    }

    /** What the first graph leaves on the device for the second one. */
    private List<TornadoNativeArray> handedOn() {
        return Stream.concat(Stream.of(y), packedOnce.stream()).toList();
    }

    private void addTasks() {
        later.forEach(Runnable::run);
    }

    /** Resident results are fetched when they are wanted. */
    private void transferOut(Regime regime) {
        graph.transferToHost(
                regime == Regime.RESIDENT ? DataTransferMode.UNDER_DEMAND : DataTransferMode.EVERY_EXECUTION, y);
    }

    private static Layout y(ConvProblem p) {
        return Layout.contiguous(p.ySizes());
    }

    private void convolve(
            String algorithm, Buffers buffers, Regime regime, TornadoNativeArray source, Layout sourceLayout,
            TornadoNativeArray weights, TornadoNativeArray target)
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
                    if (grids.cpu()) {
                        add("im2col", grids.parallel(windows.g() * windows.rows(), 1),
                                id -> tasks.im2colRows(graph, id, source, matrix, windows, Runs.lanes(windows)));
                    } else {
                        add("im2col", grids.parallel(windows.terms(), windows.g() * windows.rows()),
                                id -> tasks.im2col(graph, id, source, matrix, windows));
                    }
                }
                multiply(algorithm.equals(IM2COL_GEMM_TILED), regime, columns, weights, target, offset, windows);
            }
            case DIRECT -> add(
                    DIRECT, variant.grid(grids, windows.oc(), windows.rows()),
                    id -> tasks.direct(graph, id, source, weights, target, windows));
            case DIRECT_BLOCKED -> blocked(DIRECT, regime, source, weights, target, windows);
            default -> throw new IllegalArgumentException("unknown algorithm '%s'; there are %s, %s, %s and %s"
                    .formatted(algorithm, IM2COL_GEMM, IM2COL_GEMM_TILED, DIRECT, DIRECT_BLOCKED));
        }
    }

    /** Several pixels times a vector of channels a work item: whole vectors and pixels of one line where the problem has them. */
    private void blocked(
            String name, Regime regime, TornadoNativeArray source, TornadoNativeArray weights, TornadoNativeArray target,
            Windows windows)
            throws UnsupportedConvException {
        Windows merged = windows.merged();
        Optional<Lines> lines = variant.lines(grids, merged, x.getElementSize());
        if (lines.isPresent()) {
            Lines blocks = lines.get();
            TornadoNativeArray vectors = blocks.packs(merged.oc()) ? pack(weights, blocks, regime) : weights;
            add(
                    name, variant.grid(grids, merged, blocks),
                    id -> tasks.directLines(graph, id, source, vectors, target, merged, blocks));
            return;
        }
        int lanes = variant.lanes(windows.goc(), x.getElementSize());
        add(
                name,
                variant.grid(
                        grids, windows.g() * Math.ceilDiv(windows.goc(), lanes), Math.ceilDiv(windows.rows(), BlockedF32.PIXELS)),
                id -> tasks.directBlocked(graph, id, source, weights, target, windows, lanes));
    }

    private void multiply(
            boolean tiled, Regime regime, TornadoNativeArray columns, TornadoNativeArray weights,
            TornadoNativeArray target, int offset, Windows windows)
            throws UnsupportedConvException {
        if (tiled) {
            KernelContext context = new KernelContext();
            add("gemm", Grids.tiles(windows.goc(), windows.rows(), windows.g(), GemmF32.TILE),
                    id -> tasks.gemmTiled(graph, id, context, columns, weights, target, offset, windows));
        } else if (grids.cpu()) {
            // Rows of the matrix are the windows of a 1x1 convolution over it.
            blocked("gemm", regime, columns, weights, target, windows.ofColumns(offset));
        } else {
            add("gemm", variant.grid(grids, windows.oc(), windows.rows()),
                    id -> tasks.gemm(graph, id, columns, weights, target, offset, windows));
        }
    }

    private void copy(
            String id, TornadoNativeArray from, Layout fromLayout, TornadoNativeArray to, Layout toLayout) {
        Copy copy = Copy.of(fromLayout, toLayout);
        add(id, grids.parallel(copy.w() * copy.c(), copy.n() * copy.h()),
                task -> tasks.copy(graph, task, from, to, copy));
    }

    private void pad(Layout xs, TornadoNativeArray frame, Layout frameLayout) {
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

    private void add(String name, WorkerGrid grid, Consumer<String> task) {
        String id = name + suffix;
        taskNames.add(id);
        scheduler.addWorkerGrid(NAME + "." + id, grid);
        later.add(() -> task.accept(id));
    }

    /**
     * x and w go in once, or at each execution where the regime says so; y is on the device already.
     * Scratch arrays are written before they are read, and are not sent at all.
     */
    private void transferIn(Regime regime) {
        List<Object> once = new ArrayList<>(scratch);
        List<Object> always = new ArrayList<>();
        (regime == Regime.RESIDENT ? once : always).add(x);
        if (packedOnce.isEmpty()) {
            (regime == Regime.END_TO_END ? always : once).add(w);
        }
        if (!once.isEmpty()) {
            graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, once.toArray());
        }
        if (!always.isEmpty()) {
            graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, always.toArray());
        }
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
