package io.github.convgauge.worker;

import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The elements of an output in C order, as bytes in a file that another worker compares itself with. */
final class RawOutput {
    /** A ByteBuffer holds less than 2 GiB. */
    private static final long CHUNK = 1L << 30;

    private RawOutput() {}

    static void write(Path file, Tensor output) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            for (ByteBuffer buffer : buffers(output.contiguous())) {
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
        }
    }

    /** The Euclidean norm of the difference, summed in fp64. */
    static double distance(Path file, Tensor output) throws IOException {
        Tensor mine = output.contiguous();
        MemorySegment memory = mine.storage();
        long start = mine.layout().offset();
        double squares = 0;
        try (FileChannel channel = FileChannel.open(file); Arena arena = Arena.ofConfined()) {
            MemorySegment theirs = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            for (long i = 0; i < mine.size(); i++) {
                double difference = mine.dtype() == DType.F32
                        ? (double) memory.getAtIndex(ValueLayout.JAVA_FLOAT, start + i) - theirs.getAtIndex(ValueLayout.JAVA_FLOAT, i)
                        : memory.getAtIndex(ValueLayout.JAVA_DOUBLE, start + i) - theirs.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
                squares += difference * difference;
            }
        }
        return Math.sqrt(squares);
    }

    /** The memory of a contiguous tensor in pieces that a buffer can hold. */
    static List<ByteBuffer> buffers(Tensor contiguous) {
        long from = contiguous.layout().offset() * contiguous.dtype().bytes();
        long bytes = contiguous.size() * contiguous.dtype().bytes();
        List<ByteBuffer> buffers = new ArrayList<>();
        for (long done = 0; done < bytes; done += CHUNK) {
            buffers.add(contiguous.storage().asSlice(from + done, Math.min(CHUNK, bytes - done)).asByteBuffer());
        }
        return buffers;
    }
}
