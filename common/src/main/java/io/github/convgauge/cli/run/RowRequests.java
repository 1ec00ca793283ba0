package io.github.convgauge.cli.run;

import io.github.convgauge.check.Status;
import io.github.convgauge.cli.run.RowFactory.Heat;
import io.github.convgauge.cli.run.VariantChoice.Choice;
import io.github.convgauge.worker.DataSource;
import io.github.convgauge.worker.Reply;
import io.github.convgauge.worker.Request;
import io.github.convgauge.worker.WorkerDiedException;
import java.time.Duration;

/**
 * What is asked of a worker about the rows of one heat, one at a time, and what its answers make of their entrants.
 *
 * @param patience for one answer
 */
record RowRequests(Heat heat, DataSource data, Duration patience) {
    /** Makes sure that the entrant's worker lives; if it cannot be started again, the entrant knows why. */
    boolean revive(Entrant entrant) throws InterruptedException, InterruptedRunException {
        entrant.team().revive();
        if (entrant.team().unavailable() != null) {
            entrant.decide(Status.CRASHED, "its worker could not be started again: " + entrant.team().unavailable());
            return false;
        }
        return true;
    }

    /**
     * Whether the worker has laid the row out; if not, the entrant knows why. A variant that the tuning cache knows
     * and the backend refuses gives way to the default, and the row says so.
     */
    boolean open(Entrant entrant) throws WorkerDiedException, InterruptedException, InterruptedRunException {
        Request request = new Request.Open(
                entrant.id(), heat.problem().toString(), heat.dtype().label(), entrant.device().id(), entrant.algorithmName(),
                entrant.regime(), entrant.output(), heat.threads(entrant.device()), data, entrant.choice().variant());
        switch (entrant.team().ask(request, patience)) {
            case Reply.Opened opened -> {
                entrant.opened(opened.prepareNanos());
                return true;
            }
            case Reply.Unsupported refused when entrant.isTuned() -> {
                Choice before = entrant.choice();
                entrant.choose(Choice.DEFAULT);
                entrant.note("the default ran, since the tuned variant '%s' was refused: %s".formatted(
                        before.variant(), refused.reason()));
                return open(entrant);
            }
            case Reply.Unsupported refused -> entrant.decide(Status.UNSUPPORTED, refused.reason());
            case Reply.FellBack fellBack -> entrant.fellBack("while it was laid out: " + fellBack.reason());
            case Reply.Broke broke -> entrant.decide(Status.FAILED, "it threw while it was laid out: " + broke.reason());
            case Reply other -> throw new IllegalStateException("open was answered by " + other);
        }
        return false;
    }

    /**
     * The first execution and the tiers of a row that was laid out. Whether there were any; if not, the entrant knows why.
     *
     * @param keepOutput file to write the raw output to, or null
     * @param yardstickOutput file with the raw output to compare with, or null
     * @param save .npy file to write the output to, or null
     */
    boolean check(Entrant entrant, References.Pair references, String keepOutput, String yardstickOutput, String save)
            throws WorkerDiedException, InterruptedException, InterruptedRunException {
        Request request = new Request.Check(
                entrant.id(),
                references.own().toString(),
                references.exact() == null ? null : references.exact().toString(),
                references.exactSeed(),
                keepOutput,
                yardstickOutput,
                save);
        switch (entrant.team().ask(request, patience)) {
            case Reply.Checked checked -> {
                entrant.checked(checked);
                return true;
            }
            case Reply.Unsupported refused -> entrant.decide(Status.UNSUPPORTED, refused.reason());
            case Reply.FellBack fellBack -> entrant.fellBack(fellBack.reason());
            case Reply.Broke broke -> entrant.decide(Status.FAILED, "it threw: " + broke.reason());
            case Reply other -> throw new IllegalStateException("check was answered by " + other);
        }
        return false;
    }

    /**
     * After the timing: the answer is still the same, and the stages, which perturb, are taken apart.
     *
     * @param stages whether they are wanted
     */
    void afterTiming(Entrant entrant, boolean stages) throws InterruptedException, InterruptedRunException {
        if (!entrant.deservesTiming()) {
            return;
        }
        try {
            switch (entrant.team().ask(new Request.Verify(entrant.id()), patience)) {
                case Reply.Verified verified when verified.same() -> { }
                case Reply.Verified verified -> entrant.decide(
                        Status.FAILED, "repeat tier: after the timing the output had other bits than before");
                case Reply.FellBack fellBack -> entrant.fellBack("after the timing: " + fellBack.reason());
                case Reply.Broke broke -> entrant.decide(Status.FAILED, "it threw after the timing: " + broke.reason());
                case Reply other -> throw new IllegalStateException("verify was answered by " + other);
            }
            if (stages && entrant.deservesTiming()) {
                profile(entrant);
            }
        } catch (WorkerDiedException e) {
            entrant.decide(Status.CRASHED, e.getMessage());
        }
    }

    private void profile(Entrant entrant) throws WorkerDiedException, InterruptedException, InterruptedRunException {
        switch (entrant.team().ask(new Request.Profile(entrant.id()), patience)) {
            case Reply.Profiled profiled -> entrant.profiled(profiled.stages());
            case Reply.FellBack fellBack -> entrant.fellBack("while its stages were taken apart: " + fellBack.reason());
            case Reply.Broke broke -> entrant.remark("it threw while its stages were taken apart: " + broke.reason());
            case Reply other -> throw new IllegalStateException("profile was answered by " + other);
        }
    }

    /** Forgets the row of an entrant, if its worker has one. */
    void release(Entrant entrant) throws InterruptedException, InterruptedRunException {
        if (entrant.isOpen()) {
            release(entrant.team(), entrant.id());
        }
    }

    void release(Team team, int id) throws InterruptedException, InterruptedRunException {
        try {
            team.ask(new Request.Release(id), patience);
        } catch (WorkerDiedException e) {
            // Its rows are final; whatever comes next starts another.
        }
    }
}
