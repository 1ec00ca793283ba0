package io.github.convgauge.cli.run;

import io.github.convgauge.check.Status;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.report.ResultRow;
import io.github.convgauge.tensor.DType;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * What one runner does of a sweep: units that are not over, and of these the rows that are not there. Rows that say only that the run ended
 * before them are not written, so that whoever goes on with the sweep measures them.
 */
final class SweepWork implements Agenda, Runner.Sink {
    private final Plan plan;
    private final Set<SweepUnit> units;
    private final SweepFile file;
    private final Budget budget;
    private final Interruption interruption;
    private boolean isWhole = true;

    /** @param units those of this runner */
    SweepWork(Plan plan, Set<SweepUnit> units, SweepFile file, Interruption interruption) {
        this.plan = plan;
        this.units = units;
        this.file = file;
        this.budget = new Budget(plan.budget());
        this.interruption = interruption;
    }

    @Override
    public boolean wants(ConvProblem problem, int threads) {
        SweepUnit unit = new SweepUnit(problem, threads);
        return units.contains(unit) && !file.isFinished(unit);
    }

    /**
     * Rows that are not there; and, where some of those that raced together are, whatever the others are compared with, since ratios need
     * both in the same rounds. Its row is there and stays as it is.
     */
    @Override
    public List<Entrant> lineUp(ConvProblem problem, DType dtype, int threads, List<Entrant> all) {
        SweepUnit unit = new SweepUnit(problem, threads);
        List<CacheState> caches = plan.checkOnly() ? plan.caches().subList(0, 1) : plan.caches();
        List<Entrant> missing = all.stream()
                .filter(entrant -> caches.stream().anyMatch(cache -> !file.has(SweepKey.of(unit, dtype, cache, entrant, plan.devices()))))
                .toList();
        return all.stream().filter(entrant -> missing.contains(entrant) || isRival(entrant, missing)).toList();
    }

    private static boolean isRival(Entrant entrant, List<Entrant> missing) {
        return entrant.device() != null && missing.stream().anyMatch(
                other -> other.device() != null && (entrant.isYardstick() || entrant.isTwinOf(other)));
    }

    @Override
    public void write(ResultRow row) throws IOException {
        if (interruption.requested() || wasNotReached(row)) {
            isWhole = false;
        } else {
            file.write(row);
        }
    }

    /** Near the end of the budget, rows get so little time that their worker is ended over them. */
    private boolean wasNotReached(ResultRow row) {
        boolean backendIsHere = !row.algorithm().equals(Entrant.ALL_ALGORITHMS);
        return backendIsHere && (row.status() == Status.UNAVAILABLE || (row.status() == Status.CRASHED && budget.spent()));
    }

    @Override
    public void finished(ConvProblem problem, int threads) throws IOException {
        if (isWhole) {
            file.finish(new SweepUnit(problem, threads));
        }
        isWhole = true;
    }

    @Override
    public boolean endsWithBudget() {
        return true;
    }
}
