package io.github.convgauge.cpu.direct;

import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.cpu.kernel.Access;
import io.github.convgauge.cpu.kernel.KernelGenerator;
import io.github.convgauge.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

    /** What there is to know of any generated kernel but its loops. */
    static Map<String, String> facts(Access access) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("memory access", access == Access.CHECKED ? "checked" : "unchecked");
        facts.put("compiled by", KernelGenerator.isForC2Alone() ? "C2 alone" : "what the JVM chooses");
        return facts;
    }

    /** Kernels see addresses, which arrays on the heap have none of. */
    static void requireOffHeap(Tensor tensor) {
        if (!tensor.storage().isNative()) {
            throw new IllegalArgumentException("a tensor over an array on the heap; the kernels need off-heap memory");
        }
    }
}
