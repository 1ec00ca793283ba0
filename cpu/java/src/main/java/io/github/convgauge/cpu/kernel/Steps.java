package io.github.convgauge.cpu.kernel;

/**
 * What a kernel does block after block, in bytes: steps from one block to the next and, within each block, vectors side by side in
 * x, w and y. Both are loops of the generated class: a call from outside costs as much as a small block.
 *
 * @param x from one block to the next in x
 * @param w the same in w
 * @param y the same in y
 * @param vectors of each block, from 1
 * @param vector from one vector to the next
 * @param lastVector from the first to the last one, which may overlap the one before
 */
record Steps(long x, long w, long y, int vectors, long vector, long lastVector) {
    /** Blocks that know their vectors themselves. */
    static Steps of(long x, long w, long y) {
        return new Steps(x, w, y, 1, 0, 0);
    }
}
