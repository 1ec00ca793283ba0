package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.convgauge.cli.FakeHome.Outcome;
import io.github.convgauge.report.ResultRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The schema refuses broken lines; that it takes real ones, the tests of the runs show. */
class ResultSchemaTest {
    @TempDir
    private static Path folder;

    private static ObjectNode line;

    @BeforeAll
    static void realLine() throws IOException {
        Outcome run = new FakeHome(folder).yardstick("yard", "right", "peak=4e6")
                .run("--quick", "--dtype", "f64", "--regime", "eager", "--problem", FakeHome.PROBLEM, "--time-budget", "2s");
        line = (ObjectNode) run.rows().getFirst();
        assertEquals(List.of(), ResultSchema.complaints(line), line.toString());
    }

    @TestFactory
    Stream<DynamicTest> noFieldMayBeMissing() {
        return Stream.of("", "/agreement", "/time").flatMap(object -> {
            Iterator<String> names = line.at(object).fieldNames();
            return Stream.generate(names::next).limit(line.at(object).size()).map(name -> DynamicTest.dynamicTest(object + "/" + name, () -> {
                ObjectNode broken = line.deepCopy();
                ((ObjectNode) broken.at(object)).remove(name);
                assertFalse(ResultSchema.complaints(broken).isEmpty());
            }));
        });
    }

    @TestFactory
    Stream<DynamicTest> noValueMayBeWrong() {
        Map<String, JsonNode> values = Map.ofEntries(
                Map.entry("/schema", IntNode.valueOf(2)),
                Map.entry("/run", TextNode.valueOf("yesterday")),
                Map.entry("/problem", TextNode.valueOf("ic1ih3oc1kh1")),
                Map.entry("/dtype", TextNode.valueOf("f16")),
                Map.entry("/name", NullNode.instance),
                Map.entry("/threads", IntNode.valueOf(0)),
                Map.entry("/regime", TextNode.valueOf("lazy")),
                Map.entry("/cache", NullNode.instance),
                Map.entry("/variant", TextNode.valueOf("lanes=4")),
                Map.entry("/variant_source", TextNode.valueOf("guessed")),
                Map.entry("/status", TextNode.valueOf("OK")),
                Map.entry("/reason", IntNode.valueOf(1)),
                Map.entry("/repeat", TextNode.valueOf("")),
                Map.entry("/agreement", NullNode.instance),
                Map.entry("/agreement/tier", TextNode.valueOf("guess")),
                Map.entry("/agreement/rel_l2", DoubleNode.valueOf(-1)),
                Map.entry("/time", NullNode.instance),
                Map.entry("/time/median_ns", DoubleNode.valueOf(-5)),
                Map.entry("/time/iqr_ns", DoubleNode.valueOf(-5)),
                Map.entry("/time/ci95_ns", DoubleNode.valueOf(5)),
                Map.entry("/time/samples", IntNode.valueOf(0)),
                Map.entry("/time/settled", NullNode.instance),
                Map.entry("/time/first_ns", NullNode.instance),
                Map.entry("/gflops", DoubleNode.valueOf(0)),
                Map.entry("/percent_of_peak", TextNode.valueOf("5 %")),
                Map.entry("/peak_gflops", NullNode.instance),
                Map.entry("/best_percent_of_peak", DoubleNode.valueOf(0)),
                Map.entry("/peak_best_gflops", NullNode.instance),
                Map.entry("/vs_pytorch_iqr", NullNode.instance),
                Map.entry("/hardware", TextNode.valueOf("Fake board#0")),
                Map.entry("/proof", IntNode.valueOf(1)),
                Map.entry("/twin", TextNode.valueOf("board")),
                Map.entry("/vs_twin", DoubleNode.valueOf(1)),
                Map.entry("/vs_twin_iqr", DoubleNode.valueOf(1)),
                Map.entry("/kernel_ns", IntNode.valueOf(0)),
                Map.entry("/kernel_percent_of_peak", DoubleNode.valueOf(50)),
                Map.entry("/kernel_vs_twin", DoubleNode.valueOf(2)),
                Map.entry("/stages/gemm", DoubleNode.valueOf(0.5)),
                Map.entry("/env/seed", TextNode.valueOf("42")),
                Map.entry("/env/libraries", NullNode.instance));
        return values.entrySet().stream().map(value -> DynamicTest.dynamicTest(value.getKey(), () -> {
            ObjectNode broken = line.deepCopy();
            int slash = value.getKey().lastIndexOf('/');
            ((ObjectNode) broken.at(value.getKey().substring(0, slash))).set(value.getKey().substring(slash + 1), value.getValue());
            assertFalse(ResultSchema.complaints(broken).isEmpty(), broken.toString());
        }));
    }

    /** On a device, with a twin: what the fields above are when they are not null. */
    @Test
    void deviceRowsFitToo() {
        ObjectNode board = line.deepCopy().put("hardware", "Fake board#0").putNull("threads").put("proof", "it took 5 ns")
                .put("twin", "board").put("vs_twin", 2.5).put("kernel_ns", 1250).put("kernel_percent_of_peak", 50.0).put("kernel_vs_twin", 2.0);
        board.putArray("vs_twin_iqr").add(2.4).add(2.6);
        assertEquals(List.of(), ResultSchema.complaints(board));
        assertFalse(ResultSchema.complaints(board.deepCopy().put("threads", 1)).isEmpty());
        assertFalse(ResultSchema.complaints(board.deepCopy().putNull("vs_twin")).isEmpty());
        assertFalse(ResultSchema.complaints(board.deepCopy().putNull("twin")).isEmpty());
        assertFalse(ResultSchema.complaints(board.deepCopy().putNull("kernel_ns")).isEmpty());
        assertFalse(ResultSchema.complaints(board.deepCopy().put("status", "FELL_BACK").put("reason", "plain Java")).isEmpty());
        assertFalse(ResultSchema.complaints(line.deepCopy().putNull("threads")).isEmpty());
    }

    @Test
    void nothingElseIsThereButInTheEnvironment() {
        for (String object : List.of("", "/agreement", "/time")) {
            ObjectNode more = line.deepCopy();
            ((ObjectNode) more.at(object)).put("surprise", 1);
            assertFalse(ResultSchema.complaints(more).isEmpty(), object);
        }
        ObjectNode more = line.deepCopy();
        ((ObjectNode) more.at("/env")).put("weather", "fine");
        ((ObjectNode) more.at("/stages")).put("copy_in", 3);
        assertEquals(List.of(), ResultSchema.complaints(more));
    }

    /** A row that did not pass says why, and one without times has no rates. */
    @Test
    void fieldsFitEachOther() {
        ObjectNode silent = line.deepCopy().put("status", "FAILED").putNull("reason");
        assertFalse(ResultSchema.complaints(silent).isEmpty());
        assertEquals(List.of(), ResultSchema.complaints(silent.deepCopy().put("reason", "it threw")));
        ObjectNode untimed = line.deepCopy();
        ((ObjectNode) untimed.get("time")).putNull("median_ns");
        assertFalse(ResultSchema.complaints(untimed).isEmpty());
        ObjectNode noRate = line.deepCopy().putNull("gflops");
        assertFalse(ResultSchema.complaints(noRate).isEmpty());
        for (String share : List.of("percent_of_peak", "best_percent_of_peak")) {
            ObjectNode noTimes = untimed.deepCopy();
            for (String field : List.of("gflops", "percent_of_peak", "best_percent_of_peak", "vs_pytorch", "vs_pytorch_iqr", "twin", "kernel_ns")) {
                noTimes.putNull(field);
            }
            noTimes.put("status", "FAILED").put("reason", "it threw");
            ((ObjectNode) noTimes.get("time")).putNull("iqr_ns").putNull("min_ns").putNull("ci95_ns").put("samples", 0).put("outliers", 0)
                    .putNull("settled").putNull("cores");
            assertEquals(List.of(), ResultSchema.complaints(noTimes));
            assertFalse(ResultSchema.complaints(noTimes.put(share, 50.0)).isEmpty(), share);
        }
    }

    @Test
    void eachFieldIsDescribed() throws IOException {
        JsonNode schema = JsonMapper.builder().build().readTree(ResultRow.class.getResourceAsStream("result-row.schema.json"));
        for (String object : List.of("/properties", "/properties/env/properties", "/$defs/agreement/properties", "/$defs/time/properties")) {
            assertFalse(schema.at(object).isEmpty(), object);
            schema.at(object).properties().forEach(field ->
                    assertTrue(field.getValue().path("description").asText().endsWith("."), object + "/" + field.getKey()));
        }
    }
}
