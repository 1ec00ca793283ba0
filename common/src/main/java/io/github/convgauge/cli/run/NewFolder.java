package io.github.convgauge.cli.run;

import io.github.convgauge.report.OutputFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder of results that appears whole or not at all: they are gathered in a draft beside it (or beside the first of its parents that
 * is not there yet), which takes its name when all is there, and is gone when closed before.
 *
 * @param target the folder
 * @param draft where files are written meanwhile
 */
record NewFolder(Path target, Path draft) implements AutoCloseable {
    /**
     * Makes the draft.
     *
     * @param option that named the folder
     * @throws InputException if the folder holds something already, or cannot be written
     */
    static NewFolder at(String option, Path target) {
        if (target.toString().isBlank()) {
            throw new InputException(option + " is empty; it takes the name of a folder");
        }
        Path whole = target.toAbsolutePath().normalize();
        try {
            if (Files.exists(whole)) {
                requireEmpty(whole, target);
            }
            OutputFolder.requireWritable(whole);
            Path there = whole.getParent();
            while (!Files.exists(there)) {
                there = there.getParent();
            }
            Path draft = there.resolve(".%s-%d".formatted(whole.getFileName(), ProcessHandle.current().pid()));
            Files.createDirectory(draft);
            return new NewFolder(target, draft);
        } catch (IOException e) {
            throw new InputException("cannot write to %s: %s".formatted(target, FileTrouble.describe(e)));
        }
    }

    private static void requireEmpty(Path folder, Path named) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new InputException(named + " is there already, and is no folder");
        }
        try (Stream<Path> entries = Files.list(folder)) {
            if (entries.findAny().isPresent()) {
                throw new InputException(named + " is there already, and is not empty");
            }
        }
    }

    /** Gives the draft its name; an empty folder makes room. */
    void finish() throws IOException {
        Files.createDirectories(target.toAbsolutePath().normalize().getParent());
        Files.move(draft, target.toAbsolutePath().normalize(), StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        if (!Files.exists(draft)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> entries = Files.walk(draft)) {
            all = entries.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path entry : all) {
            Files.deleteIfExists(entry);
        }
    }
}
