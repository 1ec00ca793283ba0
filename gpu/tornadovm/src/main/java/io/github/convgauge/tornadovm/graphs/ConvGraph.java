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
import io.github.convgauge.tornadovm.kernels.ImplicitGemmF32;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * The task graph of one row, with its arrays and grids.
 *
 * <p>The kernels read x through any strides; a zeroed frame (task {@code pad}) where they cannot read x as it is
 * ({@link Windows#overEdges}), weights in an order that is no
 * (kh·kw·gic, oc) matrix (task {@code weights}) and a y whose memory is not in order (task
 * {@code scatter}) cost a strided copy at each execution.
 */
public final class ConvGraph extends TwoGraphs {
    public static final String IM2COL_GEMM = "im2col+gemm";
    public static final String IM2COL_GEMM_TILED = "im2col+gemm-tiled";
    public static final String DIRECT = "direct";
    public static final String DIRECT_BLOCKED = "direct-blocked";
    public static final String IMPLICIT_GEMM = "implicit-gemm";

    /** Of one graph, in TornadoVM 5.2.0; one more is an index out of bounds there. */
    public static final int MAX_TASKS = 256;

    private static final String PACK = "pack";

    private final Variant variant;
    /** Weights that are packed by the graph that marks y, and how. */
    private Optional<TornadoNativeArray> packedOnce = Optional.empty();
    private Runnable laterInMark = () -> {};

    private ConvGraph(
            ConvSpec spec, Buffers buffers, Grids grids, Variant variant, Shared shared, String suffix, Tensor x, Tensor w, Tensor y) {
        super(spec.problem(), spec.dtype(), grids, shared, suffix, buffers.zeros(), x, w, y, buffers.memory().bytes());
        this.variant = variant;
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
        Shared shared = Shared.fresh();
        ConvGraph graph = new ConvGraph(spec, buffers, grids, variant, shared, "", x, w, y);
        graph.layOut(spec.algorithm(), buffers, spec.regime(), x.layout(), w.layout(), y.layout());
        graph.addMarks();
        graph.transferIn(spec.regime());
        shared.handOn(graph.handedOn());
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
            ConvGraph part = new ConvGraph(spec, buffers, grids, variant, shared, "_" + i, x, w, ys.get(i));
            part.layOut(spec.algorithm(), buffers, Regime.RESIDENT, x.layout(), w.layout(), ys.get(i).layout());
            parts.add(part);
        }
        if (shared.taskNames().size() > MAX_TASKS) {
            throw new UnsupportedConvException("%d convolutions are %d tasks, and a graph of TornadoVM holds %d".formatted(
                    ys.size(), shared.taskNames().size(), MAX_TASKS));
        }
        parts.forEach(ConvGraph::addMarks);
        parts.forEach(part -> part.transferIn(Regime.RESIDENT));
        shared.handOn(parts.stream().flatMap(part -> part.handedOn().stream()).toList());
        for (ConvGraph part : parts) {
            part.addTasks();
        }
        parts.forEach(part -> part.transferOut(Regime.RESIDENT));
        return new ManyGraph(
                shared.mark(), shared.graph(), shared.scheduler(), List.copyOf(shared.taskNames()),
                parts.stream().map(ConvGraph::y).toList(), parts.stream().mapToLong(ConvGraph::bytes).sum());
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
        int group = switch (spec.algorithm()) {
            case IM2COL_GEMM_TILED -> GemmF32.TILE * GemmF32.TILE;
            case IMPLICIT_GEMM -> ImplicitGemmF32.ITEMS;
            default -> 1;
        };
        if (grids.maxWorkGroup() < group) {
            throw new UnsupportedConvException("its work-groups have %d items, and the device allows %d".formatted(
                    group, grids.maxWorkGroup()));
        }
        int partial = spec.algorithm().equals(IMPLICIT_GEMM)
                ? Variant.parse(IMPLICIT_GEMM, spec.variant()).splits(grids, spec.problem())
                : 1;
        int zeros = overEdges(spec, x.layout(), grids).isPresent() ? Windows.zeros(spec.problem()) : 0;
        // First whether all can be counted.
        Buffers unpacked = Buffers.of(spec, x, w, y, zeros, false, partial);
        Optional<Lines> lines = lines(spec, x.layout(), grids);
        return lines.isPresent() && lines.get().packs(spec.problem().oc()) ? Buffers.of(spec, x, w, y, zeros, true, partial) : unpacked;
    }

    /** Windows of a padded x that needs no frame, if the kernel that convolves is one that reads them. */
    private static Optional<Windows> overEdges(ConvSpec spec, Layout xs, Grids grids) throws UnsupportedConvException {
        Optional<Windows> windows = spec.algorithm().equals(DIRECT_BLOCKED) ? Windows.overEdges(spec.problem(), xs) : Optional.empty();
        return windows.isPresent()
                && Variant.parse(spec.algorithm(), spec.variant()).lines(grids, windows.get(), spec.dtype().bytes()).isPresent()
                ? windows
                : Optional.empty();
    }

    /** What a work item of the kernel that sums up computes, if that is one of the kernels of whole vectors. */
    private static Optional<Lines> lines(ConvSpec spec, Layout xs, Grids grids) throws UnsupportedConvException {
        boolean multiplies = spec.algorithm().equals(IM2COL_GEMM) && grids.cpu();
        if (!multiplies && !spec.algorithm().equals(DIRECT_BLOCKED)) {
            return Optional.empty();
        }
        ConvProblem p = spec.problem();
        Optional<Windows> overEdges = overEdges(spec, xs, grids);
        Windows windows = overEdges.isPresent()
                ? overEdges.get()
                : Windows.of(p, p.hasPadding() ? Layout.contiguous(Padding.frameSizes(p)) : xs);
        return Variant.parse(spec.algorithm(), spec.variant())
                .lines(grids, (multiplies ? windows.ofColumns(0) : windows).merged(), spec.dtype().bytes());
    }

    /** Allocates everything, and puts the tasks together without adding them yet. */
    private void layOut(String algorithm, Buffers buffers, Regime regime, Layout xs, Layout ws, Layout ys)
            throws UnsupportedConvException {
        TornadoNativeArray source = x;
        Windows windows;
        TornadoNativeArray weights = w;
        TornadoNativeArray target = y;

        if (buffers.frame()) {
            Layout frame = Layout.contiguous(Padding.frameSizes(problem));
            source = scratch(frame.size());
            windows = Windows.of(problem, frame);
            pad(xs, source, frame);
        } else if (buffers.zeros() > 0) {
            windows = Windows.overEdges(problem, xs).orElseThrow();
        } else {
            windows = Windows.of(problem, xs);
        }
        if (!buffers.orderedWeights()) {
            Layout matrix = Layout.contiguous(problem.wSizes());
            weights = scratch(matrix.size());
            copy("weights", w, ws, weights, matrix);
        }
        if (!buffers.orderedOutput()) {
            target = scratch(ordered(problem).size());
        }
        convolve(algorithm, buffers, regime, source, windows, weights, target);
        if (!buffers.orderedOutput()) {
            copy("scatter", target, ordered(problem), y, ys);
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
        WorkerGrid grid = grids.parallel(copy.w() * copy.c(), copy.n() * copy.h());
        if (regime == Regime.END_TO_END || matrix != w) {
            TornadoNativeArray packed = scratch(matrix.getSize());
            add(PACK, grid, task -> tasks.copy(graph, task, matrix, packed, copy));
            return packed;
        }
        TornadoNativeArray packed = tasks.allocate(matrix.getSize());
        packedOnce = Optional.of(packed);
        scheduler.addWorkerGrid(MARK + "." + PACK + suffix, grid);
        laterInMark = () -> tasks.copy(mark, PACK + suffix, matrix, packed, copy);
        return packed;
    }

    private void addMarks() {
        packedOnce.ifPresent(packed -> mark.transferToDevice(DataTransferMode.FIRST_EXECUTION, w, packed));
        addMark();
        laterInMark.run();
    }

    /** What the first graph leaves on the device for the second one. */
    private List<TornadoNativeArray> handedOn() {
        return Stream.concat(Stream.of(y), packedOnce.stream()).toList();
    }

    private void transferIn(Regime regime) {
        transferIn(regime, packedOnce.isEmpty());
    }

    private static Layout ordered(ConvProblem p) {
        return Layout.contiguous(p.ySizes());
    }

    private void convolve(
            String algorithm, Buffers buffers, Regime regime, TornadoNativeArray source, Windows windows,
            TornadoNativeArray weights, TornadoNativeArray target)
            throws UnsupportedConvException {
        switch (algorithm) {
            case IM2COL_GEMM, IM2COL_GEMM_TILED -> {
                TornadoNativeArray columns = source;
                int offset = windows.offset();
                if (buffers.columns()) {
                    columns = scratch(windows.g() * windows.rows() * windows.terms());
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
            case IMPLICIT_GEMM -> implicitGemm(source, weights, target, windows);
            default -> throw new IllegalArgumentException("unknown algorithm '%s'; there are %s, %s, %s, %s and %s"
                    .formatted(algorithm, IM2COL_GEMM, IM2COL_GEMM_TILED, DIRECT, DIRECT_BLOCKED, IMPLICIT_GEMM));
        }
    }

    /** In tiles, whose terms several work-groups may share. */
    private void implicitGemm(
            TornadoNativeArray source, TornadoNativeArray weights, TornadoNativeArray target, Windows windows)
            throws UnsupportedConvException {
        int splits = variant.splits(grids, problem);
        TornadoNativeArray sums = splits > 1 ? scratch((long) splits * windows.rows() * windows.oc()) : target;
        KernelContext context = new KernelContext();
        add("gemm", Tiles.grid(windows, splits),
                id -> tasks.implicitGemm(graph, id, context, source, weights, sums, windows, splits));
        if (splits > 1) {
            add("sum", grids.parallel(windows.oc(), windows.rows()), id -> tasks.sum(graph, id, sums, target, windows, splits));
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
        int lanes = variant.lanes(grids, windows.goc(), x.getElementSize());
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
}
