package io.github.convgauge.cli.run;

import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.check.Status;
import io.github.convgauge.cli.run.RowFactory.Heat;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.report.ResultRow;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.worker.BackendFolder;
import io.github.convgauge.worker.Reply;
import io.github.convgauge.worker.Request;
import io.github.convgauge.worker.WorkerDiedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Carries a {@link Plan} out. Rows come in groups of one problem and thread count; each group has
 * fresh workers, so that a first execution is one, and no row inherits another problem's compiled
 * code. In a group each dtype is checked, then raced.
 */
final class Runner {
    /** Slower than this no row is expected to be, interpreted code included. */
    private static final double SLOWEST_FLOPS = 50e6;
    private static final long LEAST_PATIENCE_SECONDS = 120;
    private static final long LEAST_PATIENCE_IN_BUDGET_SECONDS = 5;

    private static final String NOT_COLD = "the caches of a device cannot be emptied from the host";

    private final Plan plan;
    private final RowFactory factory;
    private final Sink sink;
    private final Extent extent;
    private final Agenda agenda;
    private final Progress progress;
    private final Path folder;
    private final Budget budget;
    private final Interruption interruption;
    private final List<Done> done = new ArrayList<>();
    private final Map<Integer, List<Team>> teamsByThreads = new LinkedHashMap<>();
    /** Backends that turned out to have devices only, which take no thread count. */
    private final Set<BackendFolder> withoutHost = new HashSet<>();
    /** Those behind the present one. */
    private final List<Group> groupsAfter = new ArrayList<>();
    private boolean hasARow;
    private long deviceRows;
    private long racesLeft;
    private long stepsKnown;
    private long stepsDone;
    private int nextId = 1;
    /** Rates of copies, which are measured once. */
    private final Map<Peaks.Copier, Double> copies = new HashMap<>();

    private record Done(int order, ResultRow row) {}

    private record Group(ConvProblem problem, int threads) {}

    /** Takes each row as soon as it is final. */
    @FunctionalInterface
    interface Sink {
        void write(ResultRow row) throws IOException;
    }

    Runner(Plan plan, RowFactory factory, Sink sink, Progress progress, Path folder, Interruption interruption) {
        this(plan, factory, sink, Extent.ALL, progress, folder, interruption);
    }

    /** @param extent what of the plan's rows is wanted */
    Runner(
            Plan plan, RowFactory factory, Sink sink, Extent extent, Progress progress, Path folder,
            Interruption interruption) {
        this(plan, factory, sink, extent, Agenda.ALL, progress, folder, interruption);
    }

    /** @param agenda what of it is still to be done */
    Runner(
            Plan plan, RowFactory factory, Sink sink, Extent extent, Agenda agenda, Progress progress, Path folder,
            Interruption interruption) {
        this.plan = plan;
        this.factory = factory;
        this.sink = sink;
        this.extent = extent;
        this.agenda = agenda;
        this.progress = progress;
        this.folder = folder;
        this.interruption = interruption;
        this.budget = new Budget(plan.budget());
    }

    /** Whether all rows were reached; false after Ctrl-C. */
    boolean run() throws IOException, InterruptedException {
        try {
            for (ConvProblem problem : plan.problems()) {
                plan.threads().stream().filter(threads -> agenda.wants(problem, threads)).forEach(threads -> groupsAfter.add(new Group(problem, threads)));
            }
            if (!groupsAfter.isEmpty() && !endsHere()) {
                // Its complaints come before anything is written.
                teams(groupsAfter.getFirst().threads());
            }
            while (!groupsAfter.isEmpty() && !endsHere()) {
                ConvProblem problem = groupsAfter.getFirst().problem();
                try (References references = new References(problem, plan.data(), folder, interruption)) {
                    if (plan.save().isPresent()) {
                        new SavedArrays(plan, plan.save().get()).saveOperands(problem);
                    }
                    // One that is given twice is two.
                    while (!groupsAfter.isEmpty() && groupsAfter.getFirst().problem() == problem && !endsHere()) {
                        int threads = groupsAfter.removeFirst().threads();
                        runGroup(problem, threads, references);
                        agenda.finished(problem, threads);
                    }
                } finally {
                    // Tensors are freed by the collector, which does not see how large they are.
                    System.gc();
                }
            }
            return true;
        } catch (InterruptedRunException e) {
            return false;
        } finally {
            teamsByThreads.values().forEach(teams -> teams.forEach(Team::close));
        }
    }

    private boolean endsHere() {
        return agenda.endsWithBudget() && budget.spent();
    }

    /** The final rows, in the order of the table. */
    List<ResultRow> rows() {
        return done.stream().sorted(Comparator.comparingInt(Done::order)).map(Done::row).toList();
    }

    private void runGroup(ConvProblem problem, int threads, References references)
            throws IOException, InterruptedException, InterruptedRunException {
        List<Team> teams = teams(threads);
        for (int d = 0; d < plan.dtypes().size(); d++) {
            DType dtype = plan.dtypes().get(d);
            List<Entrant> entrants = lineUp(teams, problem, dtype, threads);
            if (entrants.isEmpty()) {
                continue; // devices only, which the first thread count had
            }
            racesLeft = racesLeft(threads, d, entrants);
            expectSteps(racesLeft / plan.caches().size() + (plan.checkOnly() ? 0 : racesLeft));
            progress.stage("%s %s, %d thread%s: %d rows".formatted(
                    problem, dtype.label(), threads, threads == 1 ? "" : "s", entrants.size() * plan.caches().size()));
            runHeats(problem, dtype, threads, references.of(dtype), teams, entrants);
        }
        if (!plan.checkOnly()) {
            teamsByThreads.remove(threads).forEach(Team::close);
        }
    }

    /** Rows that are still to be timed, these included. */
    private long racesLeft(int threads, int dtypeIndex, List<Entrant> entrants) {
        long onHost = entrants.stream().filter(Entrant::isOnHost).count();
        if (isFirst(threads)) {
            deviceRows = entrants.size() - onHost;
        }
        long dtypes = plan.dtypes().size();
        long hostGroups = groupsAfter.size() * dtypes + dtypes - dtypeIndex;
        long deviceGroups = groupsAfter.stream().filter(group -> isFirst(group.threads())).count() * dtypes
                + (isFirst(threads) ? dtypes - dtypeIndex : 0);
        long deviceHeats = plan.caches().stream().filter(cache -> cache == CacheState.HOT).count();
        return plan.caches().size() * onHost * hostGroups + deviceHeats * deviceRows * deviceGroups;
    }

    /** Later groups are taken to be like this one; what was expected of earlier ones, and did not come, is forgotten. */
    private void expectSteps(long left) {
        progress.addSteps(stepsDone + left - stepsKnown);
        stepsKnown = stepsDone + left;
    }

    private void step(String what) {
        stepsDone++;
        progress.step(what);
    }

    private boolean isFirst(int threads) {
        return plan.threads().getFirst() == threads;
    }

    /** Nothing is timed in a run that only checks, so there the workers serve all problems. */
    private List<Team> teams(int threads) throws InterruptedException, InterruptedRunException {
        List<Team> teams = teamsByThreads.get(threads);
        if (teams == null) {
            teams = new ArrayList<>();
            teamsByThreads.put(threads, teams);
            for (BackendFolder backend : plan.backends()) {
                if (!isFirst(threads) && withoutHost.contains(backend)) {
                    continue;
                }
                Team team = new Team(backend, folder, threads, interruption);
                teams.add(team);
                team.launch();
            }
            for (Team team : teams) {
                team.greet();
                if (team.unavailable() == null && team.devices().stream().noneMatch(Reply.DeviceInfo::onHost)) {
                    withoutHost.add(team.backend());
                }
            }
            if (!hasARow) {
                requireARow(teams);
                hasARow = true;
            }
        }
        return teams;
    }

    private void requireARow(List<Team> teams) {
        List<Team> here = teams.stream().filter(team -> team.unavailable() == null).toList();
        if (here.isEmpty()) {
            return;
        }
        if (plan.devices().isAsked()) {
            plan.devices().requireOneOf(
                    here.stream().flatMap(team -> team.devices().stream()).toList(),
                    teams.stream().filter(team -> team.unavailable() != null).map(team -> team.backend().name()).toList());
        }
        List<Reply.AlgorithmInfo> algorithms = here.stream()
                .filter(team -> team.devices().stream().anyMatch(plan.devices()::takes))
                .flatMap(team -> team.welcome().algorithms().stream())
                .toList();
        List<Reply.AlgorithmInfo> asked = algorithms.stream()
                .filter(algorithm -> plan.algorithm().matcher(algorithm.name()).find())
                .toList();
        if (asked.isEmpty()) {
            throw new InputException("no algorithm matches '%s'; there are %s".formatted(
                    plan.algorithm().pattern(),
                    algorithms.stream().map(Reply.AlgorithmInfo::name).distinct().collect(Collectors.joining(", "))));
        }
        requireAnOutput(asked);
        if (!plan.regimes().isEmpty() && asked.stream().flatMap(algorithm -> algorithm.regimes().stream())
                .noneMatch(regime -> plan.takes(regime, List.of(), false))) {
            throw new InputException("no row has the regime %s; there are %s".formatted(
                    plan.regimes().stream().map(Regime::label).collect(Collectors.joining(" or ")),
                    asked.stream().flatMap(algorithm -> algorithm.regimes().stream()).distinct().collect(Collectors.joining(", "))));
        }
    }

    private void requireAnOutput(List<Reply.AlgorithmInfo> asked) {
        if (asked.stream().flatMap(algorithm -> algorithm.outputs().stream()
                .filter(output -> plan.takesOutput(output, algorithm.outputs()))).findAny().isEmpty()) {
            throw new InputException("no row has the output %s; there are %s".formatted(
                    plan.outputs().stream().map(Output::label).collect(Collectors.joining(" or ")),
                    asked.stream().flatMap(algorithm -> algorithm.outputs().stream()).distinct().collect(Collectors.joining(", "))));
        }
    }

    private List<Entrant> lineUp(List<Team> teams, ConvProblem problem, DType dtype, int threads)
            throws IOException, InterruptedException, InterruptedRunException {
        List<Entrant> entrants = new ArrayList<>();
        for (Team team : List.copyOf(teams)) {
            if (!plan.backends().contains(team.backend())) {
                continue; // it only lends its peak loop
            }
            team.revive();
            if (team.unavailable() != null) {
                Entrant absent = new Entrant(nextId++, team, null, null, null, null);
                absent.decide(Status.UNAVAILABLE, team.unavailable());
                entrants.add(absent);
                continue;
            }
            for (Reply.DeviceInfo device : team.devices()) {
                if (!plan.devices().takes(device) || !(device.onHost() || isFirst(threads))) {
                    continue;
                }
                for (Reply.AlgorithmInfo algorithm : team.welcome().algorithms()) {
                    if (!plan.algorithmAsked() && !algorithm.isMadeFor(device)) {
                        continue;
                    }
                    for (String regime : algorithm.regimes()) {
                        if (plan.algorithm().matcher(algorithm.name()).find()
                                && plan.takes(regime, algorithm.regimes(), device.onHost())) {
                            for (String output : algorithm.outputs()) {
                                if (plan.takesOutput(output, algorithm.outputs())
                                        && extent.takes(team.backend(), device, algorithm, regime, output)) {
                                    Entrant entrant = new Entrant(nextId++, team, device, algorithm, regime, output);
                                    entrant.choose(plan.variants().of(
                                            team, device, plan.devices().name(device), problem, dtype, algorithm.name()));
                                    entrants.add(entrant);
                                }
                            }
                        }
                    }
                }
            }
        }
        return agenda.lineUp(problem, dtype, threads, entrants);
    }

    private void runHeats(
            ConvProblem problem, DType dtype, int threads, References.Pair references, List<Team> teams, List<Entrant> entrants)
            throws IOException, InterruptedException, InterruptedRunException {
        Duration patience = patience(problem);
        Heat first = new Heat(problem, dtype, threads, plan.caches().getFirst());
        Heat present = first;
        try {
            checkAll(first, references, entrants, patience);
            for (CacheState cache : plan.checkOnly() ? List.<CacheState>of() : plan.caches()) {
                present = new Heat(problem, dtype, threads, cache);
                race(present, teams, entrants, patience);
            }
        } catch (InterruptedRunException e) {
            for (Entrant entrant : entrants) {
                if (entrant.deservesTiming()) {
                    entrant.decide(entrant.status(), "interrupted before it was timed");
                }
                if (entrant.status() != null) {
                    emit(entrant, present.cache(), factory.untimed(present, entrant));
                }
            }
            throw e;
        }
        for (Entrant entrant : entrants) {
            requests(first, patience).release(entrant);
        }
    }

    private Duration patience(ConvProblem problem) {
        long seconds = LEAST_PATIENCE_SECONDS + (long) (problem.flops() / SLOWEST_FLOPS);
        // Rounded up: who is cut off for the budget's sake is so when the budget is spent, not a moment before.
        long left = TimeUnit.NANOSECONDS.toSeconds(budget.remainingNanos() + TimeUnit.SECONDS.toNanos(1) - 1);
        return Duration.ofSeconds(Math.min(seconds, Math.max(LEAST_PATIENCE_IN_BUDGET_SECONDS, left)));
    }

    /** The yardstick first, so that all others can say how far they are from it. */
    private void checkAll(Heat heat, References.Pair references, List<Entrant> entrants, Duration patience)
            throws IOException, InterruptedException, InterruptedRunException {
        Path yardstickOutput = Files.createTempFile(folder, "yardstick", ".raw");
        Files.delete(yardstickOutput);
        List<Entrant> order = new ArrayList<>(entrants);
        order.sort(Comparator.comparing((Entrant entrant) -> !entrant.isYardstick()));
        try {
            for (Entrant entrant : order) {
                check(heat, references, entrant, yardstickOutput, patience);
                if (plan.checkOnly()) {
                    emit(entrant, heat.cache(), factory.untimed(heat, entrant));
                }
                step("checked " + entrant.algorithmName());
            }
            checkAgainWhatDied(heat, references, entrants, yardstickOutput, patience);
        } finally {
            Files.deleteIfExists(yardstickOutput);
        }
    }

    /** A worker that died over one row took with it what it had laid out for the others, which are not to blame. */
    private void checkAgainWhatDied(
            Heat heat, References.Pair references, List<Entrant> entrants, Path yardstickOutput, Duration patience)
            throws IOException, InterruptedException, InterruptedRunException {
        for (Entrant entrant : plan.checkOnly() ? List.<Entrant>of() : entrants) {
            if (entrant.deservesTiming() && !entrant.isOpen() && !budget.spent()) {
                entrant.decide(null, null);
                check(heat, references, entrant, yardstickOutput, patience);
            }
        }
    }

    private void check(Heat heat, References.Pair references, Entrant entrant, Path yardstickOutput, Duration patience)
            throws IOException, InterruptedException, InterruptedRunException {
        if (entrant.status() != null) {
            return;
        }
        if (!plan.checkOnly() && plan.caches().stream().noneMatch(entrant::canBe)) {
            entrant.decide(Status.UNSUPPORTED, NOT_COLD);
            return;
        }
        if (budget.spent()) {
            entrant.decide(Status.UNAVAILABLE,
                    "the time budget of %s was spent before this row; a larger --time-budget reaches it".formatted(budget.describe()));
            return;
        }
        RowRequests requests = requests(heat, patience);
        try {
            if (!requests.revive(entrant) || !requests.open(entrant)) {
                return;
            }
            boolean isYardstick = entrant.isYardstick();
            if (requests.check(
                    entrant, references,
                    isYardstick ? yardstickOutput.toString() : null,
                    !isYardstick && Files.exists(yardstickOutput) ? yardstickOutput.toString() : null,
                    plan.save()
                            .map(root -> new SavedArrays(plan, root).output(heat.problem(), heat.dtype(), heat.threads(), entrant).toAbsolutePath().toString())
                            .orElse(null))) {
                keepKernels(heat, entrant, patience);
            }
        } catch (WorkerDiedException e) {
            entrant.decide(Status.CRASHED, e.getMessage());
        }
    }

    private RowRequests requests(Heat heat, Duration patience) {
        return new RowRequests(heat, plan.data(), patience);
    }

    private void keepKernels(Heat heat, Entrant entrant, Duration patience)
            throws IOException, WorkerDiedException, InterruptedException, InterruptedRunException {
        if (plan.kernels().isEmpty()) {
            return;
        }
        switch (entrant.team().ask(new Request.Kernels(entrant.id()), patience)) {
            case Reply.Kernels answer -> plan.kernels().get().write(heat, entrant, answer.kernels());
            case Reply.Broke broke -> entrant.remark("its kernels could not be kept: " + broke.reason());
            case Reply other -> throw new IllegalStateException("kernels was answered by " + other);
        }
    }

    private void race(Heat heat, List<Team> teams, List<Entrant> entrants, Duration patience)
            throws IOException, InterruptedException, InterruptedRunException {
        List<Race.Racer> racers = new ArrayList<>();
        for (Entrant entrant : entrants) {
            if (!entrant.canBe(heat.cache())) {
                emit(entrant, heat.cache(), factory.untimed(heat, entrant.unsupported(NOT_COLD)));
            } else if (entrant.deservesTiming() && entrant.isOpen()) {
                racers.add(Race.Racer.of(entrant));
            } else {
                if (entrant.deservesTiming()) {
                    entrant.decide(entrant.status(), "not timed: its worker died over another row");
                }
                emit(entrant, heat.cache(), factory.untimed(heat, entrant));
            }
        }
        Set<String> hardware = new LinkedHashSet<>();
        racers.forEach(racer -> hardware.add(racer.entrant().device().hardware()));
        Map<String, Peaks.Peak> peaks = !extent.figures()
                ? Map.of()
                : new Peaks(plan.allBackends(), folder, interruption, () -> nextId++, copies).open(heat, teams, hardware, patience);
        List<Race.Racer> all = new ArrayList<>(racers);
        peaks.values().forEach(peak -> all.add(peak.racer()));
        progress.addSteps(peaks.size());
        stepsKnown += peaks.size();
        Race race = new Race(Pace.of(plan.quick(), heat.cache(), racers.size(), budget.shareNanos(racesLeft)), patience, plan.data().seed(), new Race.Watcher() {
            @Override
            public void finished(String name) {
                step("timed " + name);
            }

            @Override
            public void note(String what) {
                progress.note(what);
            }
        });
        try {
            race.run(all);
            for (Peaks.Peak peak : peaks.values()) {
                requests(heat, patience).release(peak.racer().team(), peak.racer().id());
            }
            for (Race.Racer racer : racers) {
                requests(heat, patience).afterTiming(racer.entrant(), extent.figures());
            }
        } catch (InterruptedRunException e) {
            for (Race.Racer racer : racers) {
                if (!race.timing(racer).isEmpty()) {
                    if (racer.entrant().deservesTiming()) {
                        racer.entrant().decide(racer.entrant().status(), "interrupted before it had all its samples");
                    }
                    emit(racer.entrant(), heat.cache(), timed(heat, racer, race, racers, peaks));
                }
            }
            throw e;
        }
        for (Race.Racer racer : racers) {
            emit(racer.entrant(), heat.cache(), timed(heat, racer, race, racers, peaks));
        }
        racesLeft -= racers.size();
    }

    private ResultRow timed(Heat heat, Race.Racer racer, Race race, List<Race.Racer> racers, Map<String, Peaks.Peak> peaks) {
        Peaks.Peak peak = peaks.get(racer.entrant().device().hardware());
        Optional<Race.Racer> yardstick = timedRacer(racers, race, Entrant::isYardstick);
        Optional<Race.Racer> twin = timedRacer(racers, race, other -> other.isTwinOf(racer.entrant()));
        // These would be other kernels, and the ratio no longer what another runtime costs.
        if (twin.isPresent() && !racer.entrant().launchesKernelsOf(twin.get().entrant())) {
            racer.entrant().remark("not compared with %s, which ran these kernels in the variant '%s'; --untuned compares them".formatted(
                    twin.get().entrant().team().backend().name(), twin.get().entrant().choice().variant()));
            twin = Optional.empty();
        }
        return factory.timed(heat, racer.entrant(), race.timing(racer), new RowFactory.Rivals(
                yardstick.map(race::timing).orElse(null),
                twin.map(Race.Racer::entrant).orElse(null),
                twin.map(race::timing).orElse(null),
                peak == null ? null : race.timing(peak.racer()),
                peak == null ? 0 : peak.flops(),
                peak == null ? null : peak.copyGbytes()));
    }

    private static Optional<Race.Racer> timedRacer(List<Race.Racer> racers, Race race, Predicate<Entrant> which) {
        return racers.stream()
                .filter(other -> which.test(other.entrant()) && other.entrant().deservesTiming() && !race.timing(other).isEmpty())
                .findFirst();
    }

    private int order(Entrant entrant, CacheState cache) {
        return entrant.id() * CacheState.values().length + cache.ordinal();
    }

    /** Makes a row final, once. */
    private void emit(Entrant entrant, CacheState cache, ResultRow row) throws IOException {
        int order = order(entrant, cache);
        if (done.stream().noneMatch(other -> other.order == order)) {
            done.add(new Done(order, row));
            sink.write(row);
        }
    }
}
