package io.github.convgauge.tornadovm;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.BackendUnavailableException;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;

/**
 * Whether there is a device to test on: without one tests are skipped, in sight, unless
 * CONVGAUGE_REQUIRE names this lane, and then they fail.
 */
final class Lane {
    static final String NAME = "tornadovm";

    private Lane() {}

    static TornadoBackend start() {
        TornadoBackend backend = new TornadoBackend();
        try {
            backend.start();
        } catch (BackendUnavailableException e) {
            assertTrue(!isRequired(), "the lane %s is required, and %s".formatted(NAME, e.getMessage()));
            Assumptions.abort(e.getMessage());
        }
        return backend;
    }

    private static boolean isRequired() {
        String required = System.getenv().getOrDefault("CONVGAUGE_REQUIRE", "");
        return Arrays.asList(required.split(",")).contains(NAME);
    }
}
