package io.github.convgauge.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Folders that results go to. */
public final class OutputFolder {
    private OutputFolder() {}

    /**
     * Makes sure that files can be written into a folder, which need not be there yet, and leaves
     * everything as it is: permissions alone do not tell (read-only systems, root, /proc).
     *
     * @throws IOException if they cannot
     */
    public static void requireWritable(Path folder) throws IOException {
        Path there = folder.toAbsolutePath();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        Files.delete(Files.createTempFile(there, ".convgauge", null));
    }
}
