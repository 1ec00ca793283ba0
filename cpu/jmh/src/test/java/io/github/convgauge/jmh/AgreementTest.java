package io.github.convgauge.jmh;

import static io.github.convgauge.jmh.Agreement.Outcome.AGREE;
import static io.github.convgauge.jmh.Agreement.Outcome.DISAGREE;
import static io.github.convgauge.jmh.Agreement.Outcome.NOT_DECIDED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.jmh.Agreement.Turn;
import io.github.convgauge.measure.Interval;
import io.github.convgauge.measure.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AgreementTest {
    private static final List<Double> STEADY = List.of(270.0, 272.0, 271.0);
    private static final List<Double> MOVED = List.of(270.0, 255.0, 271.0);
    private static final double[] TIMES = {91_000, 91_500, 90_800, 91_200, 91_100, 91_050};

    /** A JVM's median, known to so much. */
    private static Interval jvm(double median, double half) {
        return new Interval(median, median / (1 + half), median * (1 + half));
    }

    private static Turn turn(List<Double> peaks, double jmh, double sampler) {
        return new Turn(peaks, true, jvm(jmh, 0.002), jvm(sampler, 0.002), true);
    }

    private static List<Turn> turns(List<Double> peaks, double factor) {
        return Arrays.stream(TIMES).mapToObj(time -> turn(peaks, time, factor * time)).toList();
    }

    private static List<Turn> with(List<Turn> turns, Turn... more) {
        List<Turn> all = new ArrayList<>(turns);
        all.addAll(List.of(more));
        return all;
    }

    private static Agreement.Outcome outcome(List<Turn> turns) {
        return Agreement.of(turns, Figure.MEDIAN).outcome();
    }

    @Test
    void equalTimesAgree() {
        Agreement agreement = Agreement.of(turns(STEADY, 1.002), Figure.MEDIAN);
        assertEquals(AGREE, agreement.outcome());
        assertEquals("", agreement.why());
        assertEquals(1.002, agreement.ratio(), 1e-9);
        assertEquals(6, agreement.counted());
        assertTrue(agreement.jmh().low() < 91_000 && agreement.jmh().high() > 91_200, agreement.toString());
    }

    /** The fault that the whole test is for: one of them counts wrongly. */
    @Test
    void aPlantedFactorIsFound() {
        for (double factor : new double[] {1 / 1.2, 0.97, 1.03, 1.2, 2, 1000}) {
            Agreement agreement = Agreement.of(turns(STEADY, factor), Figure.MEDIAN);
            assertEquals(DISAGREE, agreement.outcome(), agreement.toString());
            assertEquals(factor, agreement.ratio(), 1e-9 * factor);
        }
    }

    /** Within the 1 % that the sampler promises nothing is said against either, however narrow the two are by chance. */
    @Test
    void noIntervalIsNarrowerThanTheSamplersTarget() {
        for (double factor : new double[] {1.019, 1.022}) {
            List<Turn> exact = IntStream.range(0, 6)
                    .mapToObj(i -> new Turn(STEADY, i % 2 == 0, jvm(100, 0), jvm(100 * factor, 0), true)).toList();
            assertEquals(factor < 1.02 ? AGREE : DISAGREE, outcome(exact));
        }
    }

    @Test
    void nothingIsDecidedOnABusyMachine() {
        for (double factor : new double[] {1, 1.2}) {
            Agreement agreement = Agreement.of(with(turns(MOVED, factor), turn(STEADY, 1, 1)), Figure.MEDIAN);
            assertEquals(NOT_DECIDED, agreement.outcome());
            assertTrue(agreement.why().startsWith("1 of 7 turns count, and 6 must: beside 6 the machine was not quiet"), agreement.why());
            assertEquals(272.0 / 255 - 1, agreement.peakMoved(), 1e-12);
        }
        // All three alike, but slower than the peak was in another turn.
        List<Double> slow = List.of(250.0, 250.0, 250.0);
        assertEquals(NOT_DECIDED, outcome(with(turns(slow, 1), turn(STEADY, 1, 1))));
        assertEquals(AGREE, outcome(turns(slow, 1)));
    }

    /** Neither what agrees nor what does not, so that nobody can wait until the answer pleases. */
    @Test
    void turnsBesideABusyMachineDoNotCount() {
        Turn busy = turn(MOVED, 91_000, 2 * 91_000);
        assertEquals(AGREE, outcome(with(turns(STEADY, 1), busy, busy, busy)));
        Turn flattering = turn(MOVED, 91_000, 91_000 / 1.2);
        assertEquals(DISAGREE, outcome(with(turns(STEADY, 1.2), flattering, flattering, flattering, flattering, flattering)));
    }

    /** A minimum is one execution: a turn with one quiet moment has it. One without any has not. */
    @Test
    void forMinimaOneQuietMomentIsEnough() {
        List<Turn> torn = turns(List.of(200.0, 255.0, 271.0), 1);
        assertEquals(AGREE, Agreement.of(torn, Figure.MINIMUM).outcome());
        assertEquals(NOT_DECIDED, Agreement.of(torn, Figure.MEDIAN).outcome());
        Agreement slow = Agreement.of(with(turns(List.of(250.0, 255.0, 251.0), 1), turn(STEADY, 1, 1)), Figure.MINIMUM);
        assertEquals(NOT_DECIDED, slow.outcome());
        assertEquals(1, slow.counted());
    }

    /** An interval that overlaps with everything must not pass for agreement. */
    @Test
    void wideIntervalsDecideNothing() {
        double[] torn = {91_000, 130_000, 90_000, 91_000, 120_000, 91_000};
        Agreement jmh = Agreement.of(IntStream.range(0, 6).mapToObj(i -> turn(STEADY, torn[i], 1.2 * TIMES[i])).toList(), Figure.MEDIAN);
        assertEquals(NOT_DECIDED, jmh.outcome());
        assertTrue(jmh.why().startsWith("the forks of JMH differ too much: their interval is ±"), jmh.why());
        Agreement sampler = Agreement.of(IntStream.range(0, 6).mapToObj(i -> turn(STEADY, TIMES[i], torn[i])).toList(), Figure.MEDIAN);
        assertEquals(NOT_DECIDED, sampler.outcome());
        assertTrue(sampler.why().startsWith("the JVMs of the sampler differ too much"), sampler.why());
    }

    /** The one or other JVM that is a third slower from end to end is no answer to which of the two counts wrongly; a third of them is. */
    @Test
    void fewSlowJvmsSayNothing() {
        List<Turn> twelve = IntStream.range(0, 12).mapToObj(i -> turn(
                STEADY, (i == 3 ? 1.35 : 1) * TIMES[i % TIMES.length], (i == 5 || i == 8 ? 1.25 : 1) * 1.004 * TIMES[i % TIMES.length])).toList();
        assertEquals(NOT_DECIDED, outcome(twelve.subList(0, 6)), "one of six");
        Agreement agreement = Agreement.of(twelve, Figure.MINIMUM);
        assertEquals(AGREE, agreement.outcome(), agreement.toString());
        assertEquals(1.004, agreement.ratio(), 0.003);
        List<Turn> third = IntStream.range(0, 12).mapToObj(i -> turn(STEADY, TIMES[i % TIMES.length], (i % 3 == 0 ? 1.25 : 1) * TIMES[i % TIMES.length])).toList();
        assertEquals(NOT_DECIDED, outcome(third));
        List<Turn> slower = IntStream.range(0, 12).mapToObj(i -> turn(
                STEADY, (i == 3 ? 1.35 : 1) * TIMES[i % TIMES.length], 1.04 * TIMES[i % TIMES.length])).toList();
        assertEquals(DISAGREE, outcome(slower));
    }

    /** How many turns, and how many of the smallest and of the largest lie outside: the sign test's critical values for 5 %, two-sided. */
    @Test
    void intervalsAreOfOrderStatistics() {
        int[][] outside = {{6, 0}, {8, 0}, {9, 1}, {11, 1}, {12, 2}, {14, 2}, {15, 3}, {16, 3}, {17, 4}, {20, 5}};
        for (int[] expected : outside) {
            List<Turn> turns = IntStream.range(0, expected[0]).mapToObj(i -> turn(STEADY, 100 + 10 * i, 100)).toList();
            Interval interval = Agreement.of(turns, Figure.MEDIAN).jmh();
            assertEquals(100 + 10 * expected[1], interval.low(), 1e-9, expected[0] + " turns");
            assertEquals(100 + 10 * (expected[0] - 1 - expected[1]), interval.high(), 1e-9, expected[0] + " turns");
            assertEquals(100 + 5 * (expected[0] - 1), interval.median(), 1e-9);
        }
        assertEquals(Double.POSITIVE_INFINITY, Agreement.of(turns(STEADY, 1).subList(0, 5), Figure.MEDIAN).jmh().high());
    }

    /** A JVM that does not know its own median to 5 %, or that says itself that it never settled. */
    @Test
    void unsteadyJvmsDoNotCount() {
        List<Turn> five = turns(STEADY, 1).subList(0, 5);
        for (Turn unsteady : new Turn[] {
            new Turn(STEADY, true, jvm(91_000, 0.06), jvm(91_000, 0.01), true),
            new Turn(STEADY, true, jvm(91_000, 0.01), jvm(91_000, 0.06), true),
            new Turn(STEADY, true, jvm(91_000, 0.01), jvm(91_000, 0.01), false)}) {
            Agreement agreement = Agreement.of(with(five, unsteady), Figure.MEDIAN);
            assertEquals(NOT_DECIDED, agreement.outcome());
            assertTrue(agreement.why().startsWith("5 of 6 turns count, and 6 must: beside 0"), agreement.why());
            assertTrue(agreement.why().contains("and in 1 of the others a JVM was not sure of its figure to ±5 %, or did not settle"), agreement.why());
        }
        assertEquals(AGREE, outcome(with(five, new Turn(STEADY, true, jvm(91_000, 0.04), jvm(91_000, 0.04), true))));
    }

    @Test
    void theStatusIsThatOfTheWorst() {
        assertEquals(0, Agree.status(List.of(AGREE, AGREE, AGREE)));
        assertEquals(Agree.DISAGREE, Agree.status(List.of(AGREE, DISAGREE, NOT_DECIDED)));
        assertEquals(Agree.NOT_DECIDED, Agree.status(List.of(AGREE, NOT_DECIDED, AGREE)));
        assertEquals(Agree.NOT_DECIDED, Agree.status(List.of()));
    }

    /** JVMs that differ by chance, as much as they may on a machine that counts as quiet: rarely a false alarm, never a fault that passes. */
    @Test
    void simulatedJvms() {
        SplittableRandom random = new SplittableRandom(7);
        int trials = 2000;
        for (double spread : new double[] {0.003, 0.01, 0.02, 0.05}) {
            int[] equal = new int[3];
            int[] slow = new int[3];
            for (int trial = 0; trial < trials; trial++) {
                equal[outcome(simulated(random, spread, 1)).ordinal()]++;
                slow[outcome(simulated(random, spread, 1.2)).ordinal()]++;
            }
            assertTrue(equal[DISAGREE.ordinal()] < 0.015 * trials, spread + ": " + Arrays.toString(equal));
            assertTrue(spread > 0.01 || equal[AGREE.ordinal()] > 0.95 * trials, spread + ": " + Arrays.toString(equal));
            assertEquals(0, slow[AGREE.ordinal()], spread + ": " + Arrays.toString(slow));
        }
    }

    private static List<Turn> simulated(SplittableRandom random, double spread, double factor) {
        return IntStream.range(0, Agreement.FEWEST)
                .mapToObj(i -> turn(STEADY, 1e5 * Math.exp(spread * random.nextGaussian()), factor * 1e5 * Math.exp(spread * random.nextGaussian())))
                .toList();
    }

    @Test
    void partsGiveAnInterval() {
        Interval interval = Agreement.ofParts(100, new double[] {99, 101});
        // 12.706 with one degree of freedom, and half of the distance of the logarithms.
        assertEquals(100 * Math.exp(12.706 * Math.log(101.0 / 99) / 2), interval.high(), 1e-2);
        assertEquals(100, interval.median());
        assertEquals(Double.POSITIVE_INFINITY, Agreement.ofParts(100, new double[] {99}).high());
    }

    /** However much the other parts were disturbed. */
    @Test
    void aMinimumIsKnownAsFarAsThreePartsReachIt() {
        Interval interval = Agreement.ofMinima(new double[] {180, 101, 100, 150, 102});
        assertEquals(100, interval.median());
        assertEquals(102, interval.high(), 1e-9);
        assertEquals(100 / 1.02, interval.low(), 1e-9);
        assertEquals(Double.POSITIVE_INFINITY, Agreement.ofMinima(new double[] {100, 100}).high());
    }

    private static Slice slice(double... nanos) {
        return new Slice(nanos, 1, 1, 1);
    }

    /** Slices whose medians are torn by the machine, and whose minima are not. */
    @Test
    void aJvmKnowsItsMinimumFromItsSlices() {
        List<Slice> slices = Stream.of(new double[] {150, 101, 190}, new double[] {180, 100, 220}, new double[] {120, 100.5, 101}).map(AgreementTest::slice).toList();
        SamplerMain.Sampled minimum = SamplerMain.sampled(Figure.MINIMUM, slices, false);
        assertEquals(100, minimum.time().median());
        assertTrue(minimum.time().high() > 100.5 && minimum.time().high() < 102, minimum.toString());
        assertTrue(minimum.settled(), "its interval says it");
        SamplerMain.Sampled median = SamplerMain.sampled(Figure.MEDIAN, slices, false);
        assertEquals(120, median.time().median());
        assertFalse(median.settled());
        // Code that was still to be compiled.
        List<Slice> warming = Stream.of(new double[] {900, 800}, new double[] {300, 250}, new double[] {101, 100}).map(AgreementTest::slice).toList();
        assertTrue(SamplerMain.sampled(Figure.MINIMUM, warming, false).time().high() > 2 * 100);
    }

    @Test
    void refusesWhatIsNoTurn() {
        Interval good = jvm(1, 0.01);
        assertThrows(IllegalArgumentException.class, () -> new Turn(List.of(1.0, 1.0), true, good, good, true));
        assertThrows(IllegalArgumentException.class, () -> new Turn(null, true, good, good, true));
        assertThrows(IllegalArgumentException.class, () -> new Turn(STEADY, true, good, null, true));
        assertThrows(IllegalArgumentException.class, () -> new Turn(List.of(1.0, 0.0, 1.0), true, good, good, true));
        assertThrows(IllegalArgumentException.class, () -> new Turn(STEADY, true, new Interval(3, 1, 2), good, true));
        assertThrows(IllegalArgumentException.class, () -> new Turn(STEADY, true, good, new Interval(Double.NaN, 1, 2), true));
        assertThrows(IllegalArgumentException.class, () -> Agreement.of(List.of(), Figure.MEDIAN));
    }
}
