package io.github.convgauge.cpu.kernel;

import io.github.convgauge.tensor.DType;
import java.util.List;

/**
 * One register block of a convolution or matrix product, with every number that does not change from
 * call to call, so that the JIT compiler sees constants. It is the description of the micro-kernel:
 *
 * <pre>
 * for each row &lt; rows, each run of taps, each k &lt; run.length:
 *     for each pixel of run.first … run.last − 1, each of the vectors:
 *         y[pixel·yPixel + vector] += x[row·xRow + run.x + k·xStep + pixel·xPixel] · w[row·wRow + run.w + k·wStep + vector]
 * </pre>
 *
 * where y stays in registers and is stored once, x is one number for all lanes and w a vector.
 * {@link ScalarBlock} is that very loop; {@link KernelGenerator} writes it as bytecode.
 *
 * @param dtype f32 or f64
 * @param bits length of the vectors
 * @param pixels rows of the block: outputs in a line, or rows of a matrix
 * @param vectors columns of the block, in vectors
 * @param runs what is summed for each row of the kernel
 * @param accumulate whether to add to what y holds
 * @param xRow bytes from one kernel row's inputs to the next one's
 * @param wRow bytes from one kernel row's weights to the next one's
 * @param xStep bytes from one k to the next in x
 * @param wStep the same in w
 * @param xPixel bytes from one pixel to the next in x
 * @param yPixel the same in y
 * @param xBlock bytes from one block to the next in x
 * @param yBlock the same in y
 */
public record BlockSpec(
        DType dtype, int bits, int pixels, int vectors, List<Run> runs, boolean accumulate,
        long xRow, long wRow, long xStep, long wStep, long xPixel, long yPixel, long xBlock, long yBlock) {
    /**
     * Taps that follow each other evenly in x and w and meet the same pixels of the block: those whose
     * input would be padding are left out.
     *
     * @param x bytes from the block's first input to the run's
     * @param w bytes from the kernel row's first weight to the run's
     */
    public record Run(long x, long w, int length, int first, int last) {}

    public BlockSpec {
        runs = List.copyOf(runs);
        if (!dtype.isFloating() || pixels < 1 || vectors < 1) {
            throw new IllegalArgumentException("no block of %d x %d vectors in %s".formatted(pixels, vectors, dtype.label()));
        }
    }

    /** The same block, which adds to what y holds. */
    public BlockSpec accumulating() {
        return new BlockSpec(dtype, bits, pixels, vectors, runs, true, xRow, wRow, xStep, wStep, xPixel, yPixel, xBlock, yBlock);
    }

    /** Elements in a vector. */
    public int lanes() {
        return bits / 8 / dtype.bytes();
    }

    /** Output channels of the block. */
    public int width() {
        return vectors * lanes();
    }
}
