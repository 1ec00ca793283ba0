package io.github.convgauge.worker;

import io.github.convgauge.check.Operands;
import io.github.convgauge.check.Reference;
import io.github.convgauge.conv.ConvProblem;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.BooleanSupplier;

/** A reference as a mapped file: computed once by the client, read by every worker. */
public final class ReferenceFile {
    private ReferenceFile() {}

    /** Computes a reference into a new file, unless that is cancelled on the way. */
    public static Reference compute(
            Path file, ConvProblem problem, Operands operands, Arena arena, BooleanSupplier cancelled) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return Reference.compute(
                    problem, operands, channel.map(FileChannel.MapMode.READ_WRITE, 0, Reference.bytes(problem), arena), cancelled);
        }
    }

    static Reference open(Path file, ConvProblem problem, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return Reference.open(
                    problem, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        }
    }
}
