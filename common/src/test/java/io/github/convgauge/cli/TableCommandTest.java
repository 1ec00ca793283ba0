package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableCommandTest {
    private static final String ROW = """
            {"schema":1,"run":"r","problem":"g1mb1_ic1ih3iw3_oc1_kh1kw1_sh1sw1_ph0pw0_dh0dw0","name":"","dtype":"f32",\
            "backend":"cpu","device":"A|B (x)","algorithm":"naive","threads":1,"regime":"eager","cache":"hot",\
            "status":"PASSED","reason":null,"repeat":"scripts/convgauge run","agreement":{"tier":"repeat",\
            "max_err_over_bound":0.25,"rel_l2":0.0,"l2":0.0,"max_ulp":0.0,"l2_vs_pytorch":null},\
            "time":{"median_ns":1500.0,"iqr_ns":10.0,"min_ns":1400.0,"ci95_ns":[1490.0,1510.0],"samples":10,"outliers":0,\
            "settled":true,"first_ns":2000000,"cores":1.0},"gflops":1.25,"percent_of_peak":50.0,"peak_gflops":2.5,\
            "vs_pytorch":2.0,"vs_pytorch_iqr":[1.9,2.1],"stages":{},"env":{}}
            """.strip();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... args) {
        return Main.execute(args, new PrintWriter(out), new PrintWriter(err));
    }

    @Test
    void printsWhatRunWrote(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("rows.jsonl"), ROW + "\n" + ROW + "\n");
        assertEquals(0, execute("table", file.toString()), err.toString());
        assertEquals(2, out.toString().lines().filter(line -> line.contains("1.50 µs") && line.contains("2.00x")).count(), out.toString());
    }

    @Test
    void markdownKeepsItsColumnsWhateverTheNames(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("rows.jsonl"), ROW + "\n");
        assertEquals(0, execute("table", "--markdown", file.toString()), err.toString());
        String[] lines = out.toString().split("\n");
        assertEquals(3, lines.length, out.toString());
        assertTrue(lines[2].startsWith("| cpu | A\\|B | naive | eager | f32 | 1 | 1.50 µs |"), lines[2]);
    }

    @Test
    void refusesWhatIsNoResultFile(@TempDir Path folder) throws IOException {
        Path torn = Files.writeString(folder.resolve("torn.jsonl"), ROW + "\n" + ROW.substring(0, 100));
        assertEquals(2, execute("table", torn.toString()));
        assertTrue(err.toString().startsWith("convgauge: " + torn + ", line 2 is no result row: "), err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertEquals(2, execute("table", folder.resolve("nowhere").toString()));
        assertEquals(2, execute("table", Files.createFile(folder.resolve("empty")).toString()));
    }

    @Test
    void refusesAnotherSchema(@TempDir Path folder) throws IOException {
        Path later = Files.writeString(folder.resolve("later.jsonl"), ROW.replace("\"schema\":1", "\"schema\":2"));
        assertEquals(2, execute("table", later.toString()));
        assertTrue(err.toString().contains("line 1: schema 2, where 1 is understood"), err.toString());
    }
}
