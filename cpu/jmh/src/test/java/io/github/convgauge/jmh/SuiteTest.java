package io.github.convgauge.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.cpu.CpuBackend;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The judging, on planted times: the suite itself is no test. */
class SuiteTest {
    private static final Floor FLOOR = Floor.parse("direct f32 0.5 ic1ih1oc1kh1n\"one\"").getFirst();

    @Test
    void belowItsFloorIsSpoiled() {
        // Two operations.
        assertTrue(Verdict.of(FLOOR, 2.0, 0.1, 2.01, true).isSpoiled());
        assertFalse(Verdict.of(FLOOR, 2.0, 0.1, 1.99, true).isSpoiled());
        assertFalse(Verdict.of(FLOOR, 2.0, 0.1, 100, false).isSpoiled());
        assertThrows(IllegalArgumentException.class, () -> Verdict.of(FLOOR, 0, 0, 1, true));
        assertThrows(IllegalArgumentException.class, () -> Verdict.of(FLOOR, 1, 0, Double.NaN, true));
        assertTrue(Verdict.of(FLOOR, 2.0, 0.1, 4, true).line().endsWith("share 0.250  floor 0.500  BELOW"));
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
        for (String line : new String[] {"direct f32 0.5", "direct f32 much ic1ih1oc1kh1n\"a\"", "direct f32 5 ic1ih1oc1kh1n\"a\"", "direct f32 0.5 ic1ih1oc1kh1"}) {
            String said = assertThrows(IllegalArgumentException.class, () -> Floor.parse("# floors\n" + line)).getMessage();
            assertTrue(said.startsWith("line 2 of the floors is wrong: " + line), said);
        }
        assertThrows(IllegalArgumentException.class, () -> Floor.parse("a f32 1 ic1ih1oc1kh1n\"a\"\na f32 1 ic1ih2oc1kh1n\"a\""));
    }
}
