package io.github.convgauge.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.cpu.CpuBackend;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The judging, on planted times: the suite itself is no test. */
class SuiteTest {
    private static final Floor FLOOR = Floor.parse("direct f32 0.5 - - - ic1ih1oc1kh1n\"one\"").getFirst();

    @Test
    void belowItsFloorIsSpoiled() {
        // Two operations, and a peak of the mean of two rates.
        assertTrue(Verdict.of(FLOOR, 2.0, 0.1, 2.00, 2.02, true).isSpoiled());
        assertFalse(Verdict.of(FLOOR, 2.0, 0.1, 2.00, 1.98, true).isSpoiled());
        assertFalse(Verdict.of(FLOOR, 2.0, 0.1, 100, 100, false).isSpoiled());
        assertThrows(IllegalArgumentException.class, () -> Verdict.of(FLOOR, 0, 0, 1, 1, true));
        assertThrows(IllegalArgumentException.class, () -> Verdict.of(FLOOR, 1, 0, Double.NaN, 1, true));
        assertThrows(IllegalArgumentException.class, () -> Verdict.of(FLOOR, 1, 0, 1, 0, true));
        String line = Verdict.of(FLOOR, 2.0, 0.1, 4, 5, true).line();
        assertTrue(line.matches("direct +one +f32 +1\\.0 +5\\.0 +4\\.5 +\\+25\\.0 +0\\.222 +0\\.500 +BELOW"), line);
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
                    floors.stream().map(Floor::algorithm).collect(Collectors.toSet()));
        }
    }

    @Test
    void refusesWrongLines() {
        for (String line : new String[] {
            "direct f32 0.5 - - ic1ih1oc1kh1n\"a\"", "direct f32 much - - - ic1ih1oc1kh1n\"a\"", "direct f32 5 - - - ic1ih1oc1kh1n\"a\"",
            "direct f32 NaN - - - ic1ih1oc1kh1n\"a\"", "direct f32 0.5 - - - ic1ih1oc1kh1", "direct f32 0.5 0.6 - - ic1ih1oc1kh1n\"a\"",
            "direct f32 0.5 0.4 2026-02-03 zen5 ic1ih1oc1kh1n\"a\"", "direct f32 0.5 0.6 today zen5 ic1ih1oc1kh1n\"a\"",
            "direct f32 0.5 0.6 2026-02-03 zen5 ic1ih1oc1"}) {
            String said = assertThrows(IllegalArgumentException.class, () -> Floor.parse("# floors\n" + line)).getMessage();
            assertTrue(said.startsWith("line 2 of the floors is wrong: " + line), said);
        }
        assertThrows(IllegalArgumentException.class, () -> Floor.parse("a f32 1 - - - ic1ih1oc1kh1n\"a\"\na f32 1 - - - ic1ih2oc1kh1n\"a\""));
    }
}
