package io.github.convgauge.peers.pytorch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Regime;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LaunchFileTest {
    private final JsonNode launch;

    LaunchFileTest() throws Exception {
        launch = new ObjectMapper().readTree(Path.of("src/main/launch/launch.json").toFile());
    }

    /** What the other tests find out about threads then holds for the worker. */
    @Test
    void theTestsRunInItsEnvironment() {
        for (Map.Entry<String, JsonNode> variable : launch.get("environment").properties()) {
            String value = variable.getValue().asText();
            if (!value.equals("${threads}")) {
                assertEquals(value, System.getenv(variable.getKey()), variable.getKey());
            }
        }
    }

    @Test
    void namesTheBackendAndOneOfItsRows() {
        PytorchBackend backend = new PytorchBackend();
        assertEquals(backend.name(), launch.get("backend").asText());
        String algorithm = launch.at("/yardstick/algorithm").asText();
        Regime regime = Regime.ofLabel(launch.at("/yardstick/regime").asText());
        assertTrue(
                backend.algorithms().stream().anyMatch(a -> hasRow(a, algorithm, regime)), algorithm + " " + regime);
    }

    private static boolean hasRow(Algorithm algorithm, String name, Regime regime) {
        return algorithm.name().equals(name) && algorithm.regimes().contains(regime);
    }
}
