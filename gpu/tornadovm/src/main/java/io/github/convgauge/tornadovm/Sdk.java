package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.BackendUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** The TornadoVM SDK that this JVM runs with. */
final class Sdk {
    private static final String HOME = "TORNADOVM_HOME";
    private static final String RELEASE = "etc/tornado.release";
    private static final String MEND = "start convgauge through its scripts, which find the SDK, or set " + HOME;

    private Sdk() {}

    /**
     * Version and revision, by name.
     *
     * @throws BackendUnavailableException if it does not say what it is
     */
    static Map<String, String> versions() throws BackendUnavailableException {
        String home = System.getenv(HOME);
        if (home == null || home.isBlank()) {
            throw new BackendUnavailableException(HOME + " is not set", MEND, null);
        }
        Path release = Path.of(home, RELEASE);
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(release)) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException e) {
            throw new BackendUnavailableException("the TornadoVM SDK in %s has no %s".formatted(home, RELEASE), MEND, e);
        }
        Map<String, String> versions = new TreeMap<>();
        versions.put("TornadoVM", properties.getProperty("version", "unknown"));
        versions.put("TornadoVM revision", properties.getProperty("commit", "unknown"));
        return versions;
    }
}
