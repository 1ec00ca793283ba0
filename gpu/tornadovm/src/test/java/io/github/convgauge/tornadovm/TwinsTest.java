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
                SOURCES, List.of("graphs/Tasks", "kernels/Blocked", "kernels/Copy", "kernels/Direct", "kernels/Gemm"));
    }

    /** TornadoVM has a class for each vector, so each width is a text of its own, too. */
    @Test
    void widthsDifferInTheirNumbersOnly() throws IOException {
        String text = Files.readString(SOURCES.resolve("kernels/BlockedF32.java"));
        String widest = method(text, 16);
        for (int lanes : new int[] {8, 4}) {
            String expected = widest.replace("16", Integer.toString(lanes)).replace("+ 15)", "+ " + (lanes - 1) + ")");
            assertEquals(expected, method(text, lanes), "lanes" + lanes + " has drifted from lanes16");
        }
    }

    private static String method(String text, int lanes) {
        int begin = text.indexOf("    public static void lanes" + lanes + "(");
        return text.substring(begin, text.indexOf("\n    }\n", begin));
    }
}
