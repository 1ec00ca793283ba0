package io.github.convgauge.conv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The file of docs/problems against the built-in sets, which have a test of their own. */
class ProblemFilesTest {
    private static final Path DOCS = Path.of("..", "docs", "problems");
    private static final Path SETS = Path.of("src/main/resources/io/github/convgauge/problems");

    @Test
    void theSetThatIsMeasuredHasThemAll() throws IOException {
        List<ConvProblem> all = read(DOCS, "cpu");
        assertEquals(1 + 23 + 9 + 10, all.size());
        for (String set : List.of("notebook", "resnet50", "vgg16", "mobilenetv2-dw")) {
            read(SETS, set).forEach(problem -> assertEquals(1, all.stream().filter(problem::equals).count(), problem.toString()));
        }
    }

    private static List<ConvProblem> read(Path folder, String file) throws IOException {
        return Files.readAllLines(folder.resolve(file + ".txt")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(ConvProblem::parse)
                .toList();
    }
}
