package io.github.convgauge.tornadovm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** TornadoVM compiles methods over one array class, so the f32 and the f64 kernels are two texts. They must stay one. */
class TwinsTest {
    private static final Path SOURCES = Path.of("src/main/java/io/github/convgauge/tornadovm");

    @Test
    void twinsDifferInTheirTypesOnly() throws IOException {
        TreeSet<String> families = new TreeSet<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            files.map(file -> SOURCES.relativize(file).toString())
                    .filter(name -> name.matches(".*F(32|64)\\.java"))
                    .forEach(name -> families.add(name.replaceFirst("F(32|64)\\.java", "")));
        }
        assertEquals(
                List.of("graphs/Tasks", "kernels/Blocked", "kernels/Copy", "kernels/Direct", "kernels/Gemm"),
                List.copyOf(families));
        for (String family : families) {
            String f64 = Files.readString(SOURCES.resolve(family + "F64.java"));
            String f32 = Files.readString(SOURCES.resolve(family + "F32.java"));
            assertEquals(f32, asF32(f64), family + "F32 and " + family + "F64 have drifted apart");
        }
    }

    private static String asF32(String f64) {
        // Each file names its twin once; that name must go the other way.
        return f64.lines()
                .map(line -> line.contains("he twin of")
                        ? line.replace("F32", "F64").replace("f64", "f32")
                        : line.replace("F64", "F32").replace("f64", "f32"))
                .map(line -> line.replace("double", "float").replace("Double", "Float"))
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
