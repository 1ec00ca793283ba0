package io.github.convgauge.measure;

import static io.github.convgauge.measure.FakeTime.MICRO;
import static io.github.convgauge.measure.FakeTime.MILLI;
import static io.github.convgauge.measure.FakeTime.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.measure.WarmUp.Result;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WarmUpTest {
    private static Result run(long capNanos, LongUnaryOperator nanos) {
        FakeTime time = new FakeTime();
        return WarmUp.run(time.workload(nanos), capNanos, time);
    }

    @Test
    void slowExecutionsSettleAfterTen() {
        assertEquals(new Result(true, 10, 20 * MILLI), run(5 * SECOND, i -> 20 * MILLI));
    }

    @Test
    void shortExecutionsFillAHundredMilliseconds() {
        assertEquals(new Result(true, 100, MILLI), run(5 * SECOND, i -> MILLI));
    }

    @ParameterizedTest
    @CsvSource({
        "20000000, 21000000, true",
        "20000000, 21000001, false",
        "21000000, 20000000, true",
        "21000001, 20000000, false",
    })
    void halvesAgreeWithinFivePercentOfTheSmaller(long older, long newer, boolean settled) {
        // The cap falls into the tenth execution, so the second half decides.
        Result result = run(5 * older + 5 * newer, i -> i < 5 ? older : newer);
        assertEquals(new Result(settled, 10, newer), result);
    }

    @Test
    void oneExecutionLongerThanTheCapEnds() {
        assertEquals(new Result(false, 1, 3 * SECOND), run(SECOND, i -> 3 * SECOND));
        assertEquals(new Result(false, 1, 3 * SECOND), run(0, i -> 3 * SECOND));
    }

    @Test
    void fewSlowExecutionsEndAtTheCapUnsettled() {
        assertEquals(new Result(false, 4, 300 * MILLI), run(SECOND, i -> 300 * MILLI));
        // One full half; the seventh execution passes the cap and its half is not full.
        assertEquals(new Result(false, 7, 150 * MILLI), run(SECOND, i -> i == 6 ? SECOND : 150 * MILLI));
    }

    @Test
    void whatKeepsGettingSlowerNeverSettles() {
        Result result = run(5 * SECOND, i -> Math.round(20 * MILLI * Math.pow(1.02, i)));
        assertFalse(result.settled());
        assertTrue(result.executions() > 10);
    }

    @Test
    void medianIgnoresARareHiccup() {
        assertEquals(new Result(true, 10, 20 * MILLI), run(60 * SECOND, i -> i % 5 == 3 ? 5 * SECOND : 20 * MILLI));
    }

    @Test
    void interpretedExecutionsDoNotWeighOnTheEnd() {
        // 30 ms, falling by a fifth each time down to 1 ms.
        Result result = run(5 * SECOND, i -> Math.max(MILLI, Math.round(30 * MILLI * Math.pow(0.8, i))));
        assertTrue(result.settled());
        assertEquals(MILLI, result.lastMedianNanos());
        assertTrue(result.executions() < 150, "the first 15 executions alone are slow, yet it took " + result.executions());
    }

    @ParameterizedTest
    @ValueSource(longs = {10, 20, 30, 40, 50, 60})
    void aPlateauShorterThanTheWindowIsNotTheEnd(long plateauMillis) {
        long interpreted = 10;
        long plateau = plateauMillis * MILLI / (100 * MICRO);
        Result result = run(5 * SECOND, i -> i < interpreted ? 2 * MILLI : i < interpreted + plateau ? 100 * MICRO : 30 * MICRO);
        assertTrue(result.settled());
        assertEquals(30 * MICRO, result.lastMedianNanos());
    }

    @Test
    void realTimeWorksToo() {
        Result result = WarmUp.run(() -> {}, 20 * MILLI);
        assertTrue(result.executions() >= 1);
        assertFalse(result.settled(), "20 ms are less than a window");
    }
}
