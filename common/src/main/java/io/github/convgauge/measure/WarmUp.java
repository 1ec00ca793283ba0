package io.github.convgauge.measure;

import io.github.convgauge.backend.Workload;
import java.util.function.LongSupplier;
import org.apache.commons.statistics.descriptive.Median;

/**
 * Executes a workload until its time no longer changes, or says that it never got there: many
 * programs on a JVM do not (Barrett et al., Virtual Machine Warmup Blows Hot and Cold, OOPSLA 2017).
 *
 * <p>Executions are gathered in successive halves of at least {@value #HALF_EXECUTIONS} executions
 * and 50 ms each. The workload has settled when the medians of the last two halves, the trailing
 * window, differ by at most 5 % of the smaller one. What came before the window does not count, or
 * interpreted executions would outweigh all others.
 *
 * <p>The window spans 100 ms because a workload reaches its final speed in steps: interpreted, then
 * C1's code, then C2's. A step lasts as long as the next compilation waits and runs, which is
 * milliseconds for a loop nest but hundreds of them for a large vector kernel. A window of ten
 * executions of 50 µs would lie wholly on C1's step and call it settled; one of 100 ms settles only
 * on a step that holds most executions of both its halves. No window is long enough for certain, and
 * a longer one is paid for by every row, so the spread between the rounds, which {@link Summary}'s
 * interval shows, remains the second line of defence.
 */
public final class WarmUp {
    /** Where few rows are measured together and nobody is in a hurry. */
    public static final long STANDARD_CAP_NANOS = 1_500_000_000L;
    static final int HALF_EXECUTIONS = 5;
    static final long HALF_NANOS = 50_000_000;
    private static final double TOLERANCE = 0.05;

    private final LongSupplier clock;

    private WarmUp(LongSupplier clock) {
        this.clock = clock;
    }

    /**
     * How a warm-up ended.
     *
     * @param settled whether the medians of its last two halves agreed
     * @param executions how often the workload was executed; at least once, and at least ten times
     *     where it settled
     * @param lastMedianNanos median time of one execution in the last full half; where time was up
     *     before the first one was full, in what there is of it
     */
    public record Result(boolean settled, int executions, long lastMedianNanos) {}

    /**
     * Warms up.
     *
     * @param capNanos no execution starts later than this after the first; the first always does
     */
    public static Result run(Workload w, long capNanos) {
        return run(w, capNanos, System::nanoTime);
    }

    static Result run(Workload w, long capNanos, LongSupplier clock) {
        return new WarmUp(clock).until(w, capNanos);
    }

    private Result until(Workload w, long capNanos) {
        Samples half = new Samples();
        int executions = 0;
        double olderMedian = Double.NaN;
        long start = clock.getAsLong();
        long halfStart = start;
        while (true) {
            long before = clock.getAsLong();
            w.execute();
            long now = clock.getAsLong();
            half.add(now - before);
            executions++;
            boolean timeIsUp = now - start >= capNanos;
            if (half.size() >= HALF_EXECUTIONS && now - halfStart >= HALF_NANOS) {
                double median = medianOf(half);
                boolean settled = agree(olderMedian, median);
                if (settled || timeIsUp) {
                    return new Result(settled, executions, Math.round(median));
                }
                olderMedian = median;
                half.clear();
                halfStart = clock.getAsLong();
            } else if (timeIsUp) {
                return new Result(false, executions, Math.round(Double.isNaN(olderMedian) ? medianOf(half) : olderMedian));
            }
        }
    }

    /** False while there is no older half, whose median is NaN then. */
    private static boolean agree(double older, double newer) {
        return Math.abs(newer - older) <= TOLERANCE * Math.min(older, newer);
    }

    private static double medianOf(Samples samples) {
        return Median.withDefaults().withCopy(false).evaluate(samples.toArray());
    }
}
