package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.github.convgauge.report.html.SampleRows;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportCommandTest {
    @TempDir
    private Path folder;
    private Path file;
    private List<ObjectNode> rows;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void write() throws IOException {
        rows = SampleRows.sweep(60, 1);
        file = SampleRows.write(folder.resolve("rows.jsonl"), rows);
    }

    private int report(Object... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        List<String> words = new ArrayList<>(List.of("report"));
        Stream.of(args).map(Object::toString).forEach(words::add);
        return Main.execute(words.toArray(String[]::new), new PrintWriter(out), new PrintWriter(err));
    }

    /** One sentence, exit status 2, and no file more or less than before. */
    private void refused(String sentence, Object... args) throws IOException {
        List<String> before = files();
        assertEquals(2, report(args));
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertTrue(err.toString().startsWith("convgauge: ") && err.toString().contains(sentence), err.toString());
        assertEquals(before, files());
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.map(path -> path + " " + path.toFile().length()).sorted().toList();
        }
    }

    private List<Map<String, String>> csv(Path path) throws IOException {
        try (MappingIterator<Map<String, String>> read =
                new CsvMapper().readerForMapOf(String.class).with(CsvSchema.emptySchema().withHeader()).readValues(path.toFile())) {
            return read.readAll();
        }
    }

    @Test
    void allThreeFormsHaveEveryRow() throws IOException {
        Path html = folder.resolve("new/report.html");
        Path markdown = folder.resolve("report.md");
        Path csv = folder.resolve("report.csv");
        assertEquals(0, report(file, "--html", html, "--markdown", markdown, "--csv", csv), err.toString());
        assertEquals("", err.toString());
        String page = Files.readString(html);
        assertTrue(page.contains("\"count\":60") && page.contains("Content-Security-Policy") && page.contains("Apache ECharts 5."), "the page");
        assertFalse(page.contains("{{"), "every place is filled");
        assertEquals(2 + 60, Files.readString(markdown).lines().filter(line -> line.startsWith("| ")).count());
        List<Map<String, String>> cells = csv(csv);
        assertEquals(60, cells.size());
        for (int i = 0; i < cells.size(); i++) {
            assertEquals(rows.get(i).get("repeat").asText(), cells.get(i).get("repeat"));
            double median = rows.get(i).path("time").path("median_ns").asDouble();
            assertEquals(median == 0 ? "" : Double.toString(median), cells.get(i).get("median_ns").isEmpty() ? "" : Double.toString(Double.parseDouble(cells.get(i).get("median_ns"))));
        }
        Files.readString(markdown).lines().filter(line -> line.startsWith("    ")).forEach(line -> assertTrue(line.startsWith("    scripts/convgauge run"), line));
        assertEquals(rows.stream().filter(row -> !row.get("status").asText().equals("PASSED")).count(),
                Files.readString(markdown).lines().filter(line -> line.startsWith("    scripts/convgauge run")).count());
    }

    /** The files of docs/results are measured anew at times, so what is expected of their rows is read from them. */
    @Test
    void realResultsMakeAReport() throws IOException {
        Path notebook = Path.of("../docs/results/notebook.jsonl");
        Path devices = Path.of("../docs/results/devices.jsonl");
        assertEquals(0, report(notebook, devices, "--csv", folder.resolve("a.csv"), "--html", folder.resolve("a.html")), err.toString());
        List<String> lines = new ArrayList<>(Files.readAllLines(notebook));
        lines.addAll(Files.readAllLines(devices));
        List<JsonNode> kept = new ArrayList<>();
        for (String line : lines) {
            kept.add(new ObjectMapper().readTree(line));
        }
        assertTrue(kept.size() > 100, "rows: " + kept.size());
        // Most rows are of the notebook's run.
        String revision = kept.get(0).at("/env/git_revision").asText();
        List<Map<String, String>> cells = csv(folder.resolve("a.csv"));
        assertEquals(kept.size(), cells.size());
        for (int i = 0; i < kept.size(); i++) {
            JsonNode row = kept.get(i);
            String marks = cells.get(i).get("not_comparable");
            assertEquals(row.get("repeat").asText(), cells.get(i).get("repeat"));
            assertEquals(row.at("/env/busy").isTextual(), marks.contains("busy machine: load "), row.get("repeat") + ": " + marks);
            assertEquals(!row.at("/env/git_revision").asText().equals(revision), marks.contains("another git revision: "), row.get("repeat") + ": " + marks);
        }
    }

    @Test
    void marksWhatMustNotBeCompared() throws IOException {
        List<ObjectNode> odd = List.of(
                SampleRows.with(rows.get(0), Map.of("env", Map.of("git_revision", "1234567890abcdef"))),
                SampleRows.with(rows.get(1), Map.of("env", Map.of("seed", 7))),
                SampleRows.with(rows.get(2), Map.of("env", Map.of("fill", "normal"))),
                SampleRows.with(rows.get(3), Map.of("env", Map.of("jdk_version", "26+1"))),
                SampleRows.with(rows.get(4), Map.of("env", Map.of("busy", "the machine is busy: its load over the last minute was 9.50 on 16 cores, so times may be too long"))),
                SampleRows.with(rows.get(5), Map.of("env", Map.of("git_dirty", true))),
                SampleRows.with(rows.get(6), Map.of("env", Map.of("git_revision", "unknown"))),
                SampleRows.with(rows.get(7), Map.of("env", Map.of("cpu", "Another CPU"))));
        Path other = SampleRows.write(folder.resolve("other.jsonl"), odd);
        assertEquals(0, report(file, other, "--csv", folder.resolve("r.csv"), "--markdown", folder.resolve("r.md")), err.toString());
        List<String> marks = csv(folder.resolve("r.csv")).stream().map(row -> row.get("not_comparable")).toList();
        assertTrue(marks.subList(0, 60).stream().allMatch(String::isEmpty), marks.toString());
        assertEquals(List.of(
                "another git revision: 1234567890, not c221c80a6f",
                "other data: seed 7, uniform, not seed 42, uniform",
                "other data: seed 42, normal, not seed 42, uniform",
                "another JDK: 26+1 (Eclipse Adoptium), not 25.0.3+9-LTS (Eclipse Adoptium)",
                "busy machine: load 9.50 on 16 cores",
                "sources changed since revision c221c80a6f",
                "its git revision is unknown",
                ""), marks.subList(60, 68));
        assertEquals("B", csv(folder.resolve("r.csv")).get(67).get("machine"));
        assertTrue(Files.readString(folder.resolve("r.md")).contains("- 1 row: busy machine: load 9.50 on 16 cores\n"));
        assertTrue(Files.readString(folder.resolve("r.md")).contains("- machine B: Another CPU, 16 logical cores, 64.0 GiB, Debian GNU/Linux 12\n"));
    }

    @Test
    void noSpreadsheetExecutesACell() throws IOException {
        List<String> texts = List.of("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "＝1", "plain, \"quoted\"\nline");
        List<ObjectNode> odd = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            odd.add(SampleRows.with(rows.get(i), Map.of("device", texts.get(i), "reason", texts.get(i))));
        }
        assertEquals(0, report(SampleRows.write(file, odd), "--csv", folder.resolve("r.csv")), err.toString());
        List<Map<String, String>> cells = csv(folder.resolve("r.csv"));
        for (int i = 0; i < texts.size(); i++) {
            assertEquals((i < 7 ? "'" : "") + texts.get(i), cells.get(i).get("device"));
            assertEquals((i < 7 ? "'" : "") + texts.get(i), cells.get(i).get("reason"));
        }
    }

    @Test
    void markdownShowsTextsAsTheyAre() throws IOException {
        String text = "a|b\\|c <img src=x> *d* `e` [f](g)\nh\u202Ei";
        assertEquals(0, report(SampleRows.write(file, List.of(SampleRows.with(rows.get(0), Map.of("device", text, "status", "FAILED", "reason", "r", "repeat", "x\n```\ny")))),
                "--markdown", folder.resolve("r.md")), err.toString());
        String markdown = Files.readString(folder.resolve("r.md"));
        assertTrue(markdown.contains("| a\\|b\\\\\\|c &lt;img src=x&gt; \\*d\\* \\`e\\` \\[f\\](g)U+000AhU+202Ei |"), markdown);
        assertTrue(markdown.contains("\n    xU+000A```U+000Ay\n"), markdown);
    }

    @Test
    void aTornLastLineIsLeftOutWithAWarning() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        String last = SampleRows.lines(List.of(SampleRows.with(rows.get(0), Map.of("device", "é".repeat(20), "run", "other"))));
        for (int cut : new int[] {1, 2, 17, 300, last.length() / 2, last.length() - 2}) {
            Files.write(file, whole);
            Files.writeString(file, last.substring(0, cut), StandardOpenOption.APPEND);
            assertEquals(0, report(file, "--csv", folder.resolve("r.csv")), cut + ": " + err);
            assertEquals("convgauge: warning: the last line of " + file + ", line 61, is torn, as a killed run leaves it; it is left out", err.toString().strip());
            assertEquals(60, csv(folder.resolve("r.csv")).size());
        }
        // Only the line's end is missing.
        Files.write(file, whole);
        Files.writeString(file, last.strip(), StandardOpenOption.APPEND);
        assertEquals(0, report(file, "--csv", folder.resolve("r.csv")));
        assertEquals("", err.toString());
        assertEquals(61, csv(folder.resolve("r.csv")).size());
        // Half a character.
        Files.write(file, whole);
        Files.write(file, new byte[] {'{', '"', 's', (byte) 0xc3}, StandardOpenOption.APPEND);
        assertEquals(0, report(file, "--html", folder.resolve("r.html")), err.toString());
        assertTrue(Files.readString(folder.resolve("r.html")).contains("is torn, as a killed run leaves it"));
    }

    @Test
    void refusesInOneSentence() throws IOException {
        Path html = folder.resolve("r.html");
        refused("say where the report goes to: --html OUT", file);
        refused("cannot read " + folder.resolve("nowhere") + ": there is no such file or folder", folder.resolve("nowhere"), "--html", html);
        refused("there is no row in " + folder.resolve("empty"), file, Files.createFile(folder.resolve("empty")), "--html", html);
        refused("there is no row in ", Files.writeString(folder.resolve("blank"), "\n\n"), "--html", html);
        refused(", line 1 is no result row: ", Files.writeString(folder.resolve("words"), "hello\n"), "--html", html);
        refused(", line 1 is no result row: ", Files.writeString(folder.resolve("torn alone"), "{\"schema\":1,"), "--html", html);
        refused(", line 1 is no result row: it does not tell its schema", Files.writeString(folder.resolve("json"), "[1]\n"), "--html", html);
        refused(", line 1 is no result row: one of run, problem", Files.writeString(folder.resolve("poor"), "{\"schema\":1}\n"), "--html", html);
        refused("it is not UTF-8 text", Files.write(folder.resolve("bytes"), "ÄÖ\n".getBytes(StandardCharsets.ISO_8859_1)), "--html", html);
        refused(", line 2 is no result row: ", Files.writeString(folder.resolve("torn inside"), torn()), "--html", html);
        refused(", line 1: schema 2, where 1 is understood", one(Map.of("schema", 2, "new_field", 1)), "--html", html);
        refused("no such row has a field 'new_field'", one(Map.of("new_field", 1)), "--html", html);
        refused("problem 'nonsense'", one(Map.of("problem", "nonsense")), "--html", html);
        refused("a time, rate or ratio is not a positive number", one(Map.of("gflops", -1)), "--html", html);
        refused("a time, rate or ratio is not a positive number", one(Map.of("vs_pytorch_iqr", List.of(2, 1))), "--html", html);
        refused("--html is " + folder + ", which is a folder", file, "--html", folder);
        refused("--csv is " + file + ", which is a result file that is read too", file, "--csv", file);
        refused("r.html, which is the file of --html too", file, "--html", html, "--csv", folder.resolve("./r.html"));
        refused("cannot write ", file, "--html", file.resolve("r.html"));
    }

    private String torn() throws IOException {
        String text = Files.readString(file);
        int end = text.indexOf('\n', text.indexOf('\n') + 1);
        return text.substring(0, end - 20) + text.substring(end);
    }

    private Path one(Map<String, Object> fields) throws IOException {
        return SampleRows.write(folder.resolve("one"), List.of(SampleRows.with(rows.get(0), fields)));
    }

    @Test
    void replacesWhatIsThereOnlyWhenAllIsWell() throws IOException {
        Path html = Files.writeString(folder.resolve("r.html"), "before");
        Files.setPosixFilePermissions(html, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(folder.resolve("link.html"), html);
        refused("cannot write", file, "--html", html, "--csv", file.resolve("r.csv"));
        assertEquals("before", Files.readString(html));
        assertEquals(0, report(file, "--html", link), err.toString());
        assertTrue(Files.isSymbolicLink(link) && Files.readString(html).startsWith("<!DOCTYPE html>"));
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(html)));
        assertEquals(3, files().size() - 1, files().toString());
    }

    @Test
    void aRowThatIsThereTwiceCountsOnce() throws IOException {
        Path merged = Files.copy(file, folder.resolve("merged.jsonl"));
        assertEquals(0, report(file, merged, "--csv", folder.resolve("r.csv")));
        assertEquals("convgauge: warning: 60 rows are there more than once, and counted once", err.toString().strip());
        assertEquals(60, csv(folder.resolve("r.csv")).size());
    }
}
