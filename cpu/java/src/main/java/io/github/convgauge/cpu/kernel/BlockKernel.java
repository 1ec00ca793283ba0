package io.github.convgauge.cpu.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The compiled form of a {@link BlockSpec}: computes blocks of outputs that lie side by side in a line.
 * Whether offsets are checked depends on its {@link Access}.
 */
public interface BlockKernel {
    /**
     * Computes some blocks. Offsets are in bytes, of the first block; they may point outside where no
     * tap reads there.
     *
     * @param xAt the input of the first pixel's first tap
     * @param wAt the weights of the first tap
     * @param yAt the output of the first pixel
     * @param rows kernel rows to sum; 0 for none, which stores zeros; below 0 those of {@link KernelGenerator} do nothing at all
     * @param blocks how many, each {@link BlockSpec#xBlock} and {@link BlockSpec#yBlock} bytes behind the last
     */
    void run(MemorySegment x, long xAt, MemorySegment w, long wAt, MemorySegment y, long yAt, int rows, int blocks);
}
