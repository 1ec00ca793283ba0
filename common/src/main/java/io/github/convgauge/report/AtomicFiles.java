package io.github.convgauge.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Writes files so that each is there whole or as it was before: all are written beside their places first, then moved there. */
public final class AtomicFiles {
    private AtomicFiles() {}

    /**
     * Writes texts as UTF-8. Folders that are not there are made; what is there is replaced, and where it is a link, what that means.
     *
     * @throws IOException if one cannot be written; none of the files is touched then, unless moving itself fails
     */
    public static void write(Map<Path, String> texts) throws IOException {
        Map<Path, Path> written = new LinkedHashMap<>();
        try {
            for (Map.Entry<Path, String> entry : texts.entrySet()) {
                Path file = entry.getKey().toAbsolutePath();
                if (Files.exists(file)) {
                    file = file.toRealPath();
                }
                Files.createDirectories(file.getParent());
                // Not Files.createTempFile, whose files nobody else may read.
                Path beside = file.resolveSibling("." + UUID.randomUUID() + ".convgauge");
                written.put(beside, file);
                Files.write(beside, entry.getValue().getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                keepPermissions(file, beside);
            }
            for (Map.Entry<Path, Path> entry : written.entrySet()) {
                Files.move(entry.getKey(), entry.getValue(), StandardCopyOption.ATOMIC_MOVE);
            }
        } finally {
            for (Path beside : written.keySet()) {
                Files.deleteIfExists(beside);
            }
        }
    }

    private static void keepPermissions(Path from, Path to) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
        if (view != null && Files.exists(from)) {
            view.setPermissions(Files.getPosixFilePermissions(from));
        }
    }
}
