package io.github.convgauge.peers.pytorch;

import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * One of our tensors as libtorch sees it: the same memory, sizes and strides. libtorch knows no
 * negative strides (its users copy with {@code flip}); dimensions that run backwards here run
 * forwards in {@link #memory} and are flipped on the way.
 */
final class TensorView implements AutoCloseable {
    /** Keeps the memory alive. */
    private final Tensor source;

    private final org.bytedeco.pytorch.Tensor memory;
    private final long[] backwards;

    private TensorView(Tensor source, org.bytedeco.pytorch.Tensor memory, long[] backwards) {
        this.source = source;
        this.memory = memory;
        this.backwards = backwards;
    }

    static TensorView of(Tensor source) {
        Layout layout = source.layout();
        long[] strides = layout.strides();
        long[] backwards = IntStream.range(0, layout.rank())
                .filter(dim -> strides[dim] < 0)
                .asLongStream()
                .toArray();
        for (int dim = 0; dim < strides.length; dim++) {
            strides[dim] = Math.abs(strides[dim]);
        }
        long lowest = source.storage().address() + layout.lowest() * source.dtype().bytes();
        try (TensorOptions options = new TensorOptions(scalarType(source));
                Address address = new Address(lowest)) {
            return new TensorView(source, torch.from_blob(address, layout.sizes(), strides, options), backwards);
        }
    }

    private static torch.ScalarType scalarType(Tensor tensor) {
        return switch (tensor.dtype()) {
            case F32 -> torch.ScalarType.Float;
            case F64 -> torch.ScalarType.Double;
            case I32 -> torch.ScalarType.Int;
        };
    }

    /** The tensor, to be read. Whatever is made for that belongs to the current PointerScope. */
    org.bytedeco.pytorch.Tensor read() {
        return inOrder(memory);
    }

    /** Copies a tensor of the same sizes into this one. */
    void write(org.bytedeco.pytorch.Tensor values) {
        memory.copy_(inOrder(values));
    }

    private org.bytedeco.pytorch.Tensor inOrder(org.bytedeco.pytorch.Tensor tensor) {
        return backwards.length == 0 ? tensor : tensor.flip(backwards);
    }

    /** Our tensor. */
    Tensor source() {
        return source;
    }

    @Override
    public void close() {
        memory.close();
    }

    /** A place in memory that somebody else owns. */
    private static final class Address extends Pointer {
        Address(long address) {
            this.address = address;
        }
    }
}
