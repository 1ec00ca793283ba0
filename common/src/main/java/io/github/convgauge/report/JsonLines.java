package io.github.convgauge.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes rows as JSON lines, each in one write as soon as it is final, so that a run that is killed
 * leaves whole lines. A file of an earlier run is replaced when the first row is there, not before.
 */
public final class JsonLines implements AutoCloseable {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final Path file;
    /** What was made for this run, innermost first; it goes again if there never is a row. */
    private final List<Path> created;
    private OutputStream out;

    private JsonLines(Path file, List<Path> created) {
        this.file = file;
        this.created = created;
    }

    /**
     * Makes sure that the file can be written, and leaves what it holds.
     *
     * @throws IOException if it cannot
     */
    public static JsonLines to(Path file) throws IOException {
        return to(file, new ArrayList<>());
    }

    /** {@link #to} a file in a folder that is made if it is not there. */
    public static JsonLines inNewFolder(Path file) throws IOException {
        List<Path> created = new ArrayList<>();
        if (Files.notExists(file.getParent())) {
            Files.createDirectory(file.getParent());
            created.add(file.getParent());
        }
        return to(file, created);
    }

    private static JsonLines to(Path file, List<Path> created) throws IOException {
        if (Files.notExists(file)) {
            created.addFirst(file);
        }
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
        return new JsonLines(file, created);
    }

    public void write(ResultRow row) throws IOException {
        if (out == null) {
            out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        }
        byte[] json = JSON.writeValueAsBytes(row);
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        out.write(line);
        out.flush();
    }

    /**
     * Reads the rows of a results file back.
     *
     * @throws IllegalArgumentException if a line is no result row of this version; the message names it
     */
    public static List<ResultRow> read(Path file) throws IOException {
        List<ResultRow> rows = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            try {
                ResultRow row = JSON.readValue(line, ResultRow.class);
                if (row.schema() != ResultRow.SCHEMA) {
                    throw new IllegalArgumentException("%s, line %d: schema %d, where %d is understood"
                            .formatted(file, number, row.schema(), ResultRow.SCHEMA));
                }
                rows.add(row);
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException("%s, line %d is no result row: %s"
                        .formatted(file, number, e.getOriginalMessage()), e);
            }
        }
        return rows;
    }

    public Path file() {
        return file;
    }

    @Override
    public void close() throws IOException {
        if (out != null) {
            out.close();
            return;
        }
        for (Path path : created) {
            Files.deleteIfExists(path);
        }
    }
}
