package io.github.convgauge.measure;

import static io.github.convgauge.measure.FakeTime.MICRO;
import static io.github.convgauge.measure.FakeTime.MILLI;
import static io.github.convgauge.measure.FakeTime.SECOND;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SliceTest {
    private final FakeTime time = new FakeTime();

    private Slice hot(SliceSpec spec, LongUnaryOperator nanos) {
        return Slice.takeHot(time.workload(nanos), spec, time, () -> 2 * time.getAsLong());
    }

    private static void assertAll(double expected, Slice slice) {
        double[] all = new double[slice.nanos().length];
        Arrays.fill(all, expected);
        assertArrayEquals(all, slice.nanos(), expected * 1e-12);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 100, 999, 7_001, 33_333, 50_000, 99_999})
    void shortExecutionsAreTimedInBlocks(long nanos) {
        Slice slice = hot(new SliceSpec(5 * MILLI, 10, MILLI), i -> nanos);
        long sample = slice.block() * nanos;
        assertTrue(sample >= 100 * MICRO && sample < 220 * MICRO, "a sample of %d ns".formatted(sample));
        assertAll(nanos, slice);
        assertEquals(slice.nanos().length * sample, slice.wallNanos());
    }

    @ParameterizedTest
    @ValueSource(longs = {100_000, 100_001, 3_000_000})
    void longExecutionsAreTimedAlone(long nanos) {
        Slice slice = hot(new SliceSpec(5 * MILLI, 10, MILLI), i -> nanos);
        assertEquals(1, slice.block());
        assertAll(nanos, slice);
    }

    @Test
    void aBlockGivesTheMeanOfItsExecutions() {
        Slice slice = hot(new SliceSpec(5 * MILLI, 10, MILLI), i -> i % 2 == 0 ? 10 * MICRO : 30 * MICRO);
        assertEquals(0, slice.block() % 2, "the pattern has two executions, the block " + slice.block());
        assertAll(20 * MICRO, slice);
    }

    @Test
    void theBlockGoesByTheNewestTime() {
        Slice slice = hot(new SliceSpec(5 * MILLI, 10, MILLI), i -> i == 0 ? 300 * MICRO : 10 * MICRO);
        assertEquals(10, slice.block());
    }

    @Test
    void aWorkloadThatTakesNoTimeStillGetsABlock() {
        assertEquals(Slice.MAX_BLOCK, hot(new SliceSpec(0, 1, 0), i -> 0).block());
    }

    @ParameterizedTest
    @CsvSource({"1000000, 50", "20000000, 10", "4999999, 11", "5000000, 10"})
    void itTakesBothTheTimeAndTheSamples(long nanos, int samples) {
        Slice slice = hot(new SliceSpec(50 * MILLI, 10, 0), i -> nanos);
        assertEquals(samples, slice.nanos().length);
        assertEquals(samples * nanos, slice.wallNanos());
    }

    @Test
    void oneVerySlowExecutionIsWarmedOnceAndTimedOnce() {
        Slice slice = hot(new SliceSpec(50 * MILLI, 1, 5 * MILLI), i -> 40 * SECOND);
        assertAll(40e9, slice);
        assertEquals(2, time.executions());
    }

    @Test
    void rewarmingIsNotTimed() {
        // Slow as long as the core wakes up: 4 ms in all.
        Slice slice = hot(new SliceSpec(5 * MILLI, 3, 4 * MILLI), i -> i < 4 ? MILLI : 500 * MICRO);
        assertAll(500e3, slice);
        assertEquals(4 + slice.nanos().length, time.executions());
    }

    @Test
    void thereIsAlwaysOneExecutionToRewarm() {
        Slice slice = hot(new SliceSpec(0, 2, 0), i -> i == 0 ? SECOND : MILLI);
        assertAll(1e6, slice);
        assertEquals(2, slice.nanos().length);
    }

    @Test
    void cpuTimeIsThatOfTheTimedPart() {
        Slice slice = hot(new SliceSpec(50 * MILLI, 10, 20 * MILLI), i -> MILLI);
        assertEquals(50 * MILLI, slice.wallNanos());
        assertEquals(2 * slice.wallNanos(), slice.cpuNanos());
        assertEquals(-1, Slice.takeHot(time.workload(i -> MILLI), new SliceSpec(0, 1, 0), time, () -> -1).cpuNanos());
    }

    @Test
    void coldExecutionsEachFollowAnEviction() {
        List<String> events = new ArrayList<>();
        Slice slice = Slice.takeCold(
                () -> {
                    events.add("execute");
                    time.pass(10 * MICRO);
                },
                new SliceSpec(0, 3, SECOND),
                () -> {
                    events.add("evict");
                    time.pass(20 * MILLI);
                },
                time);
        assertEquals(List.of("execute", "evict", "execute", "evict", "execute", "evict", "execute"), events);
        assertAll(10e3, slice);
        assertEquals(1, slice.block(), "10 µs would make a block if they were hot");
        assertEquals(-1, slice.cpuNanos());
        assertEquals(3 * (20 * MILLI + 10 * MICRO), slice.wallNanos());
    }

    @Test
    void evictionsCountTowardsTheTimeOfASlice() {
        Slice slice = Slice.takeCold(time.workload(i -> 10 * MICRO), new SliceSpec(50 * MILLI, 1, 0), () -> time.pass(20 * MILLI), time);
        assertEquals(3, slice.nanos().length);
    }

    @Test
    void takeChoosesByTheEvictor() {
        SliceSpec spec = new SliceSpec(0, 2, 0);
        int[] executions = {0};
        try (CacheEvictor evictor = new CacheEvictor(1000, 1)) {
            Slice cold = Slice.take(() -> executions[0]++, spec, Optional.of(evictor));
            assertEquals(3, executions[0]);
            assertEquals(1, cold.block());
            assertEquals(2, evictor.shares().getFirst().get(ValueLayout.JAVA_LONG, 0));
        }
        Slice hot = Slice.take(() -> executions[0]++, spec, Optional.empty());
        assertTrue(hot.block() > 1, "counting to one takes less than 100 µs, yet the block is " + hot.block());
        assertTrue(hot.cpuNanos() >= 0);
    }

    @Test
    void manySamplesKeepTheirOrder() {
        Slice slice = hot(new SliceSpec(0, 1000, 0), i -> MILLI + i);
        assertEquals(1000, slice.nanos().length);
        List<Double> nanos = Arrays.stream(slice.nanos()).boxed().toList();
        List<Double> sorted = new ArrayList<>(nanos);
        Collections.sort(sorted);
        assertEquals(sorted, nanos);
        assertEquals(MILLI + 1, slice.nanos()[0]);
    }

    @ParameterizedTest
    @CsvSource({"-1, 1, 0", "0, 0, 0", "0, 1, -1"})
    void meaninglessSlicesAreRefused(long minNanos, int minSamples, long rewarmNanos) {
        assertThrows(IllegalArgumentException.class, () -> new SliceSpec(minNanos, minSamples, rewarmNanos));
    }
}
