package io.github.convgauge.pytorchcuda;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Words that the worker and its Python process have both mapped: what is to be executed next, and what was. A word
 * passes from one to the other in well under a microsecond, a line through a pipe in ten and more, which would be timed.
 */
final class Control {
    static final int BYTES = 4096;

    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();
    /** No two words share a cache line. The script has the same order. */
    private static final long LINE = 64;
    private static final long REQUESTED = 0;
    private static final long DONE = LINE;
    private static final long ROW = 2 * LINE;
    private static final long AWAKE = 3 * LINE;
    private static final long FAILED = 4 * LINE;

    private final MemorySegment words;

    private Control(MemorySegment words) {
        this.words = words;
    }

    /** A new file of zeros, mapped. */
    static Control create(Path file, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new Control(channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES, arena));
        }
    }

    private long get(long word) {
        return (long) WORD.getVolatile(words, word);
    }

    private void set(long word, long value) {
        WORD.setVolatile(words, word, value);
    }

    /** Asks for one execution of a row. */
    void request(int row) {
        set(ROW, row);
        set(REQUESTED, get(REQUESTED) + 1);
    }

    /** Whether all that was asked for has been executed. */
    boolean isDone() {
        return get(DONE) == get(REQUESTED);
    }

    /** Whether the other side looks at these words; else it waits for a line. */
    boolean isAwake() {
        return get(AWAKE) != 0;
    }

    /** Whether an execution failed since this was last asked. */
    boolean takeFailure() {
        boolean failed = get(FAILED) != 0;
        set(FAILED, 0);
        return failed;
    }
}
