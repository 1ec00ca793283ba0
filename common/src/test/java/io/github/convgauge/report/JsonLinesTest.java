package io.github.convgauge.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.convgauge.check.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesTest {
    @TempDir
    private Path folder;

    @Test
    void aFileOfAnEarlierRunStaysUntilThereIsARow() throws IOException {
        Path file = folder.resolve("rows.jsonl");
        Files.writeString(file, "what was there\nbefore, and longer than a line of results".repeat(100));
        String before = Files.readString(file);
        try (JsonLines lines = JsonLines.to(file)) {
            assertEquals(before, Files.readString(file));
            lines.write(Rows.timed("a", true, null));
            assertEquals(1, Files.readAllLines(file).size());
            lines.write(Rows.timed("b", true, null));
            // Whole before it is closed: a run that is killed leaves this.
            assertTrue(Files.readString(file).endsWith("}\n"));
            assertEquals(List.of("a", "b"), JsonLines.read(file).stream().map(ResultRow::algorithm).toList());
        }
    }

    @Test
    void withoutARowNothingIsLeft() throws IOException {
        JsonLines.to(folder.resolve("rows.jsonl")).close();
        JsonLines.to(folder.resolve("new/folder/rows.jsonl")).close();
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void foldersComeWithTheFirstRow() throws IOException {
        Path file = folder.resolve("new/folder/rows.jsonl");
        try (JsonLines lines = JsonLines.to(file)) {
            lines.write(Rows.timed("a", true, null));
        }
        assertEquals(1, Files.readAllLines(file).size());
    }

    @Test
    void whatCannotBeWrittenIsSaidAtOnce() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThrows(IOException.class, () -> JsonLines.to(folder));
        assertThrows(IOException.class, () -> JsonLines.to(file.resolve("rows.jsonl")));
        assertThrows(IOException.class, () -> JsonLines.to(Path.of("/proc/rows.jsonl")));
    }

    @Test
    void everyFieldIsThere() throws IOException {
        Path file = folder.resolve("rows.jsonl");
        try (JsonLines lines = JsonLines.to(file)) {
            lines.write(Rows.untimed("*", Status.UNAVAILABLE, "no driver"));
        }
        JsonNode row = JsonMapper.builder().build().readTree(Files.readString(file));
        assertEquals(ResultRow.class.getRecordComponents().length, row.size());
        assertTrue(row.get("device").isNull() && row.get("time").isNull() && row.get("vs_pytorch_iqr").isNull(), row.toString());
        assertEquals("UNAVAILABLE", row.get("status").asText());
    }

    @Test
    void rowsAreReadBack() throws IOException {
        Path file = folder.resolve("rows.jsonl");
        ResultRow written = Rows.timed("a", false, "said \"so\"");
        try (JsonLines lines = JsonLines.to(file)) {
            lines.write(written);
        }
        ResultRow read = JsonLines.read(file).getFirst();
        assertEquals(written.agreement(), read.agreement());
        assertEquals(written.reason(), read.reason());
        assertEquals(written.time().medianNs(), read.time().medianNs());
        assertEquals(written.stages(), read.stages());
    }

    /** Files from before a field was there are read as if it did not apply. */
    @Test
    void linesWithoutTheBestShareAreRead() throws IOException {
        Path file = folder.resolve("rows.jsonl");
        ResultRow written = Rows.timed("a", true, null);
        try (JsonLines lines = JsonLines.to(file)) {
            lines.write(written);
        }
        ResultRow whole = JsonLines.read(file).getFirst();
        assertEquals(written.bestPercentOfPeak(), whole.bestPercentOfPeak());
        assertEquals(written.peakBestGflops(), whole.peakBestGflops());
        Files.writeString(file, Files.readString(file).replaceAll("\"(best_percent_of_peak|peak_best_gflops)\":[0-9.]+,", ""));
        assertFalse(Files.readString(file).contains("best"), Files.readString(file));
        ResultRow old = JsonLines.read(file).getFirst();
        assertNull(old.bestPercentOfPeak());
        assertNull(old.peakBestGflops());
        assertEquals(written.percentOfPeak(), old.percentOfPeak());
        assertEquals(written.peakGflops(), old.peakGflops());
    }

    @Test
    void brokenLinesAreNamed() throws IOException {
        Path file = folder.resolve("rows.jsonl");
        try (JsonLines lines = JsonLines.to(file)) {
            lines.write(Rows.timed("a", true, null));
        }
        String whole = Files.readString(file);
        Files.writeString(file, whole + whole.substring(0, 50) + "\n");
        String cut = assertThrows(IllegalArgumentException.class, () -> JsonLines.read(file)).getMessage();
        assertTrue(cut.startsWith(file + ", line 2 is no result row: "), cut);
        assertFalse(cut.contains("\n"), cut);
        Files.writeString(file, whole.replace("\"schema\":1", "\"schema\":9"));
        String other = assertThrows(IllegalArgumentException.class, () -> JsonLines.read(file)).getMessage();
        assertEquals(file + ", line 1: schema 9, where 1 is understood", other);
    }
}
