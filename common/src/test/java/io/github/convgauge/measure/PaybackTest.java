package io.github.convgauge.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PaybackTest {
    private static Interval exactly(double nanos) {
        return new Interval(nanos, nanos, nanos);
    }

    /** 1000 owed less 100 of the CPU's own, 30 gained at each execution. */
    @Test
    void theGainPaysTheDifferenceBack() {
        Payback payback = Payback.of(1000, exactly(70), 100, exactly(100));
        assertEquals(30, payback.executions());
        assertEquals("30", payback.describe());
        assertEquals(31, Payback.of(1001, exactly(70), 100, exactly(100)).executions());
    }

    @Test
    void theIntervalsGiveARange() {
        Payback payback = Payback.of(900, new Interval(70, 65, 75), 0, new Interval(100, 95, 110));
        assertEquals("30 (20 to 45)", payback.describe());
    }

    @Test
    void whatBeginsCheaperIsPaidAtOnce() {
        assertEquals(1, Payback.of(50, exactly(70), 100, exactly(100)).executions());
    }

    @Test
    void withoutAGainThereIsNoNumber() {
        assertEquals("never", Payback.of(10, exactly(101), 0, exactly(100)).describe());
        assertEquals("never", Payback.of(10, exactly(101), 1000, exactly(100)).describe());
        assertEquals("within noise", Payback.of(10, exactly(100), 0, exactly(100)).describe());
    }
}
