package io.github.convgauge.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShiftTest {
    private static final double TINY = 1e-9;

    /** Runs whose own intervals are narrow. */
    private static List<Interval> runs(double... medians) {
        return Arrays.stream(medians).mapToObj(median -> new Interval(median, median, median)).toList();
    }

    /** Of SciPy 1.17, ttest_ind(log(new), log(base), equal_var=False) and its confidence_interval(). */
    @Test
    void isWelchsTestOfLogarithms() {
        Shift even = Shift.between(runs(100, 102, 99, 101.5), runs(111, 109, 112, 108.5));
        assertEquals(1.0943946397469053, even.ratio(), TINY);
        assertEquals(1.06748811459221, even.low(), TINY);
        assertEquals(1.1219793561488884, even.high(), TINY);
        assertEquals(0.0001184449151793472, even.p(), 1e-12);
        Shift uneven = Shift.between(runs(100, 102, 99), runs(111, 120, 105, 108.5, 131));
        assertEquals(1.1435815044990607, uneven.ratio(), TINY);
        assertEquals(1.0250890094704153, uneven.low(), TINY);
        assertEquals(1.2757708309719995, uneven.high(), TINY);
        assertEquals(0.026367126408369256, uneven.p(), TINY);
    }

    /** Of NumPy and SciPy 1.17: ttest_ind(…, equal_var=False), and the same of what is left without the slowest two fifths: each p doubled, each interval one of 97.5 %. */
    @Test
    void fromFiveRunsOnTheBetterOfTheWholeAndTheTrimmedTest() {
        Shift calm = Shift.between(runs(100, 102, 99, 101.5, 100.5), runs(111, 109, 112, 108.5, 110));
        assertEquals(1.0944211831467443, calm.ratio(), TINY);
        assertEquals(1.0709323296699993, calm.low(), TINY);
        assertEquals(1.118425219723641, calm.high(), TINY);
        assertEquals(6.477611137062824e-06, calm.p(), 1e-14);
        // One run of five fell into a busy time; without the trimming p would be 0.05.
        Shift disturbed = Shift.between(runs(100, 102, 99, 101.5, 100.5), runs(111, 109, 140, 108.5, 110));
        assertEquals(1.093492700538691, disturbed.ratio(), TINY);
        assertEquals(1.0651686862886298, disturbed.low(), TINY);
        assertEquals(1.1225698816754288, disturbed.high(), TINY);
        assertEquals(0.0005706825271538638, disturbed.p(), TINY);
        // Of unlike numbers of runs, the smaller one's degrees of freedom.
        Shift unlike = Shift.between(runs(100, 102, 99, 101.5, 100.5), runs(111, 109, 140, 108.5, 110, 109.5));
        assertEquals(0.010358971651093543, unlike.p(), TINY);
        assertEquals(1.1394633268771603, unlike.high(), TINY);
    }

    /** Against the prediction interval of one more run, Student's with three degrees of freedom; either way round. */
    @Test
    void aSingleRunIsHeldAgainstTheSpreadOfTheOthers() {
        Shift after = Shift.between(runs(100, 102, 99, 103), runs(110));
        assertEquals(0.024185052299248083, after.p(), TINY);
        assertEquals(1.021381700010921, after.low(), TINY);
        assertEquals(1.1616117661169694, after.high(), TINY);
        Shift before = Shift.between(runs(110), runs(100, 102, 99, 103));
        assertEquals(after.p(), before.p(), TINY);
        assertEquals(1 / after.high(), before.low(), TINY);
    }

    @Test
    void singleRunsHaveTheirIntervalsOnly() {
        Shift apart = Shift.between(List.of(new Interval(100, 98, 102)), List.of(new Interval(110, 107, 112)));
        assertTrue(apart.apart());
        assertTrue(Double.isNaN(apart.p()));
        assertEquals(1.1, apart.ratio(), TINY);
        assertTrue(apart.low() > 1.05 && apart.high() < 1.15, apart.toString());
        assertFalse(Shift.between(List.of(new Interval(100, 98, 108)), List.of(new Interval(110, 107, 112))).apart());
    }

    /** Three runs that agree by chance know no more than their own intervals say. */
    @Test
    void runsThatAgreeAreNotTakenToBeCertain() {
        List<Interval> base = List.of(new Interval(100, 90, 110), new Interval(100.1, 90, 110), new Interval(100, 90, 110));
        List<Interval> fresh = List.of(new Interval(102, 92, 112), new Interval(102.1, 92, 112), new Interval(102, 92, 112));
        assertTrue(Shift.between(base, fresh).p() > 0.5);
        assertTrue(Shift.between(runs(100, 100.1, 100), runs(102, 102.1, 102)).p() < 1e-4);
    }

    @Test
    void equalTimesAreNoChangeAndUnequalOnesWithoutSpreadAreOne() {
        assertEquals(1, Shift.between(runs(5, 5), runs(5, 5)).p());
        assertEquals(0, Shift.between(runs(5, 5), runs(6, 6)).p());
        assertThrows(IllegalArgumentException.class, () -> Shift.between(List.of(), runs(5)));
    }

    @Test
    void withinIsTheWholeInterval() {
        Shift shift = new Shift(1.01, 0.97, 1.04, 0.5, true);
        assertTrue(shift.within(1.05));
        assertFalse(shift.within(1.03));
        assertFalse(new Shift(1.01, 0.94, 1.04, 0.5, true).within(1.05));
    }

    /** A run's median: the machine now and then takes something, never gives; in the worst way, exponentially. */
    private static List<Interval> draw(Random random, int runs, double scale, double spread) {
        List<Interval> drawn = new ArrayList<>();
        for (int r = 0; r < runs; r++) {
            double median = 1000 * scale * Math.exp(spread * -Math.log(1 - random.nextDouble()));
            drawn.add(new Interval(median, median, median));
        }
        return drawn;
    }

    /**
     * 10,000 rows in which nothing changed, as hundreds of results of 100 rows with median and minimum: the p values must be
     * what they say, and hardly any result may show a change.
     */
    @Test
    void hardlyAnyOfTenThousandUnchangedRowsSeemsToHaveChanged() {
        Random random = new Random(6);
        int rows = 10_000;
        int family = 100;
        for (int runs : new int[] {3, 5, 10}) {
            int below5 = 0;
            int falseFamilies = 0;
            for (int first = 0; first < rows; first += family) {
                double[] p = new double[family];
                for (int i = 0; i < family; i++) {
                    p[i] = Shift.between(draw(random, runs, 1, 0.1), draw(random, runs, 1, 0.1)).p();
                    below5 += p[i] <= 0.05 ? 1 : 0;
                }
                falseFamilies += Arrays.stream(FalseDiscoveries.adjust(p)).anyMatch(value -> value <= 0.01) ? 1 : 0;
            }
            // Differences of skewed runs are symmetric, so the test errs on the safe side.
            assertTrue(below5 < 0.055 * rows, runs + " runs: " + below5);
            assertTrue(below5 > 0.02 * rows, runs + " runs: " + below5);
            assertTrue(falseFamilies <= 3, runs + " runs: " + falseFamilies + " of " + rows / family + " results");
        }
    }

    /** Without the adjustment, 1 % of the rows would seem to have changed: most results of 100 rows would. */
    @Test
    void withoutTheAdjustmentManyWould() {
        Random random = new Random(6);
        int falseFamilies = 0;
        for (int first = 0; first < 100; first++) {
            boolean any = false;
            for (int i = 0; i < 100; i++) {
                any |= Shift.between(draw(random, 5, 1, 0.1), draw(random, 5, 1, 0.1)).p() <= 0.01;
            }
            falseFamilies += any ? 1 : 0;
        }
        assertTrue(falseFamilies > 20, "only " + falseFamilies);
    }

    /** Of 100 rows one is 10 % slower: five runs each that spread by 1 %, in the worst way, mostly show it; eight do. */
    @Test
    void tenPercentAreFound() {
        assertTrue(foundOf200(5) >= 120);
        assertTrue(foundOf200(8) >= 195);
    }

    private static int foundOf200(int runs) {
        Random random = new Random(7);
        int found = 0;
        for (int trial = 0; trial < 200; trial++) {
            double[] p = new double[100];
            for (int i = 0; i < p.length; i++) {
                p[i] = Shift.between(draw(random, runs, 1, 0.01), draw(random, runs, i == 0 ? 1.1 : 1, 0.01)).p();
            }
            found += FalseDiscoveries.adjust(p)[0] <= 0.01 ? 1 : 0;
        }
        return found;
    }

    /** A tenth of the runs falls into busy times and is 15 % slower on average: that hides 10 % from half of the whole tests, but not from trimmed ones. */
    @Test
    void disturbedRunsDoNotHideTenPercent() {
        Random random = new Random(8);
        int found = 0;
        int falseAlarms = 0;
        for (int trial = 0; trial < 1000; trial++) {
            List<Interval> base = disturbed(random, 1);
            found += Shift.between(base, disturbed(random, 1.1)).p() <= 0.001 ? 1 : 0;
            falseAlarms += Shift.between(base, disturbed(random, 1)).p() <= 0.01 ? 1 : 0;
        }
        assertTrue(found >= 930, "only " + found);
        assertTrue(falseAlarms <= 20, falseAlarms + " false alarms");
    }

    private static List<Interval> disturbed(Random random, double scale) {
        List<Interval> drawn = new ArrayList<>();
        for (int r = 0; r < 8; r++) {
            double busy = random.nextInt(10) == 0 ? -0.15 * Math.log(1 - random.nextDouble()) : 0;
            double median = scale * Math.exp(0.004 * random.nextGaussian() + busy);
            drawn.add(new Interval(median, median, median));
        }
        return drawn;
    }
}
