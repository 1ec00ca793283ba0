package io.github.convgauge.cli.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.convgauge.report.JsonLines;
import io.github.convgauge.report.ResultRow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The rows of a sweep, as JSON lines, and its journal beside them, which says what the sweep is of and which units are over. Both only grow, a
 * whole line in one write, and each line is on the disk before the next: whoever is killed leaves at most the beginning of a line at the end,
 * and that is cut off. The journal is locked, so that there is one writer. Safe for use by several threads.
 */
final class SweepFile implements AutoCloseable {
    private static final String JOURNAL = ".sweep";
    private static final String FINISHED = "finished";
    private static final String AGAIN = "again";
    private static final String THREADS = "threads";
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final Path file;
    private final Path journalFile;
    private final FileChannel journal;
    private FileChannel rowsChannel;
    private final List<ResultRow> rows = new ArrayList<>();
    private final Set<SweepKey> keys = new HashSet<>();
    private final Set<JsonNode> finished = new LinkedHashSet<>();
    private boolean begins;
    private boolean broken;
    private int rowsBefore;

    private SweepFile(Path file) throws IOException {
        this.file = file;
        this.journalFile = journalOf(file);
        this.journal = FileChannel.open(journalFile, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** {@code results.jsonl.sweep} beside {@code results.jsonl}. */
    static Path journalOf(Path file) {
        return file.resolveSibling(file.getFileName() + JOURNAL);
    }

    /**
     * Begins a sweep or goes on with it.
     *
     * @param definition see {@link SweepDefinition}
     * @param resume whether there may be something
     * @param notes where it says what it found
     * @throws InputException if the file is somebody else's; it is left as it is then
     */
    static SweepFile open(Path file, JsonNode definition, boolean resume, Consumer<String> notes) {
        boolean hasJournal = Files.exists(journalOf(file));
        if (!resume && (hasJournal || Files.exists(file))) {
            throw new InputException("%s is there already; --resume goes on with it, and another --json FILE begins anew"
                    .formatted(Files.exists(file) ? file : journalOf(file)));
        }
        if (!hasJournal && Files.exists(file)) {
            throw new InputException("%s cannot be resumed: there is no %s to say which sweep it is of".formatted(file, journalOf(file)));
        }
        SweepFile opened = null;
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            opened = new SweepFile(file);
            opened.start(definition, resume, notes);
            return opened;
        } catch (InputException e) {
            closeQuietly(opened);
            throw e;
        } catch (IOException e) {
            closeQuietly(opened);
            throw new InputException("cannot write %s: %s".formatted(file, FileTrouble.describe(e)));
        }
    }

    private static void closeQuietly(SweepFile opened) {
        try {
            if (opened != null) {
                opened.close();
            }
        } catch (IOException e) {
            // There is something worse to be said.
        }
    }

    private void start(JsonNode definition, boolean resume, Consumer<String> notes) throws IOException {
        lock();
        List<JsonNode> entries = readJournal();
        if (entries.isEmpty()) {
            if (Files.exists(file) && Files.size(file) > 0) {
                throw new InputException("%s cannot be resumed: %s is empty, and does not say which sweep it is of".formatted(file, journalFile));
            }
            if (resume) {
                notes.accept("there is nothing in %s to go on with, so the sweep begins".formatted(file));
            }
            begins = true;
            append(journal, definition);
        } else if (!resume) {
            throw new InputException("%s is being begun by another sweep".formatted(file));
        } else {
            SweepDefinition.difference(entries.getFirst(), definition).ifPresent(what -> {
                throw new InputException("%s was begun with %s; --resume goes on with the same options, build and machine".formatted(file, what));
            });
            entries.stream().skip(1).forEach(this::replay);
        }
        rowsChannel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (cut(rowsChannel)) {
            notes.accept("the last line of %s had been cut short, and was removed; its row will be measured".formatted(file));
        }
        readRows();
    }

    private void lock() throws IOException {
        try {
            if (journal.tryLock() != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            // This very process.
        }
        throw new InputException("%s is being written by another sweep that runs right now".formatted(file));
    }

    private List<JsonNode> readJournal() throws IOException {
        cut(journal);
        List<JsonNode> entries = new ArrayList<>();
        for (String line : Files.readAllLines(journalFile)) {
            try {
                entries.add(JSON.readTree(line));
            } catch (JsonProcessingException e) {
                throw new InputException("%s, line %d is no JSON, so %s cannot be resumed".formatted(journalFile, entries.size() + 1, file));
            }
        }
        return entries;
    }

    private void replay(JsonNode entry) {
        if (entry.has(FINISHED)) {
            finished.add(unit(entry.path(FINISHED).asText(), entry.path(THREADS).asInt()));
        } else {
            finished.remove(unit(entry.path(AGAIN).asText(), entry.path(THREADS).asInt()));
        }
    }

    private void readRows() throws IOException {
        try {
            rows.addAll(JsonLines.read(file));
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage());
        }
        for (ResultRow row : rows) {
            if (!keys.add(SweepKey.of(row))) {
                throw new InputException("%s holds two rows of '%s', and no sweep writes that".formatted(file, row.repeat()));
            }
        }
        rowsBefore = rows.size();
        rowsChannel.position(rowsChannel.size());
        journal.position(journal.size());
    }

    /** Cuts off what is behind the last line feed: a line that whoever wrote it did not live to end. */
    private static boolean cut(FileChannel channel) throws IOException {
        long end = channel.size();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (end > 0) {
            channel.read(one.clear(), end - 1);
            if (one.get(0) == '\n') {
                break;
            }
            end--;
        }
        boolean torn = end < channel.size();
        if (torn) {
            channel.truncate(end);
            channel.force(true);
        }
        channel.position(end);
        return torn;
    }

    private void append(FileChannel channel, Object value) throws IOException {
        if (broken) {
            throw new IOException("an earlier line could not be written");
        }
        broken = true; // until all of it is there: behind half a line there must be nothing
        ByteBuffer line = ByteBuffer.wrap((JSON.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8));
        while (line.hasRemaining()) {
            channel.write(line);
        }
        channel.force(false);
        broken = false;
    }

    /**
     * Takes rows out, and makes what they belong to unfinished.
     *
     * @param unit the unit of a row
     * @return how many
     */
    synchronized int remove(Predicate<ResultRow> which, Function<ResultRow, SweepUnit> unit) throws IOException {
        List<ResultRow> gone = rows.stream().filter(which).toList();
        if (gone.isEmpty()) {
            return 0;
        }
        // In this order: a unit that is unfinished and has all its rows is over as soon as somebody looks.
        for (SweepUnit again : gone.stream().map(unit).distinct().toList()) {
            append(journal, JSON.createObjectNode().put(AGAIN, again.problem().toString()).put(THREADS, again.threads()));
            finished.remove(unit(again.problem().toString(), again.threads()));
        }
        List<String> lines = Files.readAllLines(file);
        StringBuilder kept = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            if (!which.test(rows.get(i))) {
                kept.append(lines.get(i)).append('\n');
            }
        }
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel out = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer text = ByteBuffer.wrap(kept.toString().getBytes(StandardCharsets.UTF_8));
            while (text.hasRemaining()) {
                out.write(text);
            }
            out.force(true);
        }
        rowsChannel.close();
        Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        rowsChannel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        rows.clear();
        keys.clear();
        readRows();
        return gone.size();
    }

    /** Adds a row, unless it is there. */
    synchronized void write(ResultRow row) throws IOException {
        if (!keys.contains(SweepKey.of(row))) {
            append(rowsChannel, row);
            keys.add(SweepKey.of(row));
            rows.add(row);
        }
    }

    synchronized boolean has(SweepKey key) {
        return keys.contains(key);
    }

    /** All rows of a unit are there. */
    synchronized void finish(SweepUnit unit) throws IOException {
        append(journal, JSON.createObjectNode().put(FINISHED, unit.problem().toString()).put(THREADS, unit.threads()));
        finished.add(unit(unit.problem().toString(), unit.threads()));
    }

    synchronized boolean isFinished(SweepUnit unit) {
        return finished.contains(unit(unit.problem().toString(), unit.threads()));
    }

    private static JsonNode unit(String problem, int threads) {
        return JSON.createArrayNode().add(problem).add(threads);
    }

    /** All rows, those of earlier processes first. */
    synchronized List<ResultRow> rows() {
        return List.copyOf(rows);
    }

    /** How many were there before. */
    int rowsBefore() {
        return rowsBefore;
    }

    Path file() {
        return file;
    }

    /** Leaves nothing behind where there was nothing before and no row came. */
    synchronized void forget() throws IOException {
        if (begins && rows.isEmpty()) {
            close();
            Files.deleteIfExists(file);
            Files.deleteIfExists(journalFile);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (rowsChannel != null) {
            rowsChannel.close();
        }
        journal.close();
    }
}
