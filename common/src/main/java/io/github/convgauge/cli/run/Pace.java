package io.github.convgauge.cli.run;

import io.github.convgauge.measure.SliceSpec;
import io.github.convgauge.measure.StopRule;
import io.github.convgauge.measure.WarmUp;
import java.util.concurrent.TimeUnit;

/** How long warm-up, slices and samples of a race take. */
final class Pace {
    private static final long WARM_CAP_QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long WARM_CAP_CROWDED_NANOS = TimeUnit.MILLISECONDS.toNanos(600);
    /** Samples of all rows of a race together, beyond what each has at the least: devices with their regimes make many rows. */
    private static final long RACE_NANOS = TimeUnit.SECONDS.toNanos(15);
    /** Of a row's share of a time budget; the rest is for starting and checking. */
    private static final double WARM_SHARE = 0.3;
    private static final double SAMPLE_SHARE = 0.4;

    private Pace() {}

    /**
     * The rules of one race.
     *
     * @param racers rows in it
     * @param shareNanos of a time budget, for one of them
     */
    static Race.Rules of(boolean quick, CacheState cache, int racers, long shareNanos) {
        StopRule standard = quick ? StopRule.quick() : StopRule.standard();
        SliceSpec slice = quick ? SliceSpec.quick() : SliceSpec.standard();
        long crowded = RACE_NANOS / Math.max(1, racers);
        long sampleCap = Math.min(standard.capNanos(), Math.max(standard.minNanos(), crowded));
        long warmCap = quick ? WARM_CAP_QUICK_NANOS : Math.min(WarmUp.STANDARD_CAP_NANOS, Math.max(WARM_CAP_CROWDED_NANOS, crowded));
        StopRule stop = new StopRule(
                standard.minSamples(), Math.min(standard.minNanos(), (long) (SAMPLE_SHARE * shareNanos)),
                standard.targetRelativeCi(), Math.min(sampleCap, (long) (SAMPLE_SHARE * shareNanos)),
                Math.min(standard.absoluteCapNanos(), shareNanos));
        return new Race.Rules(
                Math.min(warmCap, (long) (WARM_SHARE * shareNanos)),
                stop,
                slice.minNanos(),
                slice.rewarmNanos(),
                cache == CacheState.COLD);
    }
}
