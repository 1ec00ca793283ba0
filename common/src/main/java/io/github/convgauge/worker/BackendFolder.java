package io.github.convgauge.worker;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A backend as the build lays it out: a folder with launch.json and its jars in lib/. */
public record BackendFolder(Path folder, LaunchFile launch) {
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

    String classPath() {
        return folder.resolve("lib").toString() + File.separator + "*";
    }
}
