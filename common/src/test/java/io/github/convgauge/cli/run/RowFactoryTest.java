package io.github.convgauge.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Status;
import io.github.convgauge.cli.FakeHome;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.measure.Environment;
import io.github.convgauge.measure.Slice;
import io.github.convgauge.report.ResultRow;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.worker.BackendFolder;
import io.github.convgauge.worker.DataSource;
import io.github.convgauge.worker.Reply;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowFactoryTest {
    /** Two for each of 8 products of 3 x 3 x 4 outputs. */
    private static final ConvProblem PROBLEM = ConvProblem.parse(FakeHome.PROBLEM);
    private static final double FLOPS = 2.0 * 8 * 3 * 3 * 4;

    @TempDir
    private Path folder;

    /** A driver takes as many cores as it likes, and what the clock is too coarse to tell is not said. */
    @Test
    void moreCoresThanThreadsAreSaid() {
        assertEquals(Optional.of("it took 1.9 cores where it was given 1"), RowFactory.tooManyCores(1.9, 1));
        assertEquals(Optional.empty(), RowFactory.tooManyCores(1.9, 2));
        assertEquals(Optional.empty(), RowFactory.tooManyCores(1.2, 1));
        assertEquals(Optional.empty(), RowFactory.tooManyCores(null, 1));
        assertEquals(Optional.empty(), RowFactory.tooManyCores(1.9, null));
    }

    /** Median against median and shortest against shortest: of the four figures no two could be taken for each other. */
    @Test
    void sharesOfThePeakAreOfMediansAndOfShortestTimes() throws Exception {
        new FakeHome(folder).backend("alpha", "right");
        BackendFolder backend = BackendFolder.findAll(folder.resolve("target/dist/backends")).getFirst();
        Interruption interruption = new Interruption();
        try (PrivateFolder own = PrivateFolder.create(); Team team = new Team(backend, own.path(), 1, interruption)) {
            team.launch();
            team.greet();
            Entrant entrant = new Entrant(
                    1, team, team.welcome().devices().getFirst(), team.welcome().algorithms().getFirst(), "eager", "reused");
            entrant.checked(new Reply.Checked(5000, Status.PASSED, null, null, null));
            RowFactory factory = new RowFactory(plan(backend), Environment.capture(), "20260101T000000Z-1");
            RowFactory.Heat heat = new RowFactory.Heat(PROBLEM, DType.F64, 1, CacheState.HOT);
            Timing timing = timing(new double[] {200, 100}, new double[] {48});
            Timing peak = timing(new double[] {50}, new double[] {10, 40});

            ResultRow row = factory.timed(heat, entrant, timing, new RowFactory.Rivals(null, null, null, peak, 1000, null));
            assertEquals(FLOPS / 100, row.gflops(), 1e-12);
            assertEquals(1000.0 / 40, row.peakGflops(), 1e-12);
            assertEquals(100 * (FLOPS / 100) / (1000.0 / 40), row.percentOfPeak(), 1e-12);
            assertEquals(1000.0 / 10, row.peakBestGflops(), 1e-12);
            assertEquals(100 * (FLOPS / 48) / (1000.0 / 10), row.bestPercentOfPeak(), 1e-12);

            for (Timing none : new Timing[] {null, new Timing()}) {
                ResultRow alone = factory.timed(heat, entrant, timing, new RowFactory.Rivals(null, null, null, none, 0, null));
                assertEquals(FLOPS / 100, alone.gflops(), 1e-12);
                assertNull(alone.peakGflops());
                assertNull(alone.percentOfPeak());
                assertNull(alone.peakBestGflops());
                assertNull(alone.bestPercentOfPeak());
            }
            ResultRow untimed = factory.timed(heat, entrant, new Timing(), new RowFactory.Rivals(null, null, null, peak, 1000, null));
            assertNull(untimed.peakBestGflops());
            assertNull(untimed.bestPercentOfPeak());
        } finally {
            interruption.finished();
        }
    }

    /** @param rounds samples in nanoseconds */
    private static Timing timing(double[]... rounds) {
        Timing timing = new Timing();
        timing.warmed(true);
        for (double[] round : rounds) {
            timing.add(new Slice(round, 1, -1, 1000));
        }
        return timing;
    }

    private static Plan plan(BackendFolder backend) {
        return new Plan(
                List.of(PROBLEM), List.of(DType.F64), Pattern.compile(""), false, List.of(), List.of(), new DeviceFilter(null, "Some CPU"),
                List.of(backend), Set.of(), List.of(backend), List.of(1), List.of(CacheState.HOT), DataSource.ofSeed(Fill.UNIFORM, 42), false, false,
                Optional.empty(), new VariantChoice(Optional.empty(), Optional.empty()), Path.of("rows.jsonl"), Optional.empty(), Optional.empty());
    }
}
