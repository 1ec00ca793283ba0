package io.github.convgauge.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example compiles, runs, and computes what it says. */
class ReadmeExampleTest {
    private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void compilesAndRuns(@TempDir Path folder) throws Exception {
        String example = example();
        assertTrue(example.lines().count() <= 10, "it is called a ten-line example");
        String body = example.replaceAll("(?m)^import .*\n", "");
        String imports = example.lines().filter(line -> line.startsWith("import ")).reduce("", (a, b) -> a + b + "\n");
        Path source = folder.resolve("Example.java");
        Files.writeString(source, imports + "public class Example {\n  public static double run() {\n" + body
                + "    return sum;\n  }\n}\n");
        int status = ToolProvider.getSystemJavaCompiler().run(
                null, null, null, "-d", folder.toString(), "-cp", System.getProperty("java.class.path"), source.toString());
        assertEquals(0, status, "the compiler's complaints are on standard error");
        try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            Object sum = loader.loadClass("Example").getMethod("run").invoke(null);
            // 10 × 30 × 30 places, 16 channels, each the sum of 3 · 3 · 8 ones times a half.
            assertEquals(10 * 30 * 30 * 16 * 36.0, sum);
        }
    }

    private static String example() throws IOException {
        Matcher block = EXAMPLE.matcher(Files.readString(Path.of("..", "..", "README.md")));
        assertTrue(block.find(), "the README has a block of Java");
        return block.group(1);
    }
}
