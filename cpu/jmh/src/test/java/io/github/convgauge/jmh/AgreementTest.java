package io.github.convgauge.jmh;

import static io.github.convgauge.jmh.Agreement.Outcome.AGREE;
import static io.github.convgauge.jmh.Agreement.Outcome.DISAGREE;
import static io.github.convgauge.jmh.Agreement.Outcome.NOT_DECIDED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.measure.Interval;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AgreementTest {
    private static final List<Double> STEADY = List.of(270.0, 272.0, 271.0);
    private static final double[] TIMES = {91_000, 91_500, 90_800, 91_200, 91_100};

    private static List<Interval> jvms(double factor, double... medians) {
        return Arrays.stream(medians).map(median -> factor * median).mapToObj(m -> new Interval(m, 0.998 * m, 1.002 * m)).toList();
    }

    private static Agreement.Attempt attempt(double jmh, double sampler) {
        return new Agreement.Attempt(STEADY, jvms(jmh, TIMES), jvms(sampler, TIMES), TIMES.length);
    }

    private static Agreement.Outcome outcome(Agreement.Attempt attempt) {
        return Agreement.of(attempt).outcome();
    }

    @Test
    void equalTimesAgree() {
        Agreement agreement = Agreement.of(attempt(1, 1.002));
        assertEquals(AGREE, agreement.outcome());
        assertEquals("", agreement.why());
        assertEquals(1.002, agreement.ratio(), 1e-9);
        assertTrue(agreement.jmh().low() < 91_000 && agreement.jmh().high() > 91_200, agreement.toString());
    }

    /** The fault that the whole test is for: one of them counts wrongly. */
    @Test
    void aPlantedFactorIsFound() {
        assertEquals(DISAGREE, outcome(attempt(1.2, 1)));
        assertEquals(DISAGREE, outcome(attempt(1, 1.2)));
        assertEquals(DISAGREE, outcome(attempt(1, 1.03)));
        assertEquals(DISAGREE, outcome(attempt(1, 2)));
        assertEquals(1.2, Agreement.of(attempt(1, 1.2)).ratio(), 1e-9);
    }

    /** As narrow as two sides may be by chance: within the 1 % that the sampler promises nothing is said against either. */
    @Test
    void noIntervalIsNarrowerThanTheSamplersTarget() {
        List<Interval> exact = IntStream.range(0, 5).mapToObj(i -> new Interval(100, 100, 100)).toList();
        List<Interval> near = IntStream.range(0, 5).mapToObj(i -> new Interval(101.9, 101.9, 101.9)).toList();
        List<Interval> far = IntStream.range(0, 5).mapToObj(i -> new Interval(102.2, 102.2, 102.2)).toList();
        assertEquals(AGREE, outcome(new Agreement.Attempt(STEADY, exact, near, 5)));
        assertEquals(DISAGREE, outcome(new Agreement.Attempt(STEADY, exact, far, 5)));
    }

    @Test
    void nothingIsDecidedOnABusyMachine() {
        List<Double> moved = List.of(270.0, 255.0, 271.0);
        for (double factor : new double[] {1, 1.2}) {
            Agreement agreement = Agreement.of(new Agreement.Attempt(moved, jvms(1, TIMES), jvms(factor, TIMES), TIMES.length));
            assertEquals(NOT_DECIDED, agreement.outcome());
            assertEquals("the machine was not quiet: the peak moved by 6.3 %, and 5 % are tolerated", agreement.why());
        }
    }

    /** An interval that overlaps with everything must not pass for agreement. */
    @Test
    void wideIntervalsDecideNothing() {
        double[] torn = {91_000, 130_000, 90_000, 91_000, 120_000};
        Agreement jmh = Agreement.of(new Agreement.Attempt(STEADY, jvms(1, torn), jvms(1.2, TIMES), 5));
        assertEquals(NOT_DECIDED, jmh.outcome());
        assertTrue(jmh.why().startsWith("the forks of JMH differ too much: its interval is ±"), jmh.why());
        Agreement sampler = Agreement.of(new Agreement.Attempt(STEADY, jvms(1, TIMES), jvms(1, torn), 5));
        assertEquals(NOT_DECIDED, sampler.outcome());
        assertTrue(sampler.why().startsWith("the JVMs of the sampler differ too much"), sampler.why());
        // Medians that agree by chance, of JVMs that know nothing of theirs.
        List<Interval> unsure = Arrays.stream(TIMES).mapToObj(m -> new Interval(m, m / 2, m * 2)).toList();
        assertEquals(NOT_DECIDED, outcome(new Agreement.Attempt(STEADY, unsure, jvms(1, TIMES), 5)));
    }

    @Test
    void whatNeverSettledDecidesNothing() {
        Agreement agreement = Agreement.of(new Agreement.Attempt(STEADY, jvms(1, TIMES), jvms(1, TIMES), 4));
        assertEquals(NOT_DECIDED, agreement.outcome());
        assertEquals("the sampler's warm-up never settled in 1 of 5 JVMs", agreement.why());
    }

    @Test
    void theFirstDecidedAttemptCounts() {
        Agreement.Attempt busy = new Agreement.Attempt(List.of(270.0, 200.0), jvms(1, TIMES), jvms(1, TIMES), 5);
        assertEquals(DISAGREE, Agreement.ofAll(List.of(busy, attempt(1, 1.2), attempt(1, 1))).outcome());
        assertEquals(AGREE, Agreement.ofAll(List.of(busy, attempt(1, 1), attempt(1, 1.2))).outcome());
        assertEquals(NOT_DECIDED, Agreement.ofAll(List.of(busy, busy)).outcome());
        assertThrows(IllegalArgumentException.class, () -> Agreement.ofAll(List.of()));
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
        for (double spread : new double[] {0.003, 0.01, 0.02}) {
            int[] equal = new int[3];
            int[] slow = new int[3];
            for (int trial = 0; trial < trials; trial++) {
                equal[outcome(simulated(random, spread, 1)).ordinal()]++;
                slow[outcome(simulated(random, spread, 1.2)).ordinal()]++;
            }
            assertTrue(equal[DISAGREE.ordinal()] < 0.015 * trials, spread + ": " + Arrays.toString(equal));
            assertTrue(equal[AGREE.ordinal()] > 0.6 * trials, spread + ": " + Arrays.toString(equal));
            assertEquals(0, slow[AGREE.ordinal()], spread + ": " + Arrays.toString(slow));
        }
    }

    private static Agreement.Attempt simulated(SplittableRandom random, double spread, double factor) {
        return new Agreement.Attempt(
                STEADY, jvms(1, draws(random, spread)), jvms(factor, draws(random, spread)), Trial.JVMS);
    }

    private static double[] draws(SplittableRandom random, double spread) {
        return IntStream.range(0, Trial.JVMS).mapToDouble(i -> 1e5 * Math.exp(spread * random.nextGaussian())).toArray();
    }

    @Test
    void partsGiveAnInterval() {
        Interval interval = Agreement.ofParts(100, new double[] {99, 101});
        // 12.706 with one degree of freedom, and half of the distance of the logarithms.
        assertEquals(100 * Math.exp(12.706 * Math.log(101.0 / 99) / 2), interval.high(), 1e-2);
        assertEquals(100, interval.median());
        assertEquals(Double.POSITIVE_INFINITY, Agreement.ofParts(100, new double[] {99}).high());
    }

    @Test
    void refusesWhatIsNoAttempt() {
        List<Interval> good = jvms(1, TIMES);
        assertThrows(IllegalArgumentException.class, () -> new Agreement.Attempt(List.of(1.0), good, good, 5));
        assertThrows(IllegalArgumentException.class, () -> new Agreement.Attempt(STEADY, good.subList(0, 2), good, 5));
        assertThrows(IllegalArgumentException.class, () -> new Agreement.Attempt(STEADY, good, null, 5));
        assertThrows(IllegalArgumentException.class, () -> new Agreement.Attempt(List.of(1.0, 0.0), good, good, 5));
        assertThrows(IllegalArgumentException.class, () -> new Agreement.Attempt(STEADY, good, good, 6));
        List<Interval> wrong = List.of(new Interval(3, 1, 2), new Interval(1, 1, 1), new Interval(1, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Agreement.Attempt(STEADY, good, wrong, 3));
    }
}
