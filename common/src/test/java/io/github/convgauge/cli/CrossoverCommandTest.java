package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.convgauge.cli.FakeHome.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Searches among backends whose times are known: the CPU takes 200 µs an image, devices a fixed time and
 * something an image, so that where they cross can be computed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrossoverCommandTest {
    private static final int LARGEST = 8;

    @TempDir
    private static Path folder;

    private FakeHome home;
    private Outcome run;
    private List<JsonNode> lines;

    @BeforeAll
    void search() throws Exception {
        home = new FakeHome(folder)
                .backend("alpha", "right", "cost=0,200000,0")
                // 420 µs + 20 µs an image: 180 µs an image are gained, so that it is slower by 15 % at 2 and faster by 20 % at 3.
                .backend("crosses", "right", "devices=a=Crossing_board", "cost=420000,20000,50000000", "submit=300000")
                .backend("always", "right", "devices=b=Fast_board", "cost=0,50000,0")
                .backend("never", "right", "devices=c=Slow_board", "cost=0,600000,0")
                .backend("same", "right", "devices=d=Like_board", "cost=0,200000,0")
                // The wrong one would be the fastest by far.
                .backend("liar", "right,wrong-from-four", "devices=e=Lying_board", "cost.right=0,600000,0", "cost.wrong-from-four=0,50000,0")
                .backend("gone", "right", "start=unavailable")
                .backend("forgets", "forgets-second", "devices=f=Forgetful_board", "cost=0,50000,0", "submit=100000");
        run = crossover(home, "--max-batch", Integer.toString(LARGEST), "--regime", "resident", "--counts", "1,4", "--problem",
                FakeHome.PROBLEM, "--time-budget", "10m");
        lines = FakeHome.rows(folder.resolve("crossover.jsonl"));
    }

    private static Outcome crossover(FakeHome home, String... options) {
        List<String> all = new ArrayList<>(List.of("crossover"));
        all.addAll(List.of(options));
        all.addAll(List.of("--json", folder.resolve("crossover.jsonl").toString()));
        return home.execute(all.toArray(String[]::new));
    }

    private JsonNode of(String backend) {
        return lines.stream()
                .filter(line -> line.get("kind").asText().equals("crossover") && line.get("backend").asText().equals(backend))
                .findFirst().orElseThrow(() -> new AssertionError("no line of " + backend + " in " + run));
    }

    private static JsonNode at(JsonNode line, int batch) {
        for (JsonNode point : line.get("points")) {
            if (point.get("batch").asInt() == batch) {
                return point;
            }
        }
        throw new AssertionError("no batch " + batch + " in " + line);
    }

    @Test
    void theBatchThatFollowsFromTheTimesIsFound() {
        JsonNode line = of("crosses");
        assertEquals("from", line.get("overtakes").asText(), line.toString());
        assertEquals(3, line.get("faster_from").asInt(), line.toString());
        assertEquals(2, line.get("slower_at").asInt(), line.toString());
        assertEquals("from 3", line.get("text").asText());
        JsonNode point = at(line, 3);
        assertEquals("alone", point.get("phase").asText());
        assertEquals(480_000, point.at("/device/median_ns").asDouble(), 60_000);
        assertEquals(600_000, point.at("/cpu/median_ns").asDouble(), 60_000);
        assertTrue(run.out().contains("from 3"), run.out());
    }

    /** 50 ms of a first execution against 120 µs at each: not before some hundreds; at 8 images 1.02 ms are gained, so tens. */
    @Test
    void theFirstExecutionIsPaidBackByTheGain() {
        JsonNode named = at(of("crosses"), 3);
        double owed = named.at("/device/first_ns").asDouble() - named.at("/device/median_ns").asDouble()
                - named.at("/cpu/first_ns").asDouble() + named.at("/cpu/median_ns").asDouble();
        double gain = named.at("/cpu/median_ns").asDouble() - named.at("/device/median_ns").asDouble();
        assertEquals(Math.max(1, Math.ceil(owed / gain)), named.at("/paid_back/executions").asDouble(), named.toString());
        assertTrue(owed > 30e6 && owed < 80e6, named.toString());
        JsonNode largest = at(of("crosses"), LARGEST);
        assertEquals("alone", largest.get("phase").asText());
        assertTrue(largest.at("/paid_back/executions").asInt() >= 30 && largest.at("/paid_back/executions").asInt() <= 90, largest.toString());
    }

    @Test
    void whatAlwaysAndNeverOvertakesSaysSo() {
        assertEquals("already at 1", of("always").get("text").asText());
        assertEquals("already_at_one", of("always").get("overtakes").asText());
        JsonNode never = of("never");
        assertEquals("at no batch up to " + LARGEST, never.get("text").asText());
        assertEquals("never", at(never, LARGEST).at("/paid_back/kind").asText());
        assertTrue(never.get("faster_from").isNull());
    }

    @Test
    void equalTimesAreWithinNoise() {
        JsonNode same = of("same");
        assertEquals("within_noise", same.get("overtakes").asText(), same.toString());
        assertTrue(same.get("text").asText().startsWith("within noise "), same.toString());
        assertEquals("within_noise", at(same, LARGEST).at("/paid_back/kind").asText());
    }

    /** It is right at batches 1 and 2, where it was the fastest. */
    @Test
    void whatIsWrongAtSomeBatchWinsAtNone() {
        JsonNode liar = of("liar");
        assertEquals("never", liar.get("overtakes").asText(), liar.toString());
        liar.get("points").forEach(point -> assertEquals("right", point.at("/device/algorithm").asText()));
        assertTrue(liar.get("troubles").toString().contains("liar wrong-from-four resident on Lying board at batch 4: FAILED: exact tier"), liar.toString());
        assertTrue(run.out().contains("it counts at no batch"), run.out());
        assertEquals(1, run.status());
    }

    @Test
    void whatIsNotThereIsSaid() {
        assertTrue(run.out().contains("gone *") && run.out().contains("UNAVAILABLE: there is no fake driver"), run.out());
    }

    @Test
    void aSubmissionCostsWhatItCosts() {
        List<JsonNode> dispatches = lines.stream()
                .filter(line -> line.get("kind").asText().equals("dispatch") && line.get("backend").asText().equals("crosses")).toList();
        assertEquals(List.of(1, 4), dispatches.stream().map(line -> line.get("count").asInt()).toList());
        assertTrue(Math.abs(dispatches.getFirst().get("dispatch_ns").asDouble()) < 100_000, dispatches.toString());
        // Four submissions of 300 µs against one, over four.
        assertEquals(225_000, dispatches.getLast().get("dispatch_ns").asDouble(), 40_000, dispatches.toString());
        assertTrue(dispatches.getLast().at("/dispatch_range_ns/0").asDouble() > 0, dispatches.toString());
    }

    @Test
    void everyOutputOfManyIsChecked() {
        List<JsonNode> dispatches = lines.stream()
                .filter(line -> line.get("kind").asText().equals("dispatch") && line.get("backend").asText().equals("forgets")).toList();
        assertEquals("PASSED", dispatches.getFirst().at("/together/status").asText());
        assertEquals("FAILED", dispatches.getLast().at("/together/status").asText());
        assertEquals("PASSED", dispatches.getLast().at("/apart/status").asText());
        assertTrue(dispatches.getLast().at("/together/reason").asText().startsWith("exact tier: convolution 2 of 4 has 36 wrong outputs, 36 of which were never written"),
                dispatches.toString());
        assertTrue(dispatches.getLast().get("dispatch_ns").isNull());
    }

    @Test
    void aBackendWithoutSubmissionsSaysSo() {
        JsonNode none = lines.stream()
                .filter(line -> line.get("kind").asText().equals("dispatch") && line.get("backend").asText().equals("always")).findFirst().orElseThrow();
        assertEquals("UNSUPPORTED", none.at("/together/status").asText());
    }

    @Test
    void eachLineHasTheSchema() {
        assertTrue(lines.size() > 50);
        lines.forEach(line -> assertEquals(List.of(), CrossoverSchema.complaints(line), line.toString()));
    }

    /** The command that measures a claim directly is one. */
    @Test
    void theDirectCommandMeasuresBothSides() throws Exception {
        List<String> words = FakeHome.shellWords(of("crosses").get("directly").asText());
        assertTrue(words.contains("--untuned"), "the search measured defaults: " + words);
        List<String> args = new ArrayList<>(words.subList(2, words.size()));
        args.add("--quick");
        Outcome direct = home.run(args.toArray(String[]::new));
        JsonNode point = at(of("crosses"), 3);
        assertEquals(point.at("/cpu/median_ns").asDouble(), direct.rows().stream()
                .filter(row -> row.get("backend").asText().equals("alpha")).findFirst().orElseThrow().at("/time/median_ns").asDouble(), 60_000);
        assertEquals(point.at("/device/median_ns").asDouble(), direct.row("crosses", "right").at("/time/median_ns").asDouble(), 60_000);
    }

    @Test
    void noFieldMayBeMissing() {
        for (JsonNode line : List.of(of("crosses"), lines.getFirst(), lines.getLast())) {
            for (String object : List.of("", "/points/0", "/points/0/cpu", "/together")) {
                if (!line.at(object).isObject()) {
                    continue;
                }
                for (Iterator<String> names = line.at(object).fieldNames(); names.hasNext();) {
                    String name = names.next();
                    ObjectNode broken = line.deepCopy();
                    ((ObjectNode) broken.at(object)).remove(name);
                    assertFalse(CrossoverSchema.complaints(broken).isEmpty(), object + "/" + name);
                    broken = line.deepCopy();
                    ((ObjectNode) broken.at(object)).put("surprise", 1);
                    assertFalse(CrossoverSchema.complaints(broken).isEmpty(), object);
                }
            }
        }
        ObjectNode wrong = of("crosses").deepCopy();
        wrong.set("overtakes", TextNode.valueOf("never"));
        assertFalse(CrossoverSchema.complaints(wrong).isEmpty());
    }

    @Test
    void badInputIsOneSentence() throws IOException {
        assertBad("--regime prepared is one of the CPU", "--regime", "prepared");
        assertBad("--max-batch 0: a number from 1", "--max-batch", "0");
        assertBad("--counts 0: a number from 1", "--counts", "1,0");
        assertBad("crossover takes one problem", "--problem", "ic1ih3oc1kh1,ic1ih4oc1kh1");
        assertBad("unknown backend 'nobody'", "--backend", "nobody");
        assertBad("--backend always leaves nothing that runs on the CPU", "--backend", "always");
        assertBad("--backend alpha leaves nothing but the CPU", "--backend", "alpha");
        assertBad("no algorithm of a device matches 'fft'", "--backend", "alpha,always", "--algorithm", "fft");
        assertBad("no device matches 'nothing'", "--backend", "alpha,always", "--device", "nothing");
        assertBad("--time-budget 'soon' is not a time", "--time-budget", "soon");
    }

    private void assertBad(String sentence, String... options) {
        Outcome bad = home.execute(Stream.concat(Stream.of("crossover"), Stream.of(options)).toArray(String[]::new));
        assertEquals(2, bad.status(), bad.toString());
        assertTrue(bad.err().startsWith("convgauge: " + sentence), bad.err());
        assertEquals(1, bad.err().lines().count(), bad.err());
    }

    @Test
    void aBudgetThatDoesNotReachEverythingIsSaid() throws Exception {
        FakeHome brief = new FakeHome(Files.createDirectory(folder.resolve("brief")))
                .backend("alpha", "right", "cost=0,200000,0").backend("always", "right", "devices=b=Fast_board", "cost=0,50000,0");
        Outcome cut = brief.execute(
                "crossover", "--time-budget", "8s", "--problem", FakeHome.PROBLEM, "--json", folder.resolve("brief/lines.jsonl").toString());
        assertEquals(1, cut.status(), cut.out());
        assertTrue(cut.out().contains("the time budget of 8 s did not reach batch "), cut.out());
    }
}
