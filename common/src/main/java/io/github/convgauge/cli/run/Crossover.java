package io.github.convgauge.cli.run;

import io.github.convgauge.backend.Regime;
import io.github.convgauge.cli.run.Heats.Contest;
import io.github.convgauge.cli.run.Heats.Phase;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.measure.Crossing;
import io.github.convgauge.measure.Environment;
import io.github.convgauge.measure.Standing;
import io.github.convgauge.report.CrossoverLine;
import io.github.convgauge.report.JsonLines;
import io.github.convgauge.report.ResultRow;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.worker.BackendFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Searches the batch sizes from which on devices are faster than the CPU. Each batch is a run of its own
 * with fresh workers ({@link Runner}); what it may do is shared out over three phases, of which the last one
 * measures each claim alone.
 */
final class Crossover {
    /** Rows that were as near to the best of their side may be the best at a batch in between. */
    private static final double NEAR = 1.25;
    /** A claim that two rows alone do not bear out is replaced by the next one, and so on, so often. */
    private static final int MOST_CLAIMS = 4;
    /** Shares of the time budget, by whose end a phase starts no more heats; the rest is the dispatch trial's. */
    private static final double SCAN_ENDS = 0.45;
    private static final double REFINE_ENDS = 0.7;
    private static final double ALONE_ENDS = 0.9;
    /** What a heat takes grows with the batch, beside what is fixed: twice as much more as it was more at the batch before. */
    private static final int DOUBLING = 2;

    private final CrossoverPlan plan;
    private final Environment environment;
    private final String runId;
    private final JsonLines json;
    private final Progress progress;
    private final Path folder;
    private final Interruption interruption;
    private final long start = System.nanoTime();
    private final List<CrossoverLine.Overtaking> overtakings = new ArrayList<>();
    private final List<CrossoverLine.Dispatch> dispatches = new ArrayList<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private boolean fails;

    Crossover(
            CrossoverPlan plan, Environment environment, String runId, JsonLines json, Progress progress, Path folder,
            Interruption interruption) {
        this.plan = plan;
        this.environment = environment;
        this.runId = runId;
        this.json = json;
        this.progress = progress;
        this.folder = folder;
        this.interruption = interruption;
    }

    /** One dtype's search, with all that it knows so far. */
    private final class Search {
        private final DType dtype;
        private final Heats heats = new Heats();
        private final Field field = new Field();
        private final Roster roster;
        /** When its share of the budget begins and ends, in nanoseconds after the start. */
        private final long from;
        private final long to;
        private final Map<Contest, Set<Integer>> vain = new HashMap<>();
        private final Map<Contest, Set<Integer>> alone = new HashMap<>();
        private final Map<Contest, Set<String>> remarks = new LinkedHashMap<>();
        private final Set<String> remarksOfAll = new LinkedHashSet<>();
        private boolean emitted;

        Search(DType dtype, Roster roster, long from, long to) {
            this.dtype = dtype;
            this.roster = roster;
            this.from = from;
            this.to = to;
        }

        private long left(double share) {
            return from + (long) (share * (to - from)) - (System.nanoTime() - start);
        }

        void run() throws IOException, InterruptedException, InterruptedRunException {
            try {
                scan();
                refineAndMeasureAlone();
            } finally {
                emit();
            }
            dispatch();
        }

        private void scan() throws IOException, InterruptedException, InterruptedRunException {
            long last = 0;
            long expected = 0;
            for (int batch : batches()) {
                String lacks = memoryLacks(batch);
                if (lacks != null) {
                    remarksOfAll.add("no batch from %d on was tried: %s".formatted(batch, lacks));
                    fails = true;
                    return;
                }
                if (left(SCAN_ENDS) <= expected) {
                    remarksOfAll.add(("the time budget of %s did not reach batch %d; a larger --time-budget does")
                            .formatted(time(plan.budget()), batch));
                    fails = true;
                    return;
                }
                long before = System.nanoTime();
                Extent.RowTest rows = (backend, device, algorithm, regime, output) -> {
                    RowKey key = RowKey.of(backend, device, algorithm, regime, output, plan.devices());
                    return field.going().isEmpty()
                            ? roster.takes(device, algorithm, regime) && plan.takesOutput(output, algorithm.outputs())
                            : field.going().get().contains(key);
                };
                field.see(batch, heat(batch, Phase.SCAN, rows, scanBackends(), left(SCAN_ENDS)));
                long took = System.nanoTime() - before;
                expected = took + (last == 0 ? 0 : Math.max(0, DOUBLING * (took - last)));
                last = took;
                if (heats.contests().isEmpty() || field.going().orElseThrow().isEmpty()) {
                    return;
                }
            }
        }

        private List<Integer> batches() {
            List<Integer> batches = new ArrayList<>();
            for (long batch = 1; batch < plan.maxBatch(); batch *= 2) {
                batches.add((int) batch);
            }
            batches.add(plan.maxBatch());
            return batches;
        }

        private String memoryLacks(int batch) {
            try {
                ConvProblem problem = plan.problem().withBatch(batch);
                OptionValues.requireMemory(problem, List.of(dtype), scanBackends().size(), environment);
                return null;
            } catch (IllegalArgumentException | InputException e) {
                return e.getMessage();
            }
        }

        /** The first heat has those that are not here, too, so that they say why. */
        private List<BackendFolder> scanBackends() {
            return field.going().map(this::backendsOf).orElse(plan.backends());
        }

        private List<BackendFolder> backendsOf(Iterable<RowKey> keys) {
            Set<String> names = new HashSet<>();
            keys.forEach(key -> names.add(key.backend()));
            return plan.backends().stream().filter(backend -> names.contains(backend.name())).toList();
        }

        private List<ResultRow> heat(int batch, Phase phase, Set<RowKey> keys, long time)
                throws IOException, InterruptedException, InterruptedRunException {
            return heat(
                    batch, phase,
                    (backend, device, algorithm, regime, output) ->
                            keys.contains(RowKey.of(backend, device, algorithm, regime, output, plan.devices())),
                    backendsOf(keys), time);
        }

        private List<ResultRow> heat(int batch, Phase phase, Extent.RowTest rows, List<BackendFolder> backends, long time)
                throws IOException, InterruptedException, InterruptedRunException {
            Plan one = plan.heat(
                    plan.problem().withBatch(batch), dtype, backends, phase == Phase.SCAN, Duration.ofNanos(Math.max(1, time)),
                    environment.cpu());
            Runner runner = new Runner(
                    one, new RowFactory(one, environment, runId),
                    row -> json.write(CrossoverLine.Row.of(batch, phase.label(), row)), new Extent(rows, false), progress, folder,
                    interruption);
            boolean whole = runner.run();
            List<ResultRow> measured = runner.rows();
            // Rows that were reached before Ctrl-C lack their last check, and some their samples.
            if (!whole) {
                throw new InterruptedRunException();
            }
            heats.add(batch, phase, measured);
            return measured;
        }

        /** Bisects, measures what is claimed alone, and goes on where that does not bear it out. */
        private void refineAndMeasureAlone() throws IOException, InterruptedException, InterruptedRunException {
            refine();
            for (int claim = 0; claim < MOST_CLAIMS; claim++) {
                boolean changed = false;
                for (Contest contest : heats.contests()) {
                    changed |= measureAlone(contest, true);
                }
                if (!changed) {
                    break;
                }
                refine();
            }
            for (Contest contest : heats.contests()) {
                measureAlone(contest, false);
            }
        }

        private void refine() throws IOException, InterruptedException, InterruptedRunException {
            while (true) {
                Map<Integer, Set<Contest>> wanted = new TreeMap<>();
                for (Contest contest : heats.contests()) {
                    Map<Integer, Standing> standings = heats.standings(contest);
                    if (!standings.isEmpty()) {
                        Crossing.of(standings).next(standings, vain.computeIfAbsent(contest, c -> new HashSet<>()))
                                .ifPresent(batch -> wanted.computeIfAbsent(batch, b -> new LinkedHashSet<>()).add(contest));
                    }
                }
                if (wanted.isEmpty()) {
                    return;
                }
                for (Map.Entry<Integer, Set<Contest>> entry : wanted.entrySet()) {
                    if (left(REFINE_ENDS) <= 0) {
                        for (Contest contest : wanted.values().stream().flatMap(Set::stream).toList()) {
                            remark(contest, "the time budget of %s ended before the crossover was narrowed down".formatted(time(plan.budget())));
                        }
                        fails = true;
                        return;
                    }
                    refine(entry.getKey(), entry.getValue());
                }
            }
        }

        private void refine(int batch, Set<Contest> contests) throws IOException, InterruptedException, InterruptedRunException {
            Set<RowKey> keys = new LinkedHashSet<>();
            contests.forEach(contest -> keys.addAll(heats.contendersNear(contest, batch, NEAR)));
            heat(batch, Phase.REFINE, keys, left(REFINE_ENDS));
            for (Contest contest : contests) {
                if (!heats.points(contest).containsKey(batch)) {
                    vain.get(contest).add(batch);
                }
            }
        }

        /**
         * @param named the batch that is claimed, or else the largest
         * @return whether there was something to measure
         */
        private boolean measureAlone(Contest contest, boolean named) throws IOException, InterruptedException, InterruptedRunException {
            Map<Integer, Standing> standings = heats.standings(contest);
            if (standings.isEmpty()) {
                return false;
            }
            Crossing crossing = Crossing.of(standings);
            int batch = named ? crossing.named() : crossing.largest();
            Set<Integer> done = alone.computeIfAbsent(contest, c -> new HashSet<>());
            if (done.contains(batch)) {
                return false;
            }
            if (left(ALONE_ENDS) <= 0) {
                remark(contest, "the time budget of %s ended before batch %d was measured alone".formatted(time(plan.budget()), batch));
                fails = true;
                return false;
            }
            done.add(batch);
            heat(batch, Phase.ALONE, heats.contenders(contest, batch), left(ALONE_ENDS));
            return true;
        }

        private void remark(Contest contest, String what) {
            remarks.computeIfAbsent(contest, c -> new LinkedHashSet<>()).add(what);
        }

        /** All that is known, once. */
        private void emit() throws IOException {
            if (emitted) {
                return;
            }
            emitted = true;
            for (Contest contest : heats.contests()) {
                CrossoverLine.Overtaking line = line(contest);
                overtakings.add(line);
                fails |= line.named() == null;
                json.write(line);
            }
            if (heats.contests().isEmpty()) {
                notes.add("%s: no row of a device was measured".formatted(dtype.label()));
                notes.addAll(heats.troubles());
                fails = true;
            }
            fails |= roster.fails(heats.statuses());
            notes.addAll(remarksOfAll);
            if (!field.left().isEmpty()) {
                notes.add("%s: not tried at larger batches, since they were more than 3x behind the best of their side and came no nearer: %s"
                        .formatted(dtype.label(), String.join(", ", field.left())));
            }
        }

        private CrossoverLine.Overtaking line(Contest contest) {
            List<CrossoverLine.Point> points = List.copyOf(heats.points(contest).values());
            Map<Integer, Standing> standings = heats.standings(contest);
            Crossing crossing = standings.isEmpty() ? null : Crossing.of(standings);
            List<String> said = new ArrayList<>(remarks.getOrDefault(contest, Set.of()));
            if (crossing != null && !crossing.alsoFaster().isEmpty()) {
                said.add("it was faster at batch %s, too, but not at every one above".formatted(
                        crossing.alsoFaster().stream().map(Object::toString).collect(Collectors.joining(", "))));
            }
            CrossoverLine.Point named = crossing == null ? null : heats.points(contest).get(crossing.named());
            if (named != null && !named.phase().equals(CrossoverLine.Point.ALONE)) {
                said.add("batch %d was not measured alone, so its first executions say nothing of what is paid back".formatted(named.batch()));
            }
            return new CrossoverLine.Overtaking(
                    CrossoverLine.SCHEMA, "crossover", runId, plan.problem().toString(), dtype.label(), contest.backend(),
                    contest.device(), contest.hardware(), contest.regime(), plan.threads(),
                    crossing == null ? "unknown" : crossing.kind().name().toLowerCase(Locale.ROOT),
                    crossing == null ? "unknown: no batch has rows of both sides that passed" : crossing.describe(),
                    crossing == null ? null : crossing.fasterFrom(), crossing == null ? null : crossing.slowerAt(),
                    crossing == null ? List.of() : crossing.noise(), crossing == null ? null : crossing.largest(),
                    crossing == null ? List.of() : crossing.alsoFaster(), points, heats.troubles(contest), said,
                    named == null ? null : DirectCommand.of(plan, dtype, contest, named), env());
        }

        /** The device's best algorithm where nothing moves, at the batch nearest to the problem's own. */
        private void dispatch() throws IOException, InterruptedException, InterruptedRunException {
            Map<String, Contest> byDevice = new LinkedHashMap<>();
            for (Contest contest : heats.contests()) {
                String device = contest.backend() + " " + contest.hardware() + " " + contest.device();
                if (!heats.points(contest).isEmpty()
                        && (!byDevice.containsKey(device) || contest.regime().equals(Regime.RESIDENT.label()))) {
                    byDevice.put(device, contest);
                }
            }
            for (Contest contest : byDevice.values()) {
                if (left(1) <= 0) {
                    notes.add("the time budget of %s ended before the dispatch cost of %s on %s was measured".formatted(
                            time(plan.budget()), contest.backend(), contest.device()));
                    fails = true;
                    continue;
                }
                var points = heats.points(contest);
                var nearest = points.floorEntry(plan.problem().mb()) == null ? points.firstEntry() : points.floorEntry(plan.problem().mb());
                DispatchTrial trial = new DispatchTrial(
                        plan, dtype, contest, nearest.getValue().device().algorithm(), folder, interruption, progress,
                        left(1) / Math.max(1, byDevice.size()));
                try {
                    trial.run();
                } finally {
                    for (CrossoverLine.Dispatch line : trial.lines(runId, env())) {
                        dispatches.add(line);
                        json.write(line);
                        fails |= line.together().status().alwaysFailsTheRun() || line.apart().status().alwaysFailsTheRun();
                    }
                }
            }
        }
    }

    private Map<String, Object> env() {
        Map<String, Object> env = new LinkedHashMap<>(environment.toMap());
        env.put("seed", plan.data().seed());
        env.put("fill", plan.data().fill());
        return env;
    }

    private static String time(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    /** Whether all was reached; false after Ctrl-C. */
    boolean run() throws IOException, InterruptedException {
        try {
            Roster roster = Roster.of(plan, folder, interruption);
            long each = plan.budget().toNanos() / plan.dtypes().size();
            for (int i = 0; i < plan.dtypes().size(); i++) {
                new Search(plan.dtypes().get(i), roster, i * each, (i + 1) * each).run();
            }
            return true;
        } catch (InterruptedRunException e) {
            return false;
        }
    }

    List<CrossoverLine.Overtaking> overtakings() {
        return overtakings;
    }

    List<CrossoverLine.Dispatch> dispatches() {
        return dispatches;
    }

    /** What to say of the whole. */
    List<String> notes() {
        return List.copyOf(notes);
    }

    /** Whether something went wrong, was asked for and is not to be had, or was not reached. */
    boolean fails() {
        return fails;
    }
}
