package io.github.convgauge.cpu.winograd;

import java.lang.foreign.MemorySegment;

/**
 * One of the one-dimensional transforms, over many columns of numbers at once: of each it takes the k
 * that lie fromStep apart and writes the n that they become, toStep apart. Which transform, k and n
 * are the implementation's. A two-dimensional transform is two passes, along the tile's columns and
 * then along its rows.
 */
@FunctionalInterface
interface Pass {
    /**
     * Transforms lines × count columns. The count columns of a line are neighbours in memory, as
     * channels are. All distances are in bytes. The two memories do not overlap.
     */
    void run(
            MemorySegment from, long fromAt, long fromStep, long fromLine,
            MemorySegment to, long toAt, long toStep, long toLine,
            int lines, int count);
}
