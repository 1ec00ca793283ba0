package io.github.convgauge.cpu;

import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;

/**
 * Contiguous tensors of one size that are used again once they are given back. New memory costs a
 * page fault every 4 KiB, which takes longer than to fill it; that is why every tensor library has
 * such a pool behind its functions.
 */
public final class OutputBuffers implements AutoCloseable {
    private final DType dtype;
    private final long[] sizes;
    private final Arena arena = Arena.ofShared();
    private final ArrayDeque<Tensor> free = new ArrayDeque<>();

    public OutputBuffers(DType dtype, long... sizes) {
        this.dtype = dtype;
        this.sizes = sizes.clone();
    }

    /** A tensor that nobody else has; what it holds is undefined. */
    public synchronized Tensor take() {
        Tensor tensor = free.poll();
        return tensor != null ? tensor : Tensor.allocate(arena, dtype, sizes);
    }

    /** Gives a tensor of {@link #take} back, the last one to be taken next: it is the likeliest to be in the cache. */
    public synchronized void give(Tensor tensor) {
        free.push(tensor);
    }

    /** Frees all of them, those that were not given back too. */
    @Override
    public synchronized void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
        free.clear();
    }
}
