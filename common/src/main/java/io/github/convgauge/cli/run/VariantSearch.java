package io.github.convgauge.cli.run;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.check.Status;
import io.github.convgauge.cli.run.TunedRow.Rejected;
import io.github.convgauge.cli.run.VariantChoice.Choice;
import io.github.convgauge.cli.run.VariantChoice.Source;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.measure.Ratio;
import io.github.convgauge.measure.StopRule;
import io.github.convgauge.worker.Reply;
import io.github.convgauge.worker.WorkerDiedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Looks for the fastest variant of one algorithm on one device, for one problem and dtype, within a time.
 *
 * <p>Variants are tried in batches, those first that differ least from the best so far. Whatever is tried has to pass
 * all tiers before it is timed. A batch is thinned out by successive halving (Karnin, Koren and Somekh, Almost Optimal
 * Exploration in Multi-Armed Bandits, ICML 2013): interleaved rounds of short slices, of which the faster half goes on
 * to longer ones, until one is left. The best of all batches is then held against the default in rounds of their
 * own, since whoever is picked as the fastest of many looks faster than it is. A winner has to pass all tiers once more.
 */
final class VariantSearch {
    /** Below this speed-up, or where a quarter of the rounds show none, the default counts as best. */
    static final double LEAST_SPEED_UP = 1.02;

    private static final int BATCH = 8;
    private static final int SMALLEST_BATCH = 2;
    /** All variants of a batch are laid out at once, each with its buffers. */
    private static final double BATCH_BYTES = 2e9;
    /** Of the row's time; the rest is for the duel with the default and the last check. */
    private static final double SEARCH_SHARE = 0.75;

    private static final int ROUNDS = 3;
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int LONGEST_SLICE_DOUBLINGS = 3;
    private static final long REWARM_NANOS = TimeUnit.MILLISECONDS.toNanos(3);
    private static final long WARM_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** The first of a row finds a JVM that has not compiled the way to its kernels. */
    private static final long FIRST_WARM_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    private static final long DUEL_SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(15);
    private static final StopRule DUEL = new StopRule(10, 200_000_000L, 0.01, 500_000_000L, 3_000_000_000L);

    private final RowRequests requests;
    private final References.Pair references;
    private final Team team;
    private final Reply.DeviceInfo device;
    private final Reply.AlgorithmInfo algorithm;
    private final String regime;
    private final List<String> variants;
    private final IntSupplier nextId;
    private final Progress progress;
    private final long searchEnd;
    private final List<String> remaining;
    private final List<Rejected> rejected = new ArrayList<>();

    /**
     * @param variants two and more, the default first
     * @param nanos time that it may take, which only the row's own slowness may exceed
     */
    VariantSearch(
            RowRequests requests, References.Pair references, Team team, Reply.DeviceInfo device,
            Reply.AlgorithmInfo algorithm, String regime, List<String> variants, IntSupplier nextId, Progress progress, long nanos) {
        this.requests = requests;
        this.references = references;
        this.team = team;
        this.device = device;
        this.algorithm = algorithm;
        this.regime = regime;
        this.variants = variants;
        this.nextId = nextId;
        this.progress = progress;
        searchEnd = System.nanoTime() + (long) (SEARCH_SHARE * nanos);
        remaining = new ArrayList<>(variants.subList(1, variants.size()));
    }

    /**
     * How it ended.
     *
     * @param status PASSED where there is a winner
     * @param reason why it is not; or null
     */
    record Outcome(Status status, String reason, KernelCache.Winner winner, List<Rejected> rejected) {}

    /** The peak loop of the device that is searched on, opened when it is wanted. */
    @FunctionalInterface
    interface PeakLoop {
        Optional<Peaks.Peak> open() throws InterruptedException, InterruptedRunException;
    }

    /** @param peak to say which share of it the winner reaches */
    Outcome run(PeakLoop peak) throws InterruptedException, InterruptedRunException {
        Entrant standard = entrant(ConvSpec.DEFAULT_VARIANT);
        if (!qualifies(standard)) {
            progress.addSteps(-variants.size());
            return new Outcome(standard.status(), standard.reason(), null, List.of());
        }
        progress.step("checked " + variants.getFirst());
        race(List.of(Race.Racer.of(standard)), new Race.Rules(FIRST_WARM_NANOS, stop(SLICE_NANOS), SLICE_NANOS, REWARM_NANOS, false));
        Entrant best = standard;
        while (standard.status() == Status.PASSED && !remaining.isEmpty() && System.nanoTime() < searchEnd) {
            List<Entrant> batch = batch(best);
            if (!batch.isEmpty()) {
                best = fastest(best, batch, standard);
            }
        }
        progress.addSteps(-remaining.size());
        if (standard.status() == Status.PASSED && remaining.size() == variants.size() - 1) {
            return new Outcome(
                    Status.UNAVAILABLE,
                    "the time budget was spent before any variant but the default was tried; a larger --time-budget reaches them",
                    null, rejected);
        }
        return decide(standard, best, peak);
    }

    private Entrant entrant(String variant) {
        Entrant entrant = new Entrant(nextId.getAsInt(), team, device, algorithm, regime, algorithm.outputs().getFirst());
        entrant.choose(variant.isEmpty() ? Choice.DEFAULT : new Choice(variant, Source.ASKED));
        return entrant;
    }

    private String text(Entrant entrant) {
        return entrant.choice().variant().isEmpty() ? variants.getFirst() : entrant.choice().variant();
    }

    /** Lays it out and checks it, in a worker that may have to be started again; nothing but PASSED qualifies. */
    private boolean qualifies(Entrant entrant) throws InterruptedException, InterruptedRunException {
        try {
            entrant.decide(null, null);
            if (requests.revive(entrant) && requests.open(entrant)) {
                requests.check(entrant, references, null, null, null);
            }
        } catch (WorkerDiedException e) {
            entrant.decide(Status.CRASHED, e.getMessage());
        }
        if (entrant.status() != Status.PASSED) {
            requests.release(entrant);
        }
        return entrant.status() == Status.PASSED;
    }

    /** Whether the worker that laid it out still lives. */
    private boolean isLaidOut(Entrant entrant) throws InterruptedException, InterruptedRunException {
        return requests.revive(entrant) && entrant.isOpen();
    }

    private void reject(Entrant entrant) {
        rejected.add(new Rejected(text(entrant), entrant.status(), entrant.reason()));
    }

    /** The next few that pass; perhaps none. */
    private List<Entrant> batch(Entrant best) throws InterruptedException, InterruptedRunException {
        int most = batchSize();
        List<Entrant> batch = new ArrayList<>();
        remaining.sort(Comparator.comparingInt(variant -> differences(variant, text(best))));
        while (batch.size() < most && !remaining.isEmpty() && System.nanoTime() < searchEnd) {
            Entrant entrant = entrant(remaining.removeFirst());
            if (qualifies(entrant)) {
                batch.add(entrant);
            } else {
                reject(entrant);
            }
            progress.step("checked " + text(entrant));
        }
        return batch;
    }

    private int batchSize() {
        ConvProblem problem = requests.heat().problem();
        double bytes = problem.bytes(requests.heat().dtype())
                // A column matrix, which algorithms that lower the convolution have.
                + (double) problem.mb() * problem.oh() * problem.ow() * problem.terms() * problem.g() * requests.heat().dtype().bytes();
        return (int) Math.clamp(BATCH_BYTES / bytes, SMALLEST_BATCH, BATCH);
    }

    /** Words of one variant that another one does not have. */
    static int differences(String variant, String other) {
        Set<String> words = Set.copyOf(Arrays.asList(other.split(" ")));
        return (int) Arrays.stream(variant.split(" ")).filter(word -> !words.contains(word)).count();
    }

    /** By successive halving; what is neither the fastest nor the default is released. */
    private Entrant fastest(Entrant best, List<Entrant> batch, Entrant standard)
            throws InterruptedException, InterruptedRunException {
        List<Entrant> field = new ArrayList<>(batch);
        field.addFirst(best);
        boolean died = false;
        for (int doublings = 0; field.size() > 1; doublings++) {
            progress.note(field.size() + " variants");
            List<Entrant> open = stillOpen(field, standard);
            long slice = SLICE_NANOS << Math.min(doublings, LONGEST_SLICE_DOUBLINGS);
            Race race = race(
                    open.stream().map(Race.Racer::of).toList(),
                    new Race.Rules(doublings == 0 ? WARM_NANOS : 0, stop(slice), slice, REWARM_NANOS, false));
            if (open.stream().anyMatch(entrant -> entrant.status() == Status.CRASHED)) {
                field = alone(open, standard, died);
                died = true;
                continue;
            }
            List<Entrant> right = new ArrayList<>();
            for (Entrant entrant : open) {
                if (entrant.status() == Status.PASSED) {
                    right.add(entrant);
                } else {
                    out(entrant, standard);
                }
            }
            right.sort(Comparator.comparingDouble(entrant -> median(race.timing(Race.Racer.of(entrant)))));
            field = new ArrayList<>(right.subList(0, Math.ceilDiv(right.size(), 2)));
            for (Entrant slower : right.subList(field.size(), right.size())) {
                if (slower != standard) {
                    requests.release(slower);
                }
            }
        }
        return field.isEmpty() ? standard : field.getFirst();
    }

    /** Without those that cannot be laid out again after their worker has died. */
    private List<Entrant> stillOpen(List<Entrant> field, Entrant standard) throws InterruptedException, InterruptedRunException {
        List<Entrant> open = new ArrayList<>();
        for (Entrant entrant : field) {
            if (isLaidOut(entrant) || qualifies(entrant)) {
                open.add(entrant);
            } else {
                out(entrant, standard);
            }
        }
        return open;
    }

    /**
     * After a worker has died over one of several: each is timed alone, so that only the one whose worker dies again is
     * blamed.
     *
     * @param again whether one has died before, although each was well alone: then all go
     */
    private List<Entrant> alone(List<Entrant> field, Entrant standard, boolean again)
            throws InterruptedException, InterruptedRunException {
        List<Entrant> survivors = new ArrayList<>();
        for (Entrant entrant : field) {
            boolean well = (!again || entrant == standard) && qualifies(entrant);
            if (well) {
                race(List.of(Race.Racer.of(entrant)), new Race.Rules(WARM_NANOS, stop(SLICE_NANOS), SLICE_NANOS, REWARM_NANOS, false));
            }
            if (entrant.status() == Status.PASSED) {
                survivors.add(entrant);
            } else {
                out(entrant, standard);
            }
        }
        return survivors;
    }

    private void out(Entrant entrant, Entrant standard) throws InterruptedException, InterruptedRunException {
        if (entrant != standard) {
            reject(entrant);
            requests.release(entrant);
        }
    }

    private static StopRule stop(long slice) {
        return new StopRule(ROUNDS, ROUNDS * slice, 0, ROUNDS * slice, ROUNDS * slice);
    }

    private Race race(List<Race.Racer> racers, Race.Rules rules) throws InterruptedException, InterruptedRunException {
        Race race = new Race(rules, requests.patience(), requests.data().seed(), name -> { });
        race.run(racers);
        return race;
    }

    private double median(Timing timing) {
        return timing.summary(requests.data().seed()).medianNs();
    }

    private Outcome decide(Entrant standard, Entrant best, PeakLoop peakLoop)
            throws InterruptedException, InterruptedRunException {
        progress.note("the fastest against the default");
        Entrant challenger = best;
        while (true) {
            List<Entrant> pair = challenger == standard ? List.of(standard) : List.of(standard, challenger);
            for (Entrant entrant : pair) {
                if (!isLaidOut(entrant)) {
                    qualifies(entrant);
                }
            }
            Optional<Peaks.Peak> peak = peakLoop.open();
            List<Race.Racer> racers = new ArrayList<>();
            pair.stream().filter(entrant -> entrant.status() == Status.PASSED).map(Race.Racer::of).forEach(racers::add);
            peak.ifPresent(loop -> racers.add(loop.racer()));
            Race race = race(racers, new Race.Rules(WARM_NANOS, DUEL, DUEL_SLICE_NANOS, REWARM_NANOS, false));
            if (peak.isPresent()) {
                requests.release(peak.get().racer().team(), peak.get().racer().id());
            }
            for (Entrant entrant : pair) {
                requests.afterTiming(entrant, true);
            }
            if (challenger != standard && challenger.status() != Status.PASSED) {
                out(challenger, standard);
                if (standard.status() == Status.CRASHED) {
                    standard.decide(Status.PASSED, null); // it stood beside the one whose worker died, and is tried alone
                }
                challenger = standard;
                continue;
            }
            if (standard.status() != Status.PASSED) {
                return new Outcome(standard.status(), "the default: " + standard.reason(), null, rejected);
            }
            Timing before = race.timing(Race.Racer.of(standard));
            Timing after = race.timing(Race.Racer.of(challenger));
            Ratio speedUp = Ratio.of(before.rounds(), after.rounds());
            boolean faster = challenger != standard && speedUp.median() >= LEAST_SPEED_UP && speedUp.low() > 1;
            if (faster && !passesOnceMore(challenger)) {
                challenger = standard;
                continue;
            }
            Entrant winner = faster ? challenger : standard;
            Double share = peak.map(loop -> kernelPercentOfPeak(winner, race.timing(loop.racer()), loop.flops())).orElse(null);
            requests.release(standard);
            requests.release(challenger);
            return new Outcome(Status.PASSED, null, new KernelCache.Winner(
                    text(winner), !faster, median(before), median(faster ? after : before), faster ? speedUp.median() : 1, share,
                    variants.size() - remaining.size(), variants.size()), rejected);
        }
    }

    /** All tiers once more, laid out anew; the old one is released. */
    private boolean passesOnceMore(Entrant winner) throws InterruptedException, InterruptedRunException {
        requests.release(winner);
        Entrant fresh = entrant(winner.choice().variant());
        if (qualifies(fresh)) {
            requests.release(fresh);
            return true;
        }
        rejected.add(new Rejected(
                text(fresh), fresh.status(), "the fastest did not pass once more, and is not kept: " + fresh.reason()));
        return false;
    }

    private Double kernelPercentOfPeak(Entrant winner, Timing peak, double peakFlops) {
        Long nanos = winner.kernelNanos();
        return nanos == null || peak.isEmpty()
                ? null
                : Double.valueOf(100 * (requests.heat().problem().flops() / (double) nanos) / (peakFlops / median(peak)));
    }
}
