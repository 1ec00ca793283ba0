package io.github.convgauge.cpu.direct;

import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.BalancedTask;
import io.github.convgauge.cpu.Share;
import io.github.convgauge.cpu.WorkerPool;
import io.github.convgauge.cpu.kernel.Access;
import io.github.convgauge.cpu.kernel.DepthwiseSpec;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** What depthwise convolutions have in common: threads share the blocks of all lines, and a line's kernel rows are those inside x. */
abstract class DepthwiseEngine implements Engine {
    /** Some 5 µs of a core: the whole may be 20. */
    private static final double CHUNK_FLOPS = 3e5;

    final ConvProblem problem;
    final DType dtype;
    final Access access;
    final Geometry geometry;
    private final WorkerPool pool;
    private BalancedTask computing;
    Tensor x;
    Tensor y;

    DepthwiseEngine(ConvProblem problem, DType dtype, Access access, Layout x, Layout y, WorkerPool pool) {
        this.problem = problem;
        this.dtype = dtype;
        this.access = access;
        this.pool = pool;
        geometry = Geometry.of(problem, dtype, x, y);
    }

    abstract int blocksInLine();

    abstract List<DepthwiseSpec> specs();

    /**
     * Computes some blocks of a line.
     *
     * @param from the first block
     * @param to the one behind the last
     * @param xAt byte offset of the line's first input, in the first kernel row that counts, were there no padding at its left
     * @param firstRow that kernel row
     * @param rows how many count
     * @param yAt byte offset of the line's first output
     */
    abstract void runBlocks(int from, int to, long xAt, int firstRow, int rows, long yAt);

    @Override
    public void execute(Tensor input, Tensor weights, Tensor output) {
        pack(weights);
        executePacked(input, output);
    }

    @Override
    public void executePacked(Tensor input, Tensor output) {
        Engine.requireOffHeap(input);
        Engine.requireOffHeap(output);
        x = input;
        y = output;
        // Not in the constructor: how many blocks there are is known only when the subclass is complete.
        if (computing == null) {
            int chunks = BalancedTask.chunksPerThread(problem.flops(), CHUNK_FLOPS, blocks(), pool.threads());
            computing = new BalancedTask(pool, chunks, this::computeChunk);
        }
        computing.run();
    }

    @Override
    public List<KernelSource> kernels() {
        Map<String, String> facts = Engine.facts(access);
        facts.put("threads share", "blocks of pixels");
        return List.of(new KernelSource("depthwise", "txt", KernelText.join(specs(), KernelText::of), facts));
    }

    private long blocks() {
        return (long) geometry.images() * geometry.lines() * blocksInLine();
    }

    private void computeChunk(int thread, int chunk, int chunks) {
        int blocksInLine = blocksInLine();
        long blocks = blocks();
        long end = Share.begin(blocks, chunk + 1, chunks);
        long next;
        for (long at = Share.begin(blocks, chunk, chunks); at < end; at = next) {
            int first = (int) (at % blocksInLine);
            next = Math.min(end, at - first + blocksInLine);
            runLine(at / blocksInLine, first, (int) (first + next - at));
        }
    }

    private void runLine(long line, int from, int to) {
        int i = (int) (line % geometry.lines());
        int firstRow = geometry.firstRow(i);
        int rows = geometry.lastRow(i) - firstRow;
        long image = line / geometry.lines();
        long inputLine = (long) i * problem.sh() - problem.padTop() + firstRow * (problem.dh() + 1L);
        long xAt = x.layout().offset() * dtype.bytes() + image * geometry.xImage() + inputLine * geometry.xLine();
        long yAt = y.layout().offset() * dtype.bytes() + image * geometry.yImage() + i * geometry.yLine();
        runBlocks(from, to, xAt, firstRow, rows, yAt);
    }
}
