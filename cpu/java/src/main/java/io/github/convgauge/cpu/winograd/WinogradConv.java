package io.github.convgauge.cpu.winograd;

import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.OutputBuffers;
import io.github.convgauge.cpu.Share;
import io.github.convgauge.cpu.StridedCopy;
import io.github.convgauge.cpu.WorkerPool;
import io.github.convgauge.cpu.kernel.KernelGenerator;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * {@code winograd-f2} and {@code winograd-f4}: tiles of x and w are transformed, multiplied as (m+2)²
 * matrix products V[t] (tiles, ic) · U[t] (ic, oc) = M[t] (tiles, oc), and transformed back. Groups are
 * convolutions of their own. {@link Schedule} says how threads share the work; the operations that
 * make an output, and their order, depend on neither.
 *
 * <p>Tensors whose channels are no neighbours in memory are copied, x and w before and y after.
 */
public final class WinogradConv implements PreparedConv {
    private static final double GIB = 1L << 30;
    /** Channels that a transform takes at a time, in bytes, so that its scratch stays in the L1 cache. */
    private static final int CHUNK_BYTES = 512;

    private static final String WEIGHT_TRANSFORM = "weight_transform";
    private static final String INPUT_TRANSFORM = "input_transform";
    private static final String GEMM = "gemm";
    private static final String OUTPUT_TRANSFORM = "output_transform";

    private final ConvProblem problem;
    private final Regime regime;
    private final WorkerPool pool;
    private final Arena arena = Arena.ofShared();
    private final Tiles tiles;
    private final Product product;
    private final int panels;
    private final Schedule schedule;
    private final int chunk;

    private final Tensor y;
    /** Null where the output is reused. */
    private final OutputBuffers freshOutputs;
    /** The last fresh one. */
    private Tensor result;
    /** x itself, or a copy whose channels are neighbours. */
    private final Tensor input;
    private final WorkerPool.Task copyInput;
    private final WorkerPool.Task copyWeights;
    /** Takes what the transform writes for a y whose channels are no neighbours; null until there is one. */
    private Tensor denseOutput;
    /** The last such y, and the copy to it. */
    private Tensor copyTarget;
    private WorkerPool.Task copyOutput;
    private final WeightTransform weightTransform;

    private final Planes uPlanes;
    private final Planes vPlanes;
    private final Planes mPlanes;
    private final MemorySegment u;
    /** One for each thread, or one for all in the staged way; m as well. */
    private final MemorySegment[] v;
    private final MemorySegment[] m;
    private final InputTransform[] inputTransforms;
    private final OutputTransform[] outputTransforms;

    /** Where the running execution writes. */
    private Tensor output;
    /** The tiles of the running wave. */
    private int waveGroup;
    private long waveBegin;
    private long waveEnd;
    private final WorkerPool.Task blocks = (part, parts) -> runBlocks(part, parts, null);
    private final WorkerPool.Task waveInput = this::transformWave;
    private final WorkerPool.Task waveProducts = this::multiplyWave;
    private final WorkerPool.Task waveOutput = this::transformWaveBack;

    /**
     * @param regime eager or prepared; prepared transforms the weights here, once
     * @param y what {@link #execute()} writes, or where a fresh output is copied to when it is asked for
     * @param kind whether each execution writes into y, or into a buffer of its own, from a pool
     * @param memory the machine's, in bytes
     * @param maker of the matrix product
     */
    public WinogradConv(
            Winograd variant, Regime regime, Output kind, ConvProblem problem, Tensor x, Tensor w, Tensor y,
            WorkerPool pool, long memory, Product.Maker maker) throws UnsupportedConvException {
        this(variant, variant.transforms(y.dtype()), regime, kind, problem, x, w, y, pool, memory, maker);
    }

    /** With other transforms, which tests break. */
    WinogradConv(
            Winograd variant, Transforms transforms, Regime regime, Output kind, ConvProblem problem, Tensor x, Tensor w, Tensor y,
            WorkerPool pool, long memory, Product.Maker maker) throws UnsupportedConvException {
        String refusal = Winograd.refusal(problem).orElse(null);
        if (refusal != null) {
            throw new UnsupportedConvException(refusal);
        }
        if (regime != Regime.EAGER && regime != Regime.PREPARED) {
            throw new UnsupportedConvException(
                    "%s on the CPU is eager or prepared, not %s".formatted(variant.label(), regime.label()));
        }
        this.problem = problem;
        this.regime = regime;
        this.pool = pool;
        this.y = y;
        freshOutputs = kind == Output.FRESH ? new OutputBuffers(y.dtype(), problem.ySizes()) : null;
        int bytes = y.dtype().bytes();
        int depth = problem.groupIc();
        product = maker.of(y.dtype(), depth, problem.groupOc());
        if (problem.flops() >= KernelGenerator.WORTHWHILE_FLOPS) {
            product.compile();
        }
        panels = Math.ceilDiv(problem.groupOc(), product.panel());
        tiles = Tiles.of(problem, variant.outputs());
        chunk = CHUNK_BYTES / bytes;
        long panelRow = (long) product.panel() * bytes;
        uPlanes = Planes.packed(variant.products(), (long) panels * depth, panelRow);
        long tileBytes = variant.products() * (Planes.row((long) depth * bytes) + panels * panelRow);
        schedule = Schedule.of(
                tiles.total(), problem.g(), pool.threads(), tileBytes, uPlanes.bytes(), product.rows());
        vPlanes = Planes.spread(variant.products(), schedule.tiles(), (long) depth * bytes);
        mPlanes = Planes.packed(variant.products(), schedule.tiles(), panels * panelRow);

        boolean copiesInput = !hasNeighbours(x.layout(), depth);
        boolean copiesWeights = !hasNeighbours(w.layout(), problem.groupOc());
        int buffers = schedule.staged() ? 1 : pool.threads();
        checkMemory(memory, buffers, copiesInput, copiesWeights,
                freshOutputs == null && !hasNeighbours(y.layout(), problem.groupOc()));
        input = copiesInput ? Tensor.allocate(arena, x.dtype(), x.sizes()) : x;
        copyInput = copiesInput ? new StridedCopy(x, input) : null;
        Tensor weights = copiesWeights ? Tensor.allocate(arena, w.dtype(), w.sizes()) : w;
        copyWeights = copiesWeights ? new StridedCopy(w, weights) : null;
        u = arena.allocate(problem.g() * uPlanes.bytes(), Tensor.ALIGNMENT);
        v = new MemorySegment[buffers];
        m = new MemorySegment[buffers];
        for (int i = 0; i < buffers; i++) {
            v[i] = arena.allocate(vPlanes.bytes(), Tensor.ALIGNMENT);
            m[i] = arena.allocate(mPlanes.bytes(), Tensor.ALIGNMENT);
        }
        inputTransforms = new InputTransform[pool.threads()];
        outputTransforms = new OutputTransform[pool.threads()];
        for (int part = 0; part < pool.threads(); part++) {
            inputTransforms[part] = new InputTransform(
                    problem, tiles, transforms.input(), bytes, Math.min(chunk, depth), arena);
            outputTransforms[part] = new OutputTransform(
                    problem, tiles, transforms.output(), bytes, Math.min(chunk, problem.groupOc()), arena);
        }
        weightTransform = new WeightTransform(
                problem, variant, transforms.weights(), weights, product.panel(), uPlanes, u, pool.threads(), arena);
        if (regime == Regime.PREPARED) {
            transformWeights(null);
        }
    }

    /** Whether the channels of a group lie side by side. */
    private static boolean hasNeighbours(Layout layout, int groupChannels) {
        return layout.stride(3) == 1 || groupChannels == 1;
    }

    private void checkMemory(
            long memory, int buffers, boolean copiesInput, boolean copiesWeights, boolean copiesOutput)
            throws UnsupportedConvException {
        double tensors = problem.bytes(y.dtype());
        double extra = (double) problem.g() * uPlanes.bytes() + buffers * ((double) vPlanes.bytes() + mPlanes.bytes())
                + (copiesInput ? bytes(problem.xSizes()) : 0)
                + (copiesWeights ? bytes(problem.wSizes()) : 0)
                + (copiesOutput ? bytes(problem.ySizes()) : 0);
        if (extra + tensors > memory) {
            arena.close();
            throw new UnsupportedConvException(String.format(
                    Locale.ROOT,
                    "the transformed weights and tiles take %.1f GiB beside %.1f GiB of tensors, and this machine has %.1f GiB of memory",
                    extra / GIB, tensors / GIB, memory / GIB));
        }
    }

    private double bytes(long[] sizes) {
        double bytes = y.dtype().bytes();
        for (long size : sizes) {
            bytes *= size;
        }
        return bytes;
    }

    @Override
    public void execute() {
        run(target(), null);
    }

    /** y, or a buffer that nobody else has; the last one goes back. */
    private Tensor target() {
        if (freshOutputs == null) {
            return y;
        }
        if (result != null) {
            freshOutputs.give(result);
        }
        result = freshOutputs.take();
        return result;
    }

    /** Executes into another tensor than the bound one, of the same sizes and dtype and with any strides. */
    public void execute(Tensor other) {
        if (other.dtype() != y.dtype() || !Arrays.equals(other.sizes(), problem.ySizes())) {
            throw new IllegalArgumentException("%s is no output of %s in %s".formatted(other, problem, y.dtype().label()));
        }
        run(other, null);
    }

    @Override
    public Tensor output() {
        return freshOutputs == null ? y : y.copyFrom(result);
    }

    /**
     * The stages {@code weight_transform} (eager only), {@code input_transform}, {@code gemm} and
     * {@code output_transform}. Where threads take blocks of tiles through the last three on their own,
     * each of these is what the thread that took longest spent on it.
     */
    @Override
    public Map<String, Long> profile() {
        Map<String, Long> nanos = new LinkedHashMap<>();
        run(target(), nanos);
        return nanos;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
        if (freshOutputs != null) {
            freshOutputs.close();
        }
    }

    /** @param nanos takes the times of the stages; null if they are not wanted */
    private void run(Tensor target, Map<String, Long> nanos) {
        // Unchecked kernels would not notice that their memory is gone.
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("the convolution is closed");
        }
        boolean direct = hasNeighbours(target.layout(), problem.groupOc());
        output = direct ? target : dense(target);
        if (regime == Regime.EAGER) {
            transformWeights(nanos);
        }
        if (copyInput != null) {
            stage(INPUT_TRANSFORM, copyInput, nanos);
        }
        if (schedule.staged()) {
            runWaves(nanos);
        } else if (nanos == null) {
            pool.run(blocks);
        } else {
            profileBlocks(nanos);
        }
        if (!direct) {
            stage(OUTPUT_TRANSFORM, copyOutput, nanos);
        }
    }

    /** What the output transform writes in the target's place, and the copy from there. */
    private Tensor dense(Tensor target) {
        if (denseOutput == null) {
            denseOutput = Tensor.allocate(arena, y.dtype(), problem.ySizes());
        }
        if (copyTarget != target) {
            copyTarget = target;
            copyOutput = new StridedCopy(denseOutput, target);
        }
        return denseOutput;
    }

    private void stage(String name, WorkerPool.Task task, Map<String, Long> nanos) {
        long start = System.nanoTime();
        pool.run(task);
        if (nanos != null) {
            nanos.merge(name, System.nanoTime() - start, Long::sum);
        }
    }

    private void transformWeights(Map<String, Long> nanos) {
        if (copyWeights != null) {
            stage(WEIGHT_TRANSFORM, copyWeights, nanos);
        }
        stage(WEIGHT_TRANSFORM, weightTransform, nanos);
    }

    private void profileBlocks(Map<String, Long> nanos) {
        long[][] threads = new long[pool.threads()][3];
        pool.run((part, parts) -> runBlocks(part, parts, threads[part]));
        String[] names = {INPUT_TRANSFORM, GEMM, OUTPUT_TRANSFORM};
        for (int i = 0; i < names.length; i++) {
            long longest = 0;
            for (long[] thread : threads) {
                longest = Math.max(longest, thread[i]);
            }
            nanos.merge(names[i], longest, Long::sum);
        }
    }

    /** The blocked way: one thread's tiles of all groups, block after block. */
    private void runBlocks(int part, int parts, long[] nanos) {
        long total = tiles.total() * problem.g();
        long end = Share.begin(total, part + 1, parts);
        long next;
        for (long at = Share.begin(total, part, parts); at < end; at = next) {
            int group = (int) (at / tiles.total());
            long tile = at % tiles.total();
            next = Math.min(Math.min(end, at + schedule.tiles()), at - tile + tiles.total());
            runBlock(part, group, tile, tile + next - at, nanos);
        }
    }

    private void runBlock(int part, int group, long fromTile, long toTile, long[] nanos) {
        boolean timed = nanos != null;
        long start = timed ? System.nanoTime() : 0;
        inputTransforms[part].run(input, group, 0, problem.groupIc(), fromTile, toTile, v[part], vPlanes, fromTile);
        long transformed = timed ? System.nanoTime() : 0;
        for (int t = 0; t < uPlanes.count(); t++) {
            multiply(v[part], m[part], group, t, 0, panels, (int) (toTile - fromTile));
        }
        long multiplied = timed ? System.nanoTime() : 0;
        outputTransforms[part].run(m[part], mPlanes, fromTile, output, group, 0, problem.groupOc(), fromTile, toTile);
        if (timed) {
            nanos[0] += transformed - start;
            nanos[1] += multiplied - transformed;
            nanos[2] += System.nanoTime() - multiplied;
        }
    }

    /** The columns of some panels of M[t], for all rows of the block or wave. */
    private void multiply(MemorySegment inputs, MemorySegment sums, int group, int t, int from, int to, int rows) {
        long column = (long) from * product.panel();
        product.run(
                inputs, t * vPlanes.plane(), vPlanes.row(),
                u, group * uPlanes.bytes() + t * uPlanes.plane() + column * problem.groupIc() * y.dtype().bytes(),
                sums, t * mPlanes.plane() + column * y.dtype().bytes(), mPlanes.row(),
                rows, to - from);
    }

    /** The staged way: all threads do one stage after the other. */
    private void runWaves(Map<String, Long> nanos) {
        for (int group = 0; group < problem.g(); group++) {
            for (long tile = 0; tile < tiles.total(); tile += schedule.tiles()) {
                waveGroup = group;
                waveBegin = tile;
                waveEnd = Math.min(tiles.total(), tile + schedule.tiles());
                stage(INPUT_TRANSFORM, waveInput, nanos);
                stage(GEMM, waveProducts, nanos);
                stage(OUTPUT_TRANSFORM, waveOutput, nanos);
            }
        }
    }

    private void transformWave(int part, int parts) {
        shareWave(problem.groupIc(), part, parts, true);
    }

    private void transformWaveBack(int part, int parts) {
        shareWave(problem.groupOc(), part, parts, false);
    }

    /** Shares chunks of channels times the wave's tiles: there may be fewer tiles than threads. */
    private void shareWave(int channels, int part, int parts, boolean isInput) {
        long count = waveEnd - waveBegin;
        long total = Math.ceilDiv(channels, chunk) * count;
        long end = Share.begin(total, part + 1, parts);
        long next;
        for (long at = Share.begin(total, part, parts); at < end; at = next) {
            int from = (int) (at / count) * chunk;
            long tile = at % count;
            next = Math.min(end, at - tile + count);
            int to = Math.min(channels, from + chunk);
            long fromTile = waveBegin + tile;
            long toTile = fromTile + next - at;
            if (isInput) {
                inputTransforms[part].run(input, waveGroup, from, to, fromTile, toTile, v[0], vPlanes, waveBegin);
            } else {
                outputTransforms[part].run(m[0], mPlanes, waveBegin, output, waveGroup, from, to, fromTile, toTile);
            }
        }
    }

    /** Shares the panels of all products, so that each panel of U is read by one thread. */
    private void multiplyWave(int part, int parts) {
        long total = (long) uPlanes.count() * panels;
        long end = Share.begin(total, part + 1, parts);
        long next;
        for (long at = Share.begin(total, part, parts); at < end; at = next) {
            int from = (int) (at % panels);
            next = Math.min(end, at - from + panels);
            multiply(v[0], m[0], waveGroup, (int) (at / panels), from, (int) (from + next - at), (int) (waveEnd - waveBegin));
        }
    }
}
