package io.github.convgauge.report;

import io.github.convgauge.conv.ConvProblem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The rows of several result files together. A run that was killed may have left half a last line: it is
 * left out, with a warning. A row that is there more than once, because files were merged before, counts once.
 */
public final class ResultFiles {
    private static final byte NEWLINE = '\n';

    private final List<Row> rows = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final Set<String> lines = new HashSet<>();
    private int repeated;

    /**
     * A row and where it stands.
     *
     * @param file the index of its file
     */
    public record Row(ResultRow result, ConvProblem problem, int file) {}

    private ResultFiles() {}

    /**
     * Reads files.
     *
     * @throws IOException if one cannot be read; see {@link #read(Path)} for which
     * @throws IllegalArgumentException with one sentence, if one holds something else than result rows of this version, or none
     */
    public static ResultFiles read(List<Path> files) throws IOException {
        ResultFiles all = new ResultFiles();
        for (int i = 0; i < files.size(); i++) {
            try {
                all.read(files.get(i), i);
            } catch (IOException e) {
                throw new UnreadableFileException(files.get(i), e);
            }
        }
        if (all.repeated > 0) {
            all.warnings.add("%d row%s there more than once, and counted once".formatted(all.repeated, all.repeated == 1 ? " is" : "s are"));
        }
        return all;
    }

    private void read(Path file, int index) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int whole = bytes.length;
        while (whole > 0 && bytes[whole - 1] != NEWLINE) {
            whole--;
        }
        int number = 0;
        int before = rows.size() + repeated;
        for (String line : text(Arrays.copyOf(bytes, whole)).split("\n", -1)) {
            number++;
            if (!line.isBlank()) {
                add(parse(file, number, line), line, index);
            }
        }
        // What follows the last line's end was counted too, as an empty line.
        if (whole < bytes.length) {
            readLast(file, number, Arrays.copyOfRange(bytes, whole, bytes.length), index, rows.size() + repeated > before);
        }
        if (rows.size() + repeated == before) {
            throw new IllegalArgumentException("there is no row in " + file);
        }
    }

    /** @param mayBeTorn whether whole rows stand before it; alone it says nothing of what the file was to be */
    private void readLast(Path file, int number, byte[] bytes, int index, boolean mayBeTorn) throws IOException {
        // The cut may have gone through a character.
        if (mayBeTorn && bytes[0] == '{' && !JsonLines.isJson(new String(bytes, StandardCharsets.UTF_8))) {
            warnings.add("the last line of %s, line %d, is torn, as a killed run leaves it; it is left out".formatted(file, number));
            return;
        }
        String line = text(bytes);
        add(parse(file, number, line), line, index);
    }

    private void add(ResultRow row, String line, int file) {
        if (lines.add(line.strip())) {
            rows.add(new Row(row, ConvProblem.parse(row.problem()), file));
        } else {
            repeated++;
        }
    }

    private static String text(byte[] utf8) throws CharacterCodingException {
        // Unlike String's constructor this refuses what is no UTF-8.
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    }

    private static ResultRow parse(Path file, int number, String line) {
        ResultRow row = JsonLines.parse(file, number, line);
        String fault = fault(row);
        if (fault != null) {
            throw new IllegalArgumentException("%s, line %d is no result row: %s".formatted(file, number, fault));
        }
        return row;
    }

    /** What is wrong with a row that has the right fields; null if nothing is. */
    private static String fault(ResultRow row) {
        if (row.run() == null || row.problem() == null || row.dtype() == null || row.backend() == null || row.algorithm() == null
                || row.status() == null || row.repeat() == null || row.stages() == null || row.env() == null) {
            return "one of run, problem, dtype, backend, algorithm, status, repeat, stages and env is missing";
        }
        if (row.stages().values().stream().anyMatch(nanos -> nanos == null || nanos < 0)) {
            return "a stage has no time";
        }
        try {
            ConvProblem.parse(row.problem());
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
        ResultRow.Time time = row.time();
        boolean timed = time != null && time.medianNs() != null;
        if (!isPositive(row.gflops(), row.peakGflops(), row.peakBestGflops(), row.copyGbytes(), row.percentOfPeak(), row.bestPercentOfPeak(), row.vsPytorch(), row.vsTwin(),
                        row.kernelPercentOfPeak(), row.kernelVsTwin())
                || !isPair(row.vsPytorchIqr()) || !isPair(row.vsTwinIqr())
                || timed && !(isPositive(time.medianNs(), time.minNs()) && isPair(time.ci95Ns()))) {
            return "a time, rate or ratio is not a positive number";
        }
        return null;
    }

    private static boolean isPositive(Double... values) {
        return Arrays.stream(values).filter(Objects::nonNull).allMatch(value -> value > 0 && Double.isFinite(value));
    }

    private static boolean isPair(double[] values) {
        return values == null || values.length == 2 && values[0] <= values[1] && isPositive(values[0], values[1]);
    }

    public List<Row> rows() {
        return List.copyOf(rows);
    }

    /** Sentences on what was left out. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }
}
