package io.github.convgauge.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LaunchFileTest {
    @Test
    void namesTheBackend() throws Exception {
        JsonNode launch = new ObjectMapper().readTree(Path.of("src/main/launch/launch.json").toFile());
        assertEquals(new OpenClBackend().name(), launch.get("backend").asText());
    }
}
