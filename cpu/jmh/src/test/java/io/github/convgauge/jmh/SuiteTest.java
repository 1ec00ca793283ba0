package io.github.convgauge.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.CpuBackend;
import io.github.convgauge.tensor.DType;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The judging, on planted times: the suite itself is no test. */
class SuiteTest {
    private static final Floor FLOOR = Floor.parse("direct f32 0.5 - - - ic1ih1oc1kh1n\"one\"").getFirst();

    private static Verdict verdict(double yardBehind, boolean isLong, double... forks) {
        ForkTimes times = ForkTimes.of(Arrays.stream(forks).mapToObj(nanos -> new double[] {nanos - 0.1, nanos + 0.1}).toList());
        return Verdict.of(FLOOR.subject(), Optional.of(FLOOR), times, 2.00, yardBehind, isLong);
    }

    private static String line(Verdict verdict) {
        return Verdict.lines(List.of(verdict)).getLast();
    }

    @Test
    void belowItsFloorIsSpoiled() {
        // Two operations, and a peak of the mean of two rates.
        assertTrue(verdict(2.02, true, 2, 2, 2).isSpoiled());
        assertFalse(verdict(1.98, true, 2, 2, 2).isSpoiled());
        assertFalse(verdict(100, false, 2, 2, 2).isSpoiled());
        assertThrows(IllegalArgumentException.class, () -> verdict(Double.NaN, true, 1));
        assertThrows(IllegalArgumentException.class, () -> verdict(0, true, 1));
        String line = line(verdict(3, true, 2));
        assertTrue(line.matches("direct +one +f32 +1\\.0 GFLOP/s +63\\.5 +2\\.5 +\\+50\\.0 +0\\.400 +0\\.500 +BELOW"), line);
    }

    /** JMH's own score, their mean, would be below. */
    @Test
    void theMedianForkCountsAndASlowOneIsTold() {
        Verdict verdict = verdict(2.00, true, 1.5, 9, 1.6);
        assertFalse(verdict.isSpoiled());
        assertEquals(1, verdict.slowForks());
        assertEquals(2 / 1.6 / 2, verdict.share(), 1e-12);
        assertTrue(line(verdict).endsWith("ok, but 1 of 3 forks below"), line(verdict));
        assertTrue(line(verdict(2.00, true, 1.5, 1.5, 1.6)).endsWith(" ok"));
        assertTrue(verdict(2.00, true, 1.5, 9, 9).isSpoiled());
    }

    @Test
    void withoutAFloorNothingIsJudged() {
        Subject copy = Subject.copy(CopyRun.Pattern.NCHW, DType.F32, FLOOR.subject().problem());
        // 8 bytes: one element in and one out.
        Verdict verdict = Verdict.of(copy, Optional.empty(), ForkTimes.of(List.of(new double[] {2, 2})), 5, 3, true);
        assertFalse(verdict.judged() || verdict.isSpoiled());
        String line = line(verdict);
        assertTrue(line.matches("copy-nchw +one +f32 +4\\.0 GB/s +0\\.0 +4\\.0 +-40\\.0 +1\\.000 +- +no floor"), line);
    }

    /** Who names a layer otherwise, or says how often a net has it, means the same work. */
    @Test
    void aFloorIsThatOfAShape() {
        assertTrue(FLOOR.subject().isLike(new Subject("direct", DType.F32, ConvProblem.parse("ic1ih1oc1kh1n\"other*3\""))));
        assertFalse(FLOOR.subject().isLike(new Subject("direct", DType.F64, ConvProblem.parse("ic1ih1oc1kh1"))));
        assertFalse(FLOOR.subject().isLike(new Subject("naive", DType.F32, ConvProblem.parse("ic1ih1oc1kh1"))));
        assertFalse(FLOOR.subject().isLike(new Subject("direct", DType.F32, ConvProblem.parse("ic1ih1iw2oc1kh1kw1"))));
    }

    @Test
    void depthwiseKernelsAreAFamily() {
        assertEquals("depthwise f64 d", Floor.parse("direct f64 0.3 - - - g4ic4ih3oc4kh3n\"d\"").getFirst().name());
        assertEquals("direct f64 d", Floor.parse("direct f64 0.3 - - - g2ic4ih3oc4kh3n\"d\"").getFirst().name());
        assertEquals("direct f64 d", Floor.parse("direct f64 0.3 - - - ic1ih3oc4kh3n\"d\"").getFirst().name());
    }

    @Test
    void aFloorTellsWhatItCameFrom() {
        assertEquals(
                new Floor.Origin(0.9, LocalDate.of(2026, 2, 3), "zen5"),
                Floor.parse("direct f32 0.8 0.9 2026-02-03 zen5 ic1ih1oc1kh1n\"a\"").getFirst().origin().orElseThrow());
        assertTrue(FLOOR.origin().isEmpty());
    }

    /** An algorithm whose weights can be prepared is a fast one, and none of those may be forgotten. */
    @Test
    void everyFastAlgorithmHasAFloor() throws Exception {
        List<Floor> floors = Suite.floors();
        try (CpuBackend backend = new CpuBackend()) {
            assertEquals(
                    backend.algorithms().stream().filter(a -> a.regimes().contains(Regime.PREPARED)).map(Algorithm::name).collect(Collectors.toSet()),
                    floors.stream().map(floor -> floor.subject().algorithm()).collect(Collectors.toSet()));
        }
    }

    @Test
    void refusesWrongLines() {
        for (String line : new String[] {
            "direct f32 0.5 - - ic1ih1oc1kh1n\"a\"", "direct f32 much - - - ic1ih1oc1kh1n\"a\"", "direct f32 5 - - - ic1ih1oc1kh1n\"a\"",
            "direct f32 NaN - - - ic1ih1oc1kh1n\"a\"", "direct f32 0.5 - - - ic1ih1oc1kh1", "direct f32 0.5 0.6 - - ic1ih1oc1kh1n\"a\"",
            "direct f32 0.5 0.4 2026-02-03 zen5 ic1ih1oc1kh1n\"a\"", "direct f32 0.5 0.6 today zen5 ic1ih1oc1kh1n\"a\"",
            "direct f32 0.5 0.6 2026-02-03 zen5 ic1ih1oc1", "direct i32 0.5 - - - ic1ih1oc1kh1n\"a\"", "direct f16 0.5 - - - ic1ih1oc1kh1n\"a\""}) {
            String said = assertThrows(IllegalArgumentException.class, () -> Floor.parse("# floors\n" + line)).getMessage();
            assertTrue(said.startsWith("line 2 of the floors is wrong: " + line), said);
        }
        assertThrows(IllegalArgumentException.class, () -> Floor.parse("a f32 1 - - - ic1ih1oc1kh1n\"a\"\na f32 1 - - - ic1ih2oc1kh1n\"a\""));
    }
}
