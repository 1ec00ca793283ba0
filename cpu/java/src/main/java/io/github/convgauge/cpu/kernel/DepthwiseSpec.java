package io.github.convgauge.cpu.kernel;

import io.github.convgauge.tensor.DType;
import java.util.List;

/**
 * One block of a depthwise convolution: pixels in a line times one vector of channels, each of which
 * meets its own weights:
 *
 * <pre>
 * for each row &lt; rows, each run of one tap, each pixel of run.first … run.last − 1:
 *     y[pixel·yPixel] += x[row·xRow + run.x + pixel·xPixel] · w[row·wRow + run.w]
 * </pre>
 *
 * where x, w and y are vectors, and an input that several pixels meet is loaded once. Blocks follow each
 * other along the channels.
 *
 * @param runs of length 1, one for each tap of a kernel row
 * @param xRow bytes from one kernel row's inputs to the next one's; the others likewise
 */
public record DepthwiseSpec(
        DType dtype, int bits, int pixels, List<BlockSpec.Run> runs, long xRow, long wRow, long xPixel, long yPixel) {
    public DepthwiseSpec {
        runs = List.copyOf(runs);
    }
}
