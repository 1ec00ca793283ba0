package io.github.convgauge.cli.run;

import io.github.convgauge.backend.Regime;
import io.github.convgauge.check.Status;
import io.github.convgauge.cli.run.RowFactory.Heat;
import io.github.convgauge.cli.run.VariantSearch.Outcome;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.worker.BackendFolder;
import io.github.convgauge.worker.Reply;
import io.github.convgauge.worker.Request;
import io.github.convgauge.worker.WorkerDiedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Carries a {@link TunePlan} out: asks each backend for its variants, and searches the rows that the cache does not
 * know, one after the other. Each gets its share of what is left of the time, and its winner is kept at once, so that an
 * interruption costs the row that is being searched and no other.
 */
final class TuneRunner {
    /** Slower than this no row is expected to be, interpreted code included. */
    private static final double SLOWEST_FLOPS = 50e6;
    private static final long LEAST_PATIENCE_SECONDS = 120;
    private static final long LEAST_PATIENCE_IN_BUDGET_SECONDS = 20;

    private final TunePlan plan;
    private final KernelCache cache;
    private final VariantChoice places;
    private final Progress progress;
    private final Path folder;
    private final Interruption interruption;
    private final Budget budget;
    private final List<Team> teams = new ArrayList<>();
    private final List<TunedRow> rows = new ArrayList<>();
    /** Algorithms that have nothing to choose. */
    private final Set<String> fixed = new LinkedHashSet<>();
    private final Map<Peaks.Copier, Double> copies = new HashMap<>();
    private int nextId = 1;

    /** A row with variants. */
    private record Task(Heat heat, Team team, Reply.DeviceInfo device, Reply.AlgorithmInfo algorithm, String regime, List<String> variants) {}

    TuneRunner(TunePlan plan, KernelCache cache, Progress progress, Path folder, Interruption interruption) {
        this.plan = plan;
        this.cache = cache;
        this.places = new VariantChoice(Optional.empty(), Optional.of(cache));
        this.progress = progress;
        this.folder = folder;
        this.interruption = interruption;
        this.budget = new Budget(Optional.of(plan.budget()));
    }

    /**
     * Whether all rows were reached, if only to say that the time was up; false after Ctrl-C.
     *
     * @throws IOException if the cache cannot be written
     */
    boolean run() throws IOException, InterruptedException {
        try {
            for (BackendFolder backend : plan.backends()) {
                Team team = new Team(backend, folder, 1, interruption);
                teams.add(team);
                team.launch();
            }
            for (Team team : teams) {
                team.greet();
            }
            requireARow();
            for (Team team : teams) {
                if (team.unavailable() != null) {
                    rows.add(new TunedRow(
                            null, null, team.backend().name(), null, Entrant.ALL_ALGORITHMS, Status.UNAVAILABLE, team.unavailable(),
                            null, false, List.of()));
                }
            }
            searchAll(tasks());
            return true;
        } catch (InterruptedRunException e) {
            return false;
        } finally {
            teams.forEach(Team::close);
        }
    }

    /** The rows so far, in the order in which they were searched; those of backends that are not there come first. */
    List<TunedRow> rows() {
        return List.copyOf(rows);
    }

    /** Whether the command fails: a row or a variant went wrong, what was asked for is not to be had, or the time was up. */
    boolean fails(TunedRow row) {
        return row.status().alwaysFailsTheRun()
                || row.rejected().stream().anyMatch(TunedRow.Rejected::isWrong)
                || (row.status() == Status.UNSUPPORTED && (plan.algorithmAsked() || plan.devices().isAsked()))
                || (row.status() == Status.UNAVAILABLE && (row.backendIsHere() || plan.askedBackends().contains(row.backend())));
    }

    private List<Team> here() {
        return teams.stream().filter(team -> team.unavailable() == null).toList();
    }

    private void requireARow() {
        if (here().isEmpty()) {
            return;
        }
        if (plan.devices().isAsked()) {
            plan.devices().requireOneOf(
                    here().stream().flatMap(team -> team.devices().stream()).toList(),
                    teams.stream().filter(team -> team.unavailable() != null).map(team -> team.backend().name()).toList());
        }
        List<String> names = here().stream().flatMap(team -> team.welcome().algorithms().stream()).map(Reply.AlgorithmInfo::name)
                .distinct().toList();
        if (names.stream().noneMatch(name -> plan.algorithm().matcher(name).find())) {
            throw new InputException("no algorithm matches '%s'; there are %s".formatted(
                    plan.algorithm().pattern(), String.join(", ", names)));
        }
    }

    private List<Task> tasks() throws InterruptedException, InterruptedRunException {
        List<Task> tasks = new ArrayList<>();
        for (ConvProblem problem : plan.problems()) {
            for (DType dtype : plan.dtypes()) {
                Heat heat = new Heat(problem, dtype, 1, CacheState.HOT);
                for (Team team : here()) {
                    for (Reply.DeviceInfo device : team.devices().stream().filter(plan.devices()::takes).toList()) {
                        for (Reply.AlgorithmInfo algorithm : team.welcome().algorithms()) {
                            boolean isMadeFor = plan.algorithmAsked() || algorithm.isMadeFor(device);
                            if (isMadeFor && plan.algorithm().matcher(algorithm.name()).find()) {
                                ask(heat, team, device, algorithm).ifPresent(tasks::add);
                            }
                        }
                    }
                }
            }
        }
        if (tasks.isEmpty() && rows.stream().noneMatch(TunedRow::backendIsHere)) {
            throw new InputException(fixed.isEmpty()
                    ? "there is nothing to tune: " + teams.stream().map(team -> team.backend().name() + ": " + team.unavailable())
                            .collect(Collectors.joining("; "))
                    : "there is nothing to tune: %s %s no variants".formatted(
                            String.join(", ", fixed), fixed.size() == 1 ? "has" : "have"));
        }
        return tasks;
    }

    /** The row, if there is something to choose. */
    private Optional<Task> ask(Heat heat, Team team, Reply.DeviceInfo device, Reply.AlgorithmInfo algorithm)
            throws InterruptedException, InterruptedRunException {
        // Nothing moves: what a search finds is about kernels, which are the same in all regimes.
        String regime = algorithm.regimes().contains(Regime.RESIDENT.label())
                ? Regime.RESIDENT.label()
                : algorithm.regimes().getLast();
        Request request = new Request.Variants(
                heat.problem().toString(), heat.dtype().label(), device.id(), algorithm.name(), regime,
                algorithm.outputs().getFirst(), heat.threads(device));
        try {
            team.revive();
            switch (team.ask(request, patience(heat.problem()))) {
                case Reply.Variants answer when answer.variants().size() > 1 -> {
                    return Optional.of(new Task(heat, team, device, algorithm, regime, answer.variants()));
                }
                case Reply.Variants answer -> fixed.add(team.backend().name() + " " + algorithm.name());
                case Reply.Unsupported refused -> add(heat, team, device, algorithm, Status.UNSUPPORTED, refused.reason());
                case Reply.Broke broke ->
                    add(heat, team, device, algorithm, Status.FAILED, "it threw while it was asked for its variants: " + broke.reason());
                case Reply other -> throw new IllegalStateException("variants was answered by " + other);
            }
        } catch (WorkerDiedException e) {
            add(heat, team, device, algorithm, Status.CRASHED, e.getMessage());
        }
        return Optional.empty();
    }

    private void add(Heat heat, Team team, Reply.DeviceInfo device, Reply.AlgorithmInfo algorithm, Status status, String reason) {
        rows.add(new TunedRow(
                heat.problem(), heat.dtype(), team.backend().name(), plan.devices().name(device), algorithm.name(), status, reason,
                null, false, List.of()));
    }

    private Duration patience(ConvProblem problem) {
        long seconds = LEAST_PATIENCE_SECONDS + (long) (problem.flops() / SLOWEST_FLOPS);
        long left = TimeUnit.NANOSECONDS.toSeconds(budget.remainingNanos());
        return Duration.ofSeconds(Math.min(seconds, Math.max(LEAST_PATIENCE_IN_BUDGET_SECONDS, left)));
    }

    private void searchAll(List<Task> tasks) throws IOException, InterruptedException, InterruptedRunException {
        List<Task> unknown = new ArrayList<>();
        for (Task task : tasks) {
            Optional<KernelCache.Winner> before = known(task);
            if (before.isPresent() && !plan.again()) {
                rows.add(row(task, Status.PASSED, null, before.get(), true, List.of()));
            } else {
                unknown.add(task);
                progress.addSteps(task.variants.size());
            }
        }
        for (ConvProblem problem : plan.problems()) {
            List<Task> own = unknown.stream().filter(task -> task.heat.problem() == problem).toList();
            try (References references = new References(problem, plan.data(), folder, interruption)) {
                for (Task task : own) {
                    search(task, references, unknown.size() - unknown.indexOf(task));
                }
            }
            System.gc(); // frees tensors, whose size the collector does not see
        }
    }

    /** Also where it is searched again: the file's troubles are told before it is written. */
    private Optional<KernelCache.Winner> known(Task task) throws IOException {
        return cache.get(place(task), task.heat.problem(), task.heat.dtype(), task.algorithm.name());
    }

    private KernelCache.Place place(Task task) throws IOException {
        return places.place(task.team, task.device, plan.devices().name(task.device));
    }

    private void search(Task task, References references, int tasksLeft) throws IOException, InterruptedException, InterruptedRunException {
        Heat heat = task.heat;
        if (interruption.requested()) {
            throw new InterruptedRunException();
        }
        if (budget.spent()) {
            progress.addSteps(-task.variants.size());
            rows.add(row(
                    task, Status.UNAVAILABLE,
                    "the time budget of %s was spent before this row; a larger --time-budget reaches it".formatted(budget.describe()),
                    null, false, List.of()));
            return;
        }
        progress.stage("%s %s, %s %s on %s: %d variants".formatted(
                heat.problem(), heat.dtype().label(), task.team.backend().name(), task.algorithm.name(),
                plan.devices().name(task.device), task.variants.size()));
        Duration patience = patience(heat.problem());
        // The first of a problem pays for the references of all.
        References.Pair pair = references.of(heat.dtype());
        VariantSearch search = new VariantSearch(
                new RowRequests(heat, plan.data(), patience), pair, task.team, task.device, task.algorithm, task.regime,
                task.variants, () -> nextId++, progress, budget.shareNanos(tasksLeft));
        Outcome outcome = search.run(() -> Optional.ofNullable(
                new Peaks(plan.allBackends(), folder, interruption, () -> nextId++, copies)
                        .open(heat, teams, Set.of(task.device.hardware()), patience)
                        .get(task.device.hardware())));
        rows.add(row(task, outcome.status(), outcome.reason(), outcome.winner(), false, outcome.rejected()));
        if (outcome.winner() != null) {
            cache.put(place(task), heat.problem(), heat.dtype(), task.algorithm.name(), outcome.winner());
        }
    }

    private TunedRow row(
            Task task, Status status, String reason, KernelCache.Winner winner, boolean fromCache, List<TunedRow.Rejected> rejected) {
        return new TunedRow(
                task.heat.problem(), task.heat.dtype(), task.team.backend().name(), plan.devices().name(task.device),
                task.algorithm.name(), status, reason, winner, fromCache, rejected);
    }
}
