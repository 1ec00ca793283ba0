package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import io.github.convgauge.tornadovm.grids.Grids;
import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * A row whose arithmetic is a call of cuBLAS or cuDNN on TornadoVM's own arrays, between the same generated copies that
 * other rows have: the windows into a matrix for cuBLAS; NHWC into NCHW and back for cuDNN, whose task takes nothing else.
 *
 * <p>Weights in another order than the library's are copied before any execution where they stay on the device, and at
 * each execution end to end.
 */
public final class LibraryGraph extends TwoGraphs {
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

    private static final String WEIGHTS = "weights";

    private final Regime regime;
    private final LibraryBuffers buffers;
    private final Libraries libraries;
    private final List<String> libraryTasks = new ArrayList<>();
    private final Layout xs;
    private final Layout ws;
    private final Layout ys;
    /** The copy of the weights that stays on the device, or null. */
    private TornadoNativeArray keptWeights;

    private LibraryGraph(ConvSpec spec, LibraryBuffers buffers, Tensor x, Tensor w, Tensor y, Grids grids, Libraries libraries) {
        super(spec.problem(), spec.dtype(), grids, Shared.fresh(), "", 0, x, w, y, buffers.memory().bytes());
        this.regime = spec.regime();
        this.buffers = buffers;
        this.libraries = libraries;
        xs = x.layout();
        ws = w.layout();
        ys = y.layout();
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

    /**
     * Row-major (rows, terms)·(terms, goc) is column-major (goc, terms)·(terms, rows) of the same memory, so w is A
     * and the columns are B. Each group is one product of a batch.
     */
    private void layOutCublas(boolean tf32) {
        TornadoNativeArray source = x;
        Layout sourceLayout = xs;
        if (buffers.frame() != null) {
            source = scratch(buffers.frame().size());
            sourceLayout = buffers.frame();
            pad(xs, source, buffers.frame());
        }
        Windows k = Windows.of(problem, sourceLayout);
        TornadoNativeArray columns = source;
        if (buffers.input() != null) {
            columns = scratch(buffers.input().size());
            TornadoNativeArray from = source;
            TornadoNativeArray to = columns;
            add("im2col", grids.parallel(k.terms(), k.g() * k.rows()), id -> tasks.im2col(graph, id, from, to, k));
        }
        TornadoNativeArray weights = buffers.weights() == null ? w : weights();
        TornadoNativeArray target = buffers.output() == null ? y : scratch(buffers.output().size());
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
            source = scratch(buffers.input().size());
            copy("nchw", x, xs, source, buffers.input());
        }
        TornadoNativeArray weights = buffers.weights() == null ? w : weights();
        TornadoNativeArray target = buffers.output() == null ? y : scratch(buffers.output().size());
        Libraries.Conv2d conv = new Libraries.Conv2d(
                source, weights, target, p.mb(), p.ic(), p.ih(), p.iw(), p.oc(), p.kh(), p.kw(), p.padTop(), p.sh());
        called("conv2d", () -> libraries.convolve(graph, "conv2d", conv));
        if (buffers.output() != null) {
            copy("nhwc", target, buffers.output(), y, ys);
        }
    }

    /** A copy of the weights in the library's order: once where they stay on the device, else at each execution. */
    private TornadoNativeArray weights() {
        long elements = buffers.weights().size();
        if (regime == Regime.END_TO_END) {
            TornadoNativeArray copy = scratch(elements);
            copy(WEIGHTS, w, ws, copy, buffers.weights());
            return copy;
        }
        keptWeights = tasks.allocate(Math.toIntExact(elements));
        Copy c = Copy.of(ws, buffers.weights());
        mark.transferToDevice(DataTransferMode.FIRST_EXECUTION, w, keptWeights);
        tasks.copy(mark, WEIGHTS, w, keptWeights, c);
        scheduler.addWorkerGrid(MARK + "." + WEIGHTS, grids.parallel(c.w() * c.c(), c.n() * c.h()));
        return keptWeights;
    }

    private void called(String id, Addition task) {
        libraryTasks.add(id);
        addLater(id, task);
    }

    private void build() throws UnsupportedConvException {
        addMark();
        transferIn(regime, keptWeights == null);
        shared.handOn(keptWeights == null ? List.of(y) : List.of(y, keptWeights));
        addTasks();
        transferOut(regime);
    }

    @Override
    public List<String> libraryTasks() {
        return List.copyOf(libraryTasks);
    }
}
