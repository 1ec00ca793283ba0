package io.github.convgauge.cpu;

import io.github.convgauge.check.Twins;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TwinsTest {
    @Test
    void twinsDifferInTheirTypesOnly() throws IOException {
        Twins.assertTwins(Path.of("src/main/java/io/github/convgauge/cpu"), List.of(
                "Copy", "Fma", "Gemm", "Naive",
                "winograd/Input", "winograd/Output", "winograd/PlainProduct", "winograd/Weights"));
    }
}
