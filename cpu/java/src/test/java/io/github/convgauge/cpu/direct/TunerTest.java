package io.github.convgauge.cpu.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TunerTest {
    private static final ConvProblem PROBLEM = ConvProblem.parse("ic16ih14oc32kh3ph1n\"name\"");

    /** Also where many programs share the processor with the JIT compiler. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    private static Tuning choose(Tuner tuner) {
        return choose(tuner, PROBLEM);
    }

    private static Tuning choose(Tuner tuner, ConvProblem problem) {
        return tuner.choose(
                problem, DType.F32, Layout.contiguous(problem.xSizes()), Layout.contiguous(problem.wSizes()), Layout.contiguous(problem.ySizes()));
    }

    /** Two quiet rounds, two busy ones, and one in which the neighbour came between the two: the first is faster, though its median is not. */
    @Test
    void roundsAreJudgedEachByItself() {
        assertEquals(0, Tuner.leastBehind(new long[][] {{100, 110}, {200, 220}, {200, 110}, {100, 110}, {200, 220}}));
        assertEquals(1, Tuner.leastBehind(new long[][] {{110, 100, 120}, {220, 200, 240}, {110, 200, 240}}));
        assertEquals(0, Tuner.leastBehind(new long[][] {{7}}));
    }

    /** Timed once, and by nobody again who has the file; the problem's name does not matter. */
    @Test
    void remembersTheWinner() throws IOException {
        Path file = folder.resolve("new").resolve("blocks.json");
        Tuning timed = choose(Tuner.with(TuningCache.of(file), PATIENCE));
        assertEquals("timed now", timed.source());
        assertTrue(timed.gflops() > 1, timed.toString());
        Tuning before = choose(Tuner.with(TuningCache.of(file), PATIENCE));
        assertEquals("timed before", before.source());
        assertEquals(timed.blocking(), before.blocking());
        assertTrue(!Files.readString(file).contains("name"), "the problem's name is no part of the key");
        try (var left = Files.list(file.getParent())) {
            assertEquals(2, left.count(), "the file and its lock");
        }
    }

    @Test
    void aDamagedFileCostsTheTimingOnly() throws IOException {
        Path file = folder.resolve("blocks.json");
        for (String damage : new String[] {"", "{", "[]", "null", "{\"machine\":null}"}) {
            Files.writeString(file, damage);
            TuningCache cache = TuningCache.of(file);
            assertEquals(Optional.empty(), cache.get("key"), damage);
            cache.put("key", new Tuning(new Blocking(256, 3, 2), "timed now", 5));
            assertEquals("256b:3x2", TuningCache.of(file).get("key").orElseThrow().blocking().toString(), damage);
        }
    }

    /** Two programs that time different things at once lose nothing of each other's. */
    @Test
    void othersEntriesStay() {
        Path file = folder.resolve("blocks.json");
        TuningCache one = TuningCache.of(file);
        TuningCache two = TuningCache.of(file);
        one.get("a");
        two.put("b", new Tuning(new Blocking(128, 1, 1), "timed now", 1));
        one.put("a", new Tuning(new Blocking(512, 7, 2), "timed now", 2));
        TuningCache all = TuningCache.of(file);
        assertTrue(all.get("a").isPresent() && all.get("b").isPresent());
    }

    /** With time for all of it, some of it and none of it; which of them a time is depends on the machine. */
    @Test
    void whatWasNotTimedToTheEndIsNotWritten() {
        Set<String> sources = new TreeSet<>();
        for (int width = 40; width < 48; width++) {
            // A shape of its own each time, whose kernels nobody has compiled; its blocks are of more than one vector length, which race one after the other.
            ConvProblem problem = ConvProblem.parse("ic16ih14iw%doc32kh3ph1".formatted(width));
            Path file = folder.resolve(width + ".json");
            Duration patience = width == 47 ? PATIENCE : Duration.ofMillis((width - 40) * 120L);
            TuningCache cache = TuningCache.of(file);
            Tuning tuning = choose(Tuner.with(cache, patience), problem);
            sources.add(tuning.source());
            assertEquals(tuning.source().equals(Tuner.TIMED), Files.exists(file), patience + ": " + tuning);
            if (tuning.source().equals(Tuner.TIMED_IN_PART)) {
                Tuning again = choose(Tuner.with(cache, patience), problem);
                assertEquals("timed before", again.source(), "this JVM does not wait a second time");
                assertEquals(tuning.blocking(), again.blocking());
            }
        }
        assertTrue(sources.size() > 1, "no time was too short: " + sources);
    }

    /** 999,424 operations are not timed, and 1,005,568 are; what was not timed is not remembered. */
    @Test
    void whatTakesMicrosecondsIsNotTimed() {
        Path file = folder.resolve("blocks.json");
        Tuning small = choose(Tuner.with(TuningCache.of(file), PATIENCE), ConvProblem.parse("ic32ih1iw488oc32kh1"));
        assertTrue(small.source().contains("too small"), small.source());
        assertTrue(Files.notExists(file));
        assertEquals("timed now", choose(Tuner.with(TuningCache.of(file), PATIENCE), ConvProblem.parse("ic32ih1iw491oc32kh1")).source());
    }

    @Test
    void offIsTheModelsFirst() {
        Geometry geometry = Geometry.of(PROBLEM, DType.F32, Layout.contiguous(PROBLEM.xSizes()), Layout.contiguous(PROBLEM.ySizes()));
        assertEquals(Variants.of(geometry).getFirst(), choose(Tuner.off()).blocking());
    }
}
