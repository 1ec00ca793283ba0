package io.github.convgauge.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Status;
import io.github.convgauge.cli.FakeHome;
import io.github.convgauge.measure.StopRule;
import io.github.convgauge.worker.BackendFolder;
import io.github.convgauge.worker.DataSource;
import io.github.convgauge.worker.Reply;
import io.github.convgauge.worker.Request;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    /** A seed whose first round keeps the order. */
    private static long orderedSeed() {
        return IntStream.range(0, 100).filter(seed -> {
            List<Integer> order = new ArrayList<>(List.of(1, 2));
            Collections.shuffle(order, new Random(seed));
            return order.equals(List.of(1, 2));
        }).findFirst().orElseThrow();
    }

    private static Entrant entrant(int id, Team team, String algorithm) throws Exception {
        Reply.DeviceInfo device = team.welcome().devices().getFirst();
        Reply.AlgorithmInfo info = team.welcome().algorithms().stream().filter(a -> a.name().equals(algorithm)).findFirst().orElseThrow();
        Entrant entrant = new Entrant(id, team, device, info, "eager", "reused");
        Request open = new Request.Open(
                id, FakeHome.PROBLEM, "f64", device.id(), algorithm, "eager", "reused", 1, DataSource.ofSeed(Fill.UNIFORM, 42), "");
        assertTrue(team.ask(open, PATIENCE) instanceof Reply.Opened);
        entrant.opened(1);
        entrant.decide(Status.PASSED, null);
        return entrant;
    }

    /** Each is content with one slice: the first has all of its samples when the second ends their worker. */
    @Test
    void aDeathCostsEvenThoseThatHaveAllTheirSamples() throws Exception {
        new FakeHome(folder).backend("alpha", "right,dies-late");
        BackendFolder backend = BackendFolder.findAll(folder.resolve("target/dist/backends")).getFirst();
        Interruption interruption = new Interruption();
        try (PrivateFolder own = PrivateFolder.create(); Team team = new Team(backend, own.path(), 1, interruption)) {
            team.launch();
            team.greet();
            Entrant right = entrant(1, team, "right");
            Entrant dying = entrant(2, team, "dies-late");
            List<String> finished = new ArrayList<>();
            StopRule one = new StopRule(1, 0, 1, 0, 0);
            Race race = new Race(new Race.Rules(0, one, 50_000_000, 0, false), PATIENCE, orderedSeed(), finished::add);
            List<Race.Racer> racers = List.of(Race.Racer.of(right), Race.Racer.of(dying));
            race.run(racers);
            assertEquals(List.of("right"), finished);
            assertFalse(race.timing(racers.getFirst()).isEmpty());
            for (Entrant entrant : List.of(right, dying)) {
                assertEquals(Status.CRASHED, entrant.status(), entrant.algorithmName());
                assertTrue(entrant.reason().startsWith("the worker ended with exit code 7"), entrant.reason());
            }
        } finally {
            interruption.finished();
        }
    }
}
