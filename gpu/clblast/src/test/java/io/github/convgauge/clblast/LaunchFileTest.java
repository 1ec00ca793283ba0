package io.github.convgauge.clblast;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LaunchFileTest {
    @Test
    void namesTheBackend() throws Exception {
        JsonNode launch = new ObjectMapper().readTree(Path.of("src/main/launch/launch.json").toFile());
        assertEquals(new ClBlastBackend().name(), launch.get("backend").asText());
    }

    /** The same device would else have other threads than in the rows that these are compared with. */
    @Test
    void hasTheEnvironmentOfItsTwin() throws Exception {
        JsonNode launch = new ObjectMapper().readTree(Path.of("src/main/launch/launch.json").toFile());
        assertEquals("opencl", launch.get("twin").asText());
        JsonNode twin = new ObjectMapper().readTree(Path.of("../opencl/src/main/launch/launch.json").toFile());
        assertEquals(twin.get("environment"), launch.get("environment"));
    }
}
