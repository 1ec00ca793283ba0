package io.github.convgauge.measure;

import static io.github.convgauge.measure.FakeTime.MILLI;
import static io.github.convgauge.measure.FakeTime.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StopRuleTest {
    private static final StopRule RULE = StopRule.standard();

    /** Equal rounds of samples around 1 ms that spread by the given share. */
    private static List<Slice> rounds(int rounds, int samplesEach, double spread, long wallEach) {
        SplittableRandom random = new SplittableRandom(1);
        return IntStream.range(0, rounds)
                .mapToObj(r -> {
                    double[] nanos = random.doubles(samplesEach, -1, 1).map(u -> 1e6 * (1 + spread * u)).toArray();
                    return new Slice(nanos, 1, 0, wallEach);
                })
                .toList();
    }

    private static boolean enough(List<Slice> slices) {
        return RULE.enough(slices, 1);
    }

    @Test
    void presetsAreThoseOfTheMethodology() {
        assertEquals(new StopRule(10, 500 * MILLI, 0.01, 1500 * MILLI, 30 * SECOND), StopRule.standard());
        assertEquals(new StopRule(10, 100 * MILLI, 0.02, 150 * MILLI, 3 * SECOND), StopRule.quick());
    }

    @Test
    void nothingIsNeverEnough() {
        assertFalse(enough(List.of()));
    }

    @Test
    void aPreciseRowEndsAfterHalfASecond() {
        assertFalse(enough(rounds(10, 50, 0.001, 50 * MILLI - 1)));
        assertTrue(enough(rounds(10, 50, 0.001, 50 * MILLI)));
    }

    @Test
    void anImpreciseRowGoesOnUntilTheCap() {
        assertFalse(enough(rounds(10, 5, 0.5, 100 * MILLI)));
        assertFalse(enough(rounds(10, 5, 0.5, 150 * MILLI - 1)));
        assertTrue(enough(rounds(10, 5, 0.5, 150 * MILLI)));
    }

    @Test
    void theTargetDecidesBetween() {
        // Uniform in ±s over 500 samples: the median's standard error is s/√500, the half-width about twice that.
        assertTrue(enough(rounds(10, 50, 0.08, 60 * MILLI)));
        assertFalse(enough(rounds(10, 50, 0.2, 60 * MILLI)));
    }

    @Test
    void fewRoundsAreNotBelieved() {
        assertFalse(enough(rounds(4, 100, 0, 200 * MILLI)));
        assertTrue(enough(rounds(5, 100, 0, 200 * MILLI)));
        assertTrue(enough(rounds(1, 100, 0, 1500 * MILLI)));
    }

    @Test
    void tenSamplesAreTakenBeyondTheCap() {
        assertFalse(enough(rounds(9, 1, 0, 2 * SECOND)));
        assertTrue(enough(rounds(10, 1, 0, 2 * SECOND)));
    }

    @Test
    void fewerAreAcceptedAfterTheAbsoluteCap() {
        assertFalse(enough(rounds(3, 1, 0, 10 * SECOND - 1)));
        assertTrue(enough(rounds(3, 1, 0, 10 * SECOND)));
        assertTrue(enough(rounds(1, 1, 0, 45 * SECOND)));
    }

    @Test
    void aBlockIsOneSampleAndItsTimeCountsInFull() {
        // 9 blocks of 100 executions are 9 samples, not 900.
        List<Slice> nine = List.of(new Slice(new double[] {1, 1, 1, 1, 1, 1, 1, 1, 1}, 100, 0, 2 * SECOND));
        assertFalse(enough(nine));
        // Six rounds of blocks: 0.1 s each by the clock, though the times of one execution add up to 600 ns.
        List<Slice> six = IntStream.range(0, 6)
                .mapToObj(r -> new Slice(new double[] {50, 50}, 1_000_000, 0, 100 * MILLI))
                .toList();
        assertTrue(enough(six));
    }
}
