package io.github.convgauge.tornadovm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.convgauge.check.Twins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TwinsTest {
    private static final Path SOURCES = Path.of("src/main/java/io/github/convgauge/tornadovm");

    @Test
    void twinsDifferInTheirTypesOnly() throws IOException {
        Twins.assertTwins(
                SOURCES, List.of("graphs/Tasks", "kernels/Blocked", "kernels/Copy", "kernels/Direct", "kernels/Gemm", "kernels/ImplicitGemm", "kernels/Lines",
                        "kernels/Pairs", "kernels/Rows"));
    }

    /** TornadoVM has a class for each vector, so each width is a text of its own, too. */
    @Test
    void widthsDifferInTheirNumbersOnly() throws IOException {
        widths("kernels/BlockedF32.java", "lanes", 8, 4);
        widths("kernels/LinesF32.java", "lanes", 8, 4);
        widths("kernels/PairsF32.java", "pairs", 8);
        widths("kernels/RowsF32.java", "pad", 4);
        widths("kernels/RowsF32.java", "im2col", 4);
    }

    private static void widths(String file, String name, int... narrower) throws IOException {
        String text = Files.readString(SOURCES.resolve(file));
        String widest = method(text, name + "16");
        for (int lanes : narrower) {
            String expected = widest.replace("16", Integer.toString(lanes)).replace("+ 15)", "+ " + (lanes - 1) + ")");
            assertEquals(expected, method(text, name + lanes), file + ": " + name + lanes + " has drifted from " + name + "16");
        }
    }

    private static String method(String text, String name) {
        int begin = text.indexOf("    public static void " + name + "(");
        return text.substring(begin, text.indexOf("\n    }\n", begin));
    }
}
