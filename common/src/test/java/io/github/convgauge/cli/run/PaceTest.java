package io.github.convgauge.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.convgauge.measure.StopRule;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long NO_BUDGET = Long.MAX_VALUE;
    private static final long MILLI = 1_000_000;

    @Test
    void aFewRowsHaveTheirFullTime() {
        Race.Rules rules = Pace.of(false, CacheState.HOT, 10, NO_BUDGET);
        assertEquals(1500 * MILLI, rules.warmCapNanos());
        assertEquals(StopRule.standard(), rules.stop());
    }

    /** Three regimes of four algorithms of two backends, for one device. */
    @Test
    void aCrowdSharesItsTimeButNotBelowTheLeast() {
        assertEquals(750 * MILLI, Pace.of(false, CacheState.HOT, 20, NO_BUDGET).stop().capNanos());
        assertEquals(750 * MILLI, Pace.of(false, CacheState.HOT, 20, NO_BUDGET).warmCapNanos());
        Race.Rules crowd = Pace.of(false, CacheState.HOT, 1000, NO_BUDGET);
        assertEquals(500 * MILLI, crowd.stop().capNanos());
        assertEquals(600 * MILLI, crowd.warmCapNanos());
        assertEquals(StopRule.standard().minSamples(), crowd.stop().minSamples());
    }

    @Test
    void aQuickRunIsQuickHoweverManyRowsItHas() {
        Race.Rules alone = Pace.of(true, CacheState.HOT, 1, NO_BUDGET);
        assertEquals(StopRule.quick(), alone.stop());
        assertEquals(200 * MILLI, alone.warmCapNanos());
        assertEquals(alone, Pace.of(true, CacheState.HOT, 30, NO_BUDGET));
    }

    @Test
    void aTimeBudgetLowersAllOfThem() {
        Race.Rules rules = Pace.of(false, CacheState.COLD, 1, 100 * MILLI);
        assertEquals(30 * MILLI, rules.warmCapNanos());
        assertEquals(40 * MILLI, rules.stop().capNanos());
        assertEquals(40 * MILLI, rules.stop().minNanos());
        assertEquals(100 * MILLI, rules.stop().absoluteCapNanos());
        assertEquals(true, rules.cold());
    }
}
