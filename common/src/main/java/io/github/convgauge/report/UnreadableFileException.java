package io.github.convgauge.report;

import java.io.IOException;
import java.nio.file.Path;

/** One of several files cannot be read; the cause says why. */
public final class UnreadableFileException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient Path file;

    UnreadableFileException(Path file, IOException cause) {
        super(file + ": " + cause.getMessage(), cause);
        this.file = file;
    }

    public Path file() {
        return file;
    }

    @Override
    public synchronized IOException getCause() {
        return (IOException) super.getCause();
    }
}
