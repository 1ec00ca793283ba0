package io.github.convgauge.tornadovm.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * With a grid scheduler TornadoVM replaces a parameter that is itself the bound of a {@code @Parallel} loop by the global work size,
 * wherever it stands (docs/tornadovm-notes.md). Only grids that are rounded up show it, so the texts are read.
 */
class BoundsTest {
    private static final Path KERNELS = Path.of("src/main/java/io/github/convgauge/tornadovm/kernels");
    private static final Pattern LOOP = Pattern.compile("for \\(@Parallel int (\\w+) = 0; \\1 < (.+); \\1\\+\\+\\)");

    @Test
    void noBoundIsAParameterAlone() throws IOException {
        List<String> alone = new ArrayList<>();
        int loops = 0;
        try (Stream<Path> files = Files.list(KERNELS)) {
            for (Path file : files.sorted().toList()) {
                String text = Files.readString(file);
                Matcher loop = LOOP.matcher(text);
                int found = 0;
                while (loop.find()) {
                    found++;
                    if (loop.group(2).matches("\\w+")) {
                        alone.add(file.getFileName() + ": " + loop.group());
                    }
                }
                assertEquals(text.split("\\(@Parallel ", -1).length - 1, found, file + " has loops that this does not read");
                loops += found;
            }
        }
        assertTrue(loops > 20, "only " + loops + " loops in " + KERNELS.toAbsolutePath());
        assertEquals(List.of(), alone);
    }
}
