package io.github.convgauge.pytorchcuda;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where x, w and y lie in a file that the worker and Python have both mapped: one after the other, each contiguous. */
record SharedTensors(Tensor x, Tensor w, Tensor y, long wOffset, long yOffset, long size) {
    private static final long ALIGNMENT = 64;

    /** A file of a row, mapped. */
    record Mapped(Path file, Arena arena, Tensor y) implements AutoCloseable {
        @Override
        public void close() {
            arena.close();
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static SharedTensors of(ConvSpec spec, Tensor x, Tensor w, Tensor y) {
        long wOffset = aligned(bytesOf(x));
        long yOffset = wOffset + aligned(bytesOf(w));
        return new SharedTensors(x, w, y, wOffset, yOffset, yOffset + aligned(bytesOf(y)));
    }

    long bytes(Tensor tensor) {
        return bytesOf(tensor);
    }

    private static long bytesOf(Tensor tensor) {
        return tensor.size() * tensor.dtype().bytes();
    }

    private static long aligned(long bytes) {
        return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }

    /** Writes x and w, from whatever strides they have, into a new file; y is left to whoever computes it. */
    Mapped map(Path folder) {
        Arena arena = Arena.ofShared();
        try {
            Path file = Files.createTempFile(folder, "row", "");
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                MemorySegment memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, size, arena);
                at(memory, 0, x).copyFrom(x);
                at(memory, wOffset, w).copyFrom(w);
                return new Mapped(file, arena, at(memory, yOffset, y));
            }
        } catch (IOException e) {
            arena.close();
            throw new UncheckedIOException("there is no place for a row's data in " + folder, e);
        }
    }

    private static Tensor at(MemorySegment memory, long offset, Tensor like) {
        DType dtype = like.dtype();
        return Tensor.over(memory.asSlice(offset, bytesOf(like)), dtype, Layout.contiguous(like.sizes()));
    }

    /** For the script: where each is, and its sizes. */
    void describe(ObjectNode spec) {
        describe(spec, "x", 0, x);
        describe(spec, "w", wOffset, w);
        describe(spec, "y", yOffset, y);
    }

    private static void describe(ObjectNode spec, String name, long offset, Tensor tensor) {
        ObjectNode place = spec.putObject(name).put("offset", offset);
        for (long size : tensor.sizes()) {
            place.withArray("sizes").add(size);
        }
    }
}
