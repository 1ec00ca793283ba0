package io.github.convgauge.conv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sets of layers in docs/problems against what is known of the nets. */
class ProblemFilesTest {
    private static final Path FOLDER = Path.of("..", "docs", "problems");

    /** GFLOP of all layers of the net, padding taps included: the figures that papers and libraries state. */
    @ParameterizedTest
    @CsvSource({
        "resnet50-v1.5, 23, 53, 8.17",
        "vgg16, 9, 13, 30.69",
        "mobilenetv2-dw, 10, 17, 0.0414",
    })
    void distinctLayersAndAllOfThem(String file, int distinct, int layers, double gflop) throws IOException {
        List<ConvProblem> problems = read(file);
        assertEquals(distinct, problems.stream().map(ProblemFilesTest::shape).distinct().count());
        assertEquals(distinct, problems.size());
        assertEquals(layers, problems.stream().mapToInt(ConvProblem::count).sum());
        double all = problems.stream().mapToDouble(p -> p.count() * 2.0 * p.mb() * p.oh() * p.ow() * p.oc() * p.terms()).sum();
        assertEquals(gflop, all / 1e9, gflop / 100);
    }

    @Test
    void theSetThatIsMeasuredHasThemAll() throws IOException {
        List<ConvProblem> all = read("cpu");
        assertEquals(1 + 23 + 9 + 10, all.size());
        for (String file : List.of("resnet50-v1.5", "vgg16", "mobilenetv2-dw")) {
            read(file).forEach(problem -> assertEquals(1, all.stream().filter(problem::equals).count(), problem.toString()));
        }
    }

    private static String shape(ConvProblem problem) {
        return problem.toString().replaceFirst("_n\".*", "");
    }

    private static List<ConvProblem> read(String file) throws IOException {
        return Files.readAllLines(FOLDER.resolve(file + ".txt")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(ConvProblem::parse)
                .toList();
    }
}
