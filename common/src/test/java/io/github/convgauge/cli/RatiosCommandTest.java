package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatiosCommandTest {
    @TempDir
    private Path folder;
    private Path file;
    private final StringBuilder lines = new StringBuilder();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void write() throws IOException {
        row("r1", "a", "cpu", "direct", "prepared", "PASSED", 100);
        row("r1", "a", "cpu", "direct", "eager", "PASSED", 90);
        row("r1", "a", "peer", "conv", "prepared", "PASSED", 400);
        row("r1", "a", "peer", "slow", "prepared", "PASSED", 500);
        row("r1", "b", "cpu", "direct", "prepared", "PASSED", 200);
        row("r1", "b", "peer", "conv", "prepared", "PASSED", 200);
        row("r1", "c", "cpu", "direct", "prepared", "FAILED", 10);
        row("r1", "c", "peer", "conv", "prepared", "PASSED", 200);
        row("r1", "d", "cpu", "direct", "prepared", "UNSUPPORTED", 1);
        row("r1", "d", "peer", "conv", "prepared", "PASSED", 1);
        row("r2", "a", "cpu", "other", "prepared", "PASSED", 1);
        row("r2", "a", "peer", "conv", "prepared", "PASSED", 1);
        file = Files.writeString(folder.resolve("rows.jsonl"), lines);
    }

    private void row(String run, String name, String backend, String algorithm, String regime, String status, double median) {
        row(run, name, backend, algorithm, regime, status, median, 0.9 * median, "");
    }

    /** @param best the field with the best share of the peak; nothing as in files from before there was one */
    private void row(
            String run, String name, String backend, String algorithm, String regime, String status, double median, double minimum,
            String best) {
        lines.append(String.format(Locale.ROOT, """
                {"schema":1,"run":"%s","problem":"g1mb1_ic1ih3iw3_oc1_kh1kw1_sh1sw1_ph0pw0_dh0dw0_n\\"%s\\"","name":"%s","dtype":"f32",\
                "backend":"%s","device":"x","algorithm":"%s","threads":2,"regime":"%s","output":"reused","cache":"hot",\
                "status":"%s","reason":null,"repeat":"again","agreement":null,"time":{"median_ns":%f,"min_ns":%f,"samples":10,"outliers":0,\
                "settled":true,"first_ns":1},"percent_of_peak":50.0,%s"kernel_ns":%d,"kernel_percent_of_peak":75.0,"stages":{},"env":{}}
                """, run, name, name, backend, algorithm, regime, status, median, minimum, best, (long) Math.sqrt(median)));
    }

    private int execute(String... args) {
        return Main.execute(args, new PrintWriter(out), new PrintWriter(err));
    }

    @Test
    void kernelsByTheDevicesClock() {
        assertEquals(0, execute("ratios", file.toString(), "--kernel", "--of", "cpu direct prepared", "--to", "peer"), err.toString());
        String text = out.toString();
        assertTrue(text.contains("| a | f32 | 2 | direct prepared, 10.0 ns | 75.0 | conv prepared, 20.0 ns | 2.00x |"), text);
        assertTrue(text.contains(" | speed-up by kernel times |\n") && text.contains("\n- f32, 2 threads, by kernel times: geometric mean "), text);
    }

    /** On both sides the row with the shortest execution is another one than that with the shortest median. */
    @Test
    void minimaAreOfOtherRowsThanMedians() throws IOException {
        lines.setLength(0);
        row("r1", "a", "cpu", "direct", "prepared", "PASSED", 100, 80, "\"best_percent_of_peak\":53.5,");
        row("r1", "a", "cpu", "direct", "eager", "PASSED", 110, 60, "\"best_percent_of_peak\":71.5,");
        row("r1", "a", "peer", "conv", "prepared", "PASSED", 400, 90, "");
        row("r1", "a", "peer", "slow", "prepared", "PASSED", 500, 75, "");
        row("r1", "b", "cpu", "direct", "prepared", "PASSED", 100, 80, "");
        row("r1", "b", "peer", "conv", "prepared", "PASSED", 200, 40, "");
        Files.writeString(file, lines);
        assertEquals(0, execute("ratios", file.toString(), "--of", "cpu", "--to", "peer"), err.toString());
        assertEquals("""
                | problem | dtype | threads | cpu | % of peak | peer | speed-up |
                | --- | --- | ---: | --- | ---: | --- | ---: |
                | a | f32 | 2 | direct prepared, 100 ns | 50.0 | conv prepared, 400 ns | 4.00x |
                | b | f32 | 2 | direct prepared, 100 ns | 50.0 | conv prepared, 200 ns | 2.00x |

                - f32, 2 threads: geometric mean 2.83x over 2 of 2 problems, least 2.00x
                """, out.toString());
        out.getBuffer().setLength(0);
        assertEquals(1, execute("ratios", file.toString(), "--minimum", "--of", "cpu", "--to", "peer", "--at-least", "1"), err.toString());
        assertEquals("""
                | problem | dtype | threads | cpu | % of peak | peer | speed-up by minima |
                | --- | --- | ---: | --- | ---: | --- | ---: |
                | a | f32 | 2 | direct eager, 60.0 ns | 71.5 | slow prepared, 75.0 ns | 1.25x |
                | b | f32 | 2 | direct prepared, 80.0 ns | - | conv prepared, 40.0 ns | 0.500x |

                - f32, 2 threads, by minima: geometric mean 0.791x over 2 of 2 problems, least 0.500x
                - below 1.00x: b f32, 2 threads: 0.500x
                """, out.toString());
    }

    @Test
    void theFastestOfEachSideInTheSameRun() {
        assertEquals(0, execute("ratios", file.toString(), "--of", "cpu direct prepared", "--to", "peer"), err.toString());
        String text = out.toString();
        assertTrue(text.contains("| a | f32 | 2 | direct prepared, 100 ns | 50.0 | conv prepared, 400 ns | 4.00x |"), text);
        assertTrue(text.contains("| b | f32 | 2 | direct prepared, 200 ns | 50.0 | conv prepared, 200 ns | 1.00x |"), text);
        assertTrue(text.contains("| c | f32 | 2 | did not pass | - | conv prepared, 200 ns | - |"), text);
        assertTrue(text.contains("- left out: 1 where one side does not do the problem or the dtype"), text);
        assertTrue(text.contains("- f32, 2 threads: geometric mean 2.00x over 2 of 3 problems, least 1.00x"), text);
    }

    /** A choice in a name of rows is no column of the table. */
    @Test
    void aStrokeInANameIsNoColumn() {
        assertEquals(0, execute("ratios", file.toString(), "--of", "cpu direct (prepared|x)", "--to", "peer"), err.toString());
        assertTrue(out.toString().startsWith("| problem | dtype | threads | cpu direct (prepared\\|x) | % of peak | peer | speed-up |"), out.toString());
    }

    @Test
    void namesWhatIsBelowALimit() {
        assertEquals(1, execute("ratios", file.toString(), "--of", "cpu direct", "--to", "peer conv", "--at-least", "1.01"));
        assertTrue(out.toString().contains("- below 1.01x: b f32, 2 threads: 1.00x"), out.toString());
        assertTrue(out.toString().contains("- below 1.01x: c f32, 2 threads: did not pass"), out.toString());
        assertFalse(out.toString().contains("- below 1.01x: a "), out.toString());
    }

    @Test
    void reachesALimit() throws IOException {
        Files.writeString(file, lines.toString().lines().filter(line -> !line.contains("\\\"c\\\"")).reduce("", (a, b) -> a + b + "\n"));
        assertEquals(0, execute("ratios", file.toString(), "--of", "cpu direct", "--to", "peer", "--at-least", "1"), out.toString());
    }

    @Test
    void refusesInOneSentence() {
        refused("no row matches 'gpu'", "--of", "gpu", "--to", "peer");
        refused("'(' is no regular expression: Unclosed group", "--of", "cpu (", "--to", "peer");
        refused("'a b c d e' does not name rows; 'backend algorithm regime output' does, or the first few of them", "--of", "a b c d e", "--to", "peer");
        refused("--at-least is 'much'; it must be a positive number", "--of", "cpu", "--to", "peer", "--at-least", "much");
        refused("--minimum and --kernel exclude each other: of the time in kernels the result files have no minimum",
                "--of", "cpu", "--to", "peer", "--minimum", "--kernel");
        refused("no row matches 'peer x'", "--of", "cpu direct eager", "--to", "peer x");
        refused("no problem has both a row of 'cpu other' and one of 'peer slow' in the same run", "--of", "cpu other", "--to", "peer slow");
    }

    private void refused(String sentence, String... options) {
        err.getBuffer().setLength(0);
        String[] args = new String[options.length + 2];
        args[0] = "ratios";
        args[1] = file.toString();
        System.arraycopy(options, 0, args, 2, options.length);
        assertEquals(2, execute(args));
        assertEquals("convgauge: " + sentence, err.toString().strip());
    }
}
