package io.github.convgauge.cli.run;

import io.github.convgauge.check.Status;
import io.github.convgauge.measure.Slice;
import io.github.convgauge.measure.StopRule;
import io.github.convgauge.worker.Reply;
import io.github.convgauge.worker.Request;
import io.github.convgauge.worker.WorkerDiedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * The timing of competing rows: warm-up of each, then rounds in which each gets one slice, in an
 * order drawn from the seed, so that a machine that speeds up or slows down does so for all. A row
 * leaves when it has enough samples.
 */
final class Race {
    /** Follows a race. */
    @FunctionalInterface
    interface Watcher {
        /** A racer has all its samples. */
        void finished(String name);

        /** What is going on now. */
        default void note(String what) {}
    }

    /** Whoever is timed: a row, or the peak loop of its device. */
    record Racer(int id, Team team, Entrant entrant) {
        static Racer of(Entrant entrant) {
            return new Racer(entrant.id(), entrant.team(), entrant);
        }

        private void decide(Status status, String reason) {
            if (entrant != null) {
                entrant.decide(status, reason);
            }
        }

        private void fellBack(String reason) {
            if (entrant != null) {
                entrant.fellBack(reason);
            }
        }
    }

    /**
     * @param warmCapNanos longest warm-up of one racer
     * @param cold whether the caches are emptied before each execution of a row
     */
    record Rules(long warmCapNanos, StopRule stop, long sliceNanos, long rewarmNanos, boolean cold) {}

    /** Beyond what a slice is meant to take; an execution of a slow row may be far longer than a slice. */
    private final Duration patience;
    private final Rules rules;
    private final Watcher watcher;
    private final long seed;
    private final Map<Racer, Timing> timings = new LinkedHashMap<>();

    /**
     * @param seed of the order in each round
     * @param watcher is told how far it is
     */
    Race(Rules rules, Duration patience, long seed, Watcher watcher) {
        this.seed = seed;
        this.rules = rules;
        this.patience = patience;
        this.watcher = watcher;
    }

    /** Runs to the end; {@link #timing} has the samples, also those so far if the run is interrupted. */
    void run(List<Racer> racers) throws InterruptedException, InterruptedRunException {
        racers.forEach(racer -> timings.put(racer, new Timing()));
        List<Racer> active = new ArrayList<>(racers);
        for (Racer racer : racers) {
            watcher.note("warming up");
            if (ask(racer, new Request.Warm(racer.id, rules.warmCapNanos), active) instanceof Reply.Warmed warmed) {
                timings.get(racer).warmed(warmed.settled());
            }
        }
        Random random = new Random(seed);
        for (int round = 1; !active.isEmpty(); round++) {
            watcher.note("round " + round);
            List<Racer> order = new ArrayList<>(active);
            Collections.shuffle(order, random);
            for (Racer racer : order) {
                if (active.contains(racer)) {
                    takeSlice(racer, active);
                }
            }
        }
    }

    private void takeSlice(Racer racer, List<Racer> active) throws InterruptedException, InterruptedRunException {
        Request slice = new Request.Sample(
                racer.id, rules.sliceNanos, 1, rules.rewarmNanos, rules.cold && racer.entrant != null);
        if (ask(racer, slice, active) instanceof Reply.Sampled sampled) {
            Timing timing = timings.get(racer);
            timing.add(new Slice(sampled.nanos(), sampled.block(), sampled.cpuNanos(), sampled.wallNanos()));
            if (timing.enough(rules.stop, seed)) {
                active.remove(racer);
                watcher.finished(racer.entrant == null ? "peak" : racer.entrant.algorithmName());
            }
        }
    }

    /** The answer; or null if there is none, and then the racer, or its whole team, is out. */
    private Reply ask(Racer racer, Request request, List<Racer> active)
            throws InterruptedException, InterruptedRunException {
        if (!active.contains(racer)) {
            return null;
        }
        long nanos = rules.warmCapNanos + rules.sliceNanos + rules.rewarmNanos;
        Duration timeout = patience.plusNanos(nanos).plusMillis(TimeUnit.SECONDS.toMillis(1));
        try {
            Reply reply = racer.team.ask(request, timeout);
            switch (reply) {
                case Reply.Warmed warmed -> { }
                case Reply.Sampled sampled -> { }
                case Reply.Broke broke -> {
                    active.remove(racer);
                    racer.decide(Status.FAILED, "it threw while it was timed: " + broke.reason());
                }
                case Reply.FellBack fellBack -> {
                    active.remove(racer);
                    racer.fellBack("while it was timed: " + fellBack.reason());
                }
                // Whoever stayed in without samples would keep the rounds going for ever.
                default -> throw new IllegalStateException("timing was answered by " + reply);
            }
            return reply;
        } catch (WorkerDiedException e) {
            for (Racer other : List.copyOf(active)) {
                if (other.team == racer.team) {
                    active.remove(other);
                    other.decide(Status.CRASHED, e.getMessage());
                }
            }
            // Those of the team that have all their samples lose them too: nobody can verify them any more.
            for (Racer other : timings.keySet()) {
                if (other.team == racer.team && other.entrant != null && other.entrant.deservesTiming()) {
                    other.entrant.decide(Status.CRASHED, e.getMessage());
                }
            }
            return null;
        }
    }

    /** The samples of a racer, perhaps none. */
    Timing timing(Racer racer) {
        return timings.getOrDefault(racer, new Timing());
    }
}
