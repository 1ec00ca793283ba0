package io.github.convgauge.tensor;

import java.io.IOException;
import java.nio.file.Path;

/** A .npy file that cannot be read or written. The message is a sentence for the user, the path first. */
public final class NpyException extends IOException {
    private static final long serialVersionUID = 1;

    /** @param what one sentence about the file, without a full stop */
    NpyException(Path path, String what, Throwable cause) {
        super(path + ": " + what, cause);
    }

    NpyException(Path path, String what) {
        this(path, what, null);
    }
}
