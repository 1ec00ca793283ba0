package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.convgauge.cli.FakeHome.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An algorithm that writes to fresh outputs as well has a row for each kind. */
class OutputsTest {
    @TempDir
    private Path folder;
    private FakeHome home;

    @BeforeEach
    void setUp() throws Exception {
        home = new FakeHome(folder);
        home.backend("alpha", "right,right-anywhere");
    }

    private Outcome check(String... options) throws IOException {
        return home.run(java.util.stream.Stream.concat(
                java.util.stream.Stream.of("--check-only", "--dtype", "f64"), java.util.stream.Stream.of(options)).toArray(String[]::new));
    }

    private static List<String> rows(Outcome run) {
        return run.rows().stream().map(row -> row.get("algorithm").asText() + " " + row.get("regime").asText() + " " + row.get("output").asText()).toList();
    }

    @Test
    void eachIsARow() throws IOException {
        Outcome run = check();
        assertEquals(
                List.of("right eager reused", "right prepared reused", "right-anywhere eager reused", "right-anywhere eager fresh"), rows(run));
        assertTrue(run.out().contains("| output |"), run.out());
    }

    @Test
    void quickRunsHaveTheFirstUnlessAskedForOthers() throws IOException {
        assertEquals(List.of("right eager reused", "right prepared reused", "right-anywhere eager reused"), rows(check("--quick")));
        assertEquals(List.of("right-anywhere eager fresh"), rows(check("--quick", "--output", "fresh")));
    }

    @Test
    void aRowCanBeRepeatedAlone() throws Exception {
        JsonNode fresh = check().rows().getLast();
        assertEquals(List.of("right-anywhere eager fresh"), rows(home.repeat(fresh)));
    }

    @Test
    void theColumnIsThereOnlyWhereOutputsDiffer() throws IOException {
        assertTrue(!check("--output", "reused").out().contains("| output |"));
    }
}
