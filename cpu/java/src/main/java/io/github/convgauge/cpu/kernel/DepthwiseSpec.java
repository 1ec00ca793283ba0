package io.github.convgauge.cpu.kernel;

import io.github.convgauge.tensor.DType;
import java.util.List;

/**
 * Blocks of a depthwise convolution that lie side by side in a line: pixels times vectors of channels, each of which
 * meets its own weights:
 *
 * <pre>
 * for each row &lt; rows, each run of one tap, each pixel of run.first … run.last − 1:
 *     y[pixel·yPixel] += x[row·xRow + run.x + pixel·xPixel] · w[row·wRow + run.w]
 * </pre>
 *
 * where x, w and y are vectors, and an input that several pixels meet is loaded once. All vectors of a block's channels come
 * before the next block.
 *
 * @param vectors of channels; the last one is moved back where channels are no whole vectors, and computes some a second time
 * @param lastVector bytes from the first channel to the last vector
 * @param runs of length 1, one for each tap of a kernel row
 * @param xRow bytes from one kernel row's inputs to the next one's; the others likewise
 * @param xBlock bytes from one block to the next in x
 * @param yBlock the same in y
 */
public record DepthwiseSpec(
        DType dtype, int bits, int pixels, int vectors, long lastVector, List<BlockSpec.Run> runs,
        long xRow, long wRow, long xPixel, long yPixel, long xBlock, long yBlock) {
    public DepthwiseSpec {
        runs = List.copyOf(runs);
    }
}
