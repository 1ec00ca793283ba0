package io.github.convgauge.cli.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A temporary folder that only this user can open, gone when closed: sockets, logs and references.
 * A process that is killed leaves its folder behind; the next one removes it.
 */
public record PrivateFolder(Path path) implements AutoCloseable {
    /** A Unix domain socket's path has room for 104 bytes on some systems, and some 70 of them come after this. */
    private static final int LONGEST = 34;
    private static final Pattern NAME = Pattern.compile("convgauge-(\\d+)-\\d+");

    public static PrivateFolder create() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
        Path parent = temporary.toString().length() <= LONGEST ? temporary : Path.of("/tmp");
        removeAbandoned(parent);
        return new PrivateFolder(Files.createTempDirectory(parent, "convgauge-" + ProcessHandle.current().pid() + "-"));
    }

    private static void removeAbandoned(Path parent) throws IOException {
        List<Path> all;
        try (Stream<Path> entries = Files.list(parent)) {
            all = entries.toList();
        }
        for (Path entry : all) {
            Matcher name = NAME.matcher(entry.getFileName().toString());
            if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
                try {
                    delete(entry);
                } catch (IOException e) {
                    // Another user's, or another process removes it right now.
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        delete(path);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path entry : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(entry);
            }
        }
    }
}
