package io.github.convgauge.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Java has no templates, so f32 and f64 kernels are two texts, in files …F32.java and …F64.java. They must stay one. */
public final class Twins {
    private static final String TWIN = "F(32|64)\\.java";

    private Twins() {}

    /**
     * Fails unless each pair differs in its types only.
     *
     * @param families the pairs there must be, by path from sources on and without the dtype: {@code kernels/Gemm}
     */
    public static void assertTwins(Path sources, List<String> families) throws IOException {
        TreeSet<String> found = new TreeSet<>();
        try (Stream<Path> files = Files.walk(sources)) {
            files.map(file -> sources.relativize(file).toString())
                    .filter(name -> name.matches(".*" + TWIN))
                    .forEach(name -> found.add(name.replaceFirst(TWIN, "")));
        }
        assertEquals(families, List.copyOf(found));
        for (String family : families) {
            String f64 = Files.readString(sources.resolve(family + "F64.java"));
            String f32 = Files.readString(sources.resolve(family + "F32.java"));
            assertEquals(f32, asF32(f64), family + "F32 and " + family + "F64 have drifted apart");
        }
    }

    private static String asF32(String f64) {
        // Each file names its twin once; that name must go the other way.
        return f64.lines()
                .map(line -> line.contains("he twin of")
                        ? line.replace("F32", "F64").replace("f64", "f32")
                        : line.replace("F64", "F32").replace("f64", "f32"))
                .map(line -> line.replace("double", "float").replace("Double", "Float").replace("DOUBLE", "FLOAT"))
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
