package io.github.convgauge.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
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
    private static final ObjectMapper JSON = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private final Path file;
    private OutputStream out;

    private JsonLines(Path file) {
        this.file = file;
    }

    /**
     * Makes sure that the file can be written, and leaves everything as it is; folders that are not
     * there come with the first row.
     *
     * @throws IOException if it cannot
     */
    public static JsonLines to(Path file) throws IOException {
        if (Files.exists(file)) {
            Files.newOutputStream(file, StandardOpenOption.APPEND).close();
        } else {
            OutputFolder.requireWritable(file.toAbsolutePath().getParent());
        }
        return new JsonLines(file);
    }

    public void write(ResultRow row) throws IOException {
        append(row);
    }

    /** A line of {@code convgauge crossover}. */
    public void write(CrossoverLine line) throws IOException {
        append(line);
    }

    private void append(Object row) throws IOException {
        if (out == null) {
            Files.createDirectories(file.toAbsolutePath().getParent());
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
            rows.add(parse(file, number, line));
        }
        return rows;
    }

    /**
     * One line of a results file.
     *
     * @param number of the line, from 1
     * @throws IllegalArgumentException with one sentence that names the line, if it is no result row of this version
     */
    static ResultRow parse(Path file, int number, String line) {
        try {
            JsonNode tree = JSON.readTree(line);
            // Before the rest, since a later version may have fields that are unknown here.
            JsonNode schema = tree.get("schema");
            if (schema != null && schema.isNumber() && !(schema.isInt() && schema.intValue() == ResultRow.SCHEMA)) {
                throw new IllegalArgumentException("%s, line %d: schema %s, where %d is understood"
                        .formatted(file, number, schema, ResultRow.SCHEMA));
            }
            if (schema == null || !schema.isInt()) {
                throw new IllegalArgumentException("%s, line %d is no result row: it does not tell its schema".formatted(file, number));
            }
            return JSON.treeToValue(tree, ResultRow.class);
        } catch (UnrecognizedPropertyException e) {
            throw new IllegalArgumentException("%s, line %d is no result row: no such row has a field '%s'"
                    .formatted(file, number, e.getPropertyName()), e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("%s, line %d is no result row: %s"
                    .formatted(file, number, e.getOriginalMessage().lines().findFirst().orElse("it is no JSON")), e);
        }
    }

    /** Whether a line is whole. */
    static boolean isJson(String line) {
        try {
            JSON.readTree(line);
            return true;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    public Path file() {
        return file;
    }

    @Override
    public void close() throws IOException {
        if (out != null) {
            out.close();
        }
    }
}
