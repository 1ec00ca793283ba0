package io.github.convgauge.worker;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.convgauge.backend.BackendUnavailableException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;

/** A backend as the build lays it out: a folder with launch.json and its jars in lib/. */
public record BackendFolder(Path folder, LaunchFile launch) {
    /** How the jars of this project's modules begin, and that of {@code common}. */
    private static final String OWN = "convgauge-";
    private static final String SHARED = "convgauge-common-";

    /** Every backend in a folder of backends, by name. */
    public static List<BackendFolder> findAll(Path backends) throws IOException {
        List<BackendFolder> found = new ArrayList<>();
        if (!Files.isDirectory(backends)) {
            return found;
        }
        try (Stream<Path> entries = Files.list(backends)) {
            for (Path entry : entries.sorted().toList()) {
                Path launch = entry.resolve("launch.json");
                if (Files.isRegularFile(launch)) {
                    found.add(new BackendFolder(entry, JsonMapper.builder().build().readValue(launch.toFile(), LaunchFile.class)));
                }
            }
        }
        return found;
    }

    public String name() {
        return launch.backend();
    }

    /** Absolute, since the worker has a working directory of its own. */
    String classPath() {
        return lib() + File.separator + "*";
    }

    private Path lib() {
        return folder.resolve("lib").toAbsolutePath();
    }

    /**
     * Makes sure that the worker can be started at all.
     *
     * @throws BackendUnavailableException if something that it needs is not there
     */
    void requireAll(LaunchText text) throws BackendUnavailableException {
        for (Need need : launch.needs()) {
            need.require(folder.toAbsolutePath(), text);
        }
        if (!hasJars()) {
            throw new BackendUnavailableException(
                    "it was not built: there is no jar in " + lib(),
                    "build convgauge again (mvn package) now that what it needs is there; a backend that needs more than"
                            + " the JDK is left out of a build that does not find it",
                    null);
        }
        List<String> texts = new ArrayList<>(launch.jvm());
        texts.addAll(launch.environment().values());
        for (String setting : texts) {
            Optional<String> unset = text.unset(setting);
            if (unset.isPresent()) {
                throw new BackendUnavailableException(
                        unset.get() + " is not set, and its launch file takes " + setting + " from it",
                        "set " + unset.get(), null);
            }
        }
    }

    /**
     * A checksum of the code that computes: of the entries of all jars that this project built for the backend, but for
     * what all backends share. Kernels that were changed are other kernels, whatever was known of the old ones.
     */
    public String code() throws IOException {
        CRC32 checksum = new CRC32();
        for (Path file : jars()) {
            String name = file.getFileName().toString();
            if (name.startsWith(OWN) && !name.startsWith(SHARED)) {
                try (JarFile jar = new JarFile(file.toFile())) {
                    jar.stream()
                            .filter(entry -> !entry.isDirectory() && !entry.getName().startsWith("META-INF/"))
                            .sorted(Comparator.comparing(ZipEntry::getName))
                            .forEach(entry -> checksum.update(
                                    (entry.getName() + " " + entry.getCrc() + "\n").getBytes(StandardCharsets.UTF_8)));
                }
            }
        }
        return String.format(Locale.ROOT, "%08x", checksum.getValue());
    }

    private List<Path> jars() throws IOException {
        try (Stream<Path> files = Files.list(lib())) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
    }

    private boolean hasJars() {
        try {
            return !jars().isEmpty();
        } catch (IOException e) {
            return false;
        }
    }
}
