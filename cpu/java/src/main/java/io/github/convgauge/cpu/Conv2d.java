package io.github.convgauge.cpu;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.direct.Engine;
import io.github.convgauge.cpu.direct.Engines;
import io.github.convgauge.cpu.direct.Tuner;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * A convolution for programs: weights packed once, many runs, on some threads, over tensors of any
 * strides. The harness is not needed.
 *
 * <p>x is (mb, ih, iw, ic), w is (kh, kw, ic/g, oc), y is (mb, oh, ow, oc); a {@link Tensor#permute} makes
 * any other order one of these. Each pair of layouts has kernels of its own, generated and timed when
 * it is first seen ({@link Tuner}), which takes some seconds on a new machine, and compiled in the first run of each JVM, about a second. Calls from several
 * threads wait for each other.
 */
public final class Conv2d implements AutoCloseable {
    /** Layouts that are kept ready; a program with more of them at once has kernels made again. */
    private static final int LAYOUTS = 16;

    private final ConvProblem problem;
    private final DType dtype;
    private final WorkerPool pool;
    private final Tuner tuner;
    private final OutputBuffers buffers;
    private final SequencedMap<Key, Engine> engines = new LinkedHashMap<>(LAYOUTS, 0.75f, true);
    private Tensor weights;
    private boolean closed;

    /** Strides only: where a tensor begins does not matter. */
    private record Key(List<Long> x, List<Long> y) {
        static Key of(Tensor x, Tensor y) {
            return new Key(strides(x), strides(y));
        }

        private static List<Long> strides(Tensor tensor) {
            return Arrays.stream(tensor.layout().strides()).boxed().toList();
        }
    }

    /** An output that belongs to whoever asked for it, until it is closed. */
    public static final class Result implements AutoCloseable {
        private final Conv2d conv;
        private Tensor tensor;

        private Result(Conv2d conv, Tensor tensor) {
            this.conv = conv;
            this.tensor = tensor;
        }

        /**
         * (mb, oh, ow, oc), contiguous.
         *
         * @throws IllegalStateException once this or the convolution was closed
         */
        public Tensor tensor() {
            if (tensor == null || conv.closed) {
                throw new IllegalStateException("the result is closed, and its memory may be another's");
            }
            return tensor;
        }

        /** Gives the memory back for later results. */
        @Override
        public void close() {
            if (tensor != null) {
                conv.giveBack(tensor);
                tensor = null;
            }
        }
    }

    /** On all processors. */
    public Conv2d(String problem, Tensor weights) {
        this(ConvProblem.parse(problem), weights, Runtime.getRuntime().availableProcessors());
    }

    /**
     * @param weights (kh, kw, ic/g, oc) in f32 or f64, which is the type of x and y then; kept, and read
     *     again only when x or y have a new layout, or by {@link #setWeights}
     * @param threads how many compute, the caller among them
     * @throws IllegalArgumentException if the weights are not those of the problem
     */
    public Conv2d(ConvProblem problem, Tensor weights, int threads) {
        this(problem, weights, threads, Tuner.ofEnvironment());
    }

    Conv2d(ConvProblem problem, Tensor weights, int threads, Tuner tuner) {
        this.problem = problem;
        this.tuner = tuner;
        dtype = weights.dtype();
        if (!dtype.isFloating()) {
            throw new IllegalArgumentException("the kernels compute in f32 and f64, not in " + dtype.label());
        }
        this.weights = require("w", weights, problem.wSizes());
        pool = new WorkerPool(threads);
        buffers = new OutputBuffers(dtype, problem.ySizes());
    }

    /** Takes other weights from now on, or the same ones after they have changed. */
    public synchronized void setWeights(Tensor changed) {
        requireOpen();
        boolean sameStrides = Arrays.equals(changed.layout().strides(), weights.layout().strides());
        weights = require("w", changed, problem.wSizes());
        if (sameStrides) {
            engines.values().forEach(engine -> engine.pack(weights));
        } else {
            closeEngines();
        }
    }

    /** Computes into a tensor of the caller's, with any strides; all of it is written, and nothing else. */
    public synchronized void run(Tensor x, Tensor y) {
        requireOpen();
        require("x", x, problem.xSizes());
        require("y", y, problem.ySizes());
        engine(x, y).executePacked(x, y);
    }

    /** Computes into memory of this convolution's, which the caller gives back by closing the result. */
    public synchronized Result run(Tensor x) {
        requireOpen();
        require("x", x, problem.xSizes());
        Tensor y = buffers.take();
        engine(x, y).executePacked(x, y);
        return new Result(this, y);
    }

    private Engine engine(Tensor x, Tensor y) {
        Key key = Key.of(x, y);
        Engine engine = engines.get(key);
        if (engine == null) {
            engine = Engines.of(problem, dtype, x.layout(), weights.layout(), y.layout(), pool, tuner);
            engine.pack(weights);
            engines.put(key, engine);
            if (engines.size() > LAYOUTS) {
                engines.pollFirstEntry().getValue().close();
            }
        }
        return engine;
    }

    private Tensor require(String name, Tensor tensor, long[] sizes) {
        if (tensor.dtype() != dtype || !Arrays.equals(tensor.sizes(), sizes)) {
            throw new IllegalArgumentException("%s is %s %s; the problem needs %s %s".formatted(
                    name, tensor.dtype().label(), Layout.tuple(tensor.sizes()), dtype.label(), Layout.tuple(sizes)));
        }
        return tensor;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the convolution is closed");
        }
    }

    private synchronized void giveBack(Tensor tensor) {
        if (!closed) {
            buffers.give(tensor);
        }
    }

    private void closeEngines() {
        engines.values().forEach(Engine::close);
        engines.clear();
    }

    /** Ends its threads and frees its memory, that of its results too. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            closeEngines();
            pool.close();
            buffers.close();
        }
    }
}
