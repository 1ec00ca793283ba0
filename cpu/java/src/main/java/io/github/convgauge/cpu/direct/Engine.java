package io.github.convgauge.cpu.direct;

import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.tensor.Tensor;
import java.util.List;

/** A direct convolution of tensors that lie in a certain way; used by one thread at a time. */
public interface Engine extends AutoCloseable {
    /** Lays the weights out for {@link #executePacked}; needed again only when they change. */
    void pack(Tensor weights);

    /** Computes with the weights of the last {@link #pack}. */
    void executePacked(Tensor x, Tensor y);

    /** Computes with these weights, however they were laid out before. */
    void execute(Tensor x, Tensor w, Tensor y);

    /** The kernels, as descriptions of what they do. */
    List<KernelSource> kernels();

    @Override
    void close();

    /** Kernels see addresses, which arrays on the heap have none of. */
    static void requireOffHeap(Tensor tensor) {
        if (!tensor.storage().isNative()) {
            throw new IllegalArgumentException("a tensor over an array on the heap; the kernels need off-heap memory");
        }
    }
}
