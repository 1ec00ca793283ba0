package io.github.convgauge.cli.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A temporary folder that only this user can open, gone when closed: sockets, logs and references. */
public record PrivateFolder(Path path) implements AutoCloseable {
    /** A Unix domain socket's path has room for about 100 bytes; a longer temporary folder is no use. */
    private static final int LONGEST = 70;

    public static PrivateFolder create() throws IOException {
        Path folder = Files.createTempDirectory("convgauge");
        if (folder.toString().length() <= LONGEST) {
            return new PrivateFolder(folder);
        }
        Files.delete(folder);
        return new PrivateFolder(Files.createTempDirectory(Path.of("/tmp"), "convgauge"));
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            for (Path entry : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(entry);
            }
        }
    }
}
