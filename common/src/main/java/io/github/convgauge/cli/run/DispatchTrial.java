package io.github.convgauge.cli.run;

import io.github.convgauge.backend.Grouping;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.check.Status;
import io.github.convgauge.cli.run.Heats.Contest;
import io.github.convgauge.measure.Summary;
import io.github.convgauge.report.CrossoverLine;
import io.github.convgauge.report.ResultRow;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.worker.BackendFolder;
import io.github.convgauge.worker.Reply;
import io.github.convgauge.worker.Request;
import io.github.convgauge.worker.WorkerDiedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What handing convolutions to one device costs: many of them in one submission against a submission each,
 * in the same rounds. Every output is checked in the exact tier, before and after.
 */
final class DispatchTrial {
    private static final Duration PATIENCE = Duration.ofSeconds(300);

    private final CrossoverPlan plan;
    private final DType dtype;
    private final Contest contest;
    private final String algorithm;
    private final Path folder;
    private final Interruption interruption;
    private final Progress progress;
    private final long nanos;
    private final List<Submission> submissions = new ArrayList<>();
    private Race race;

    /** One count in one grouping. */
    private record Submission(int count, Grouping grouping, Entrant entrant, Race.Racer racer) {}

    /** @param nanos for all of it */
    DispatchTrial(
            CrossoverPlan plan, DType dtype, Contest contest, String algorithm, Path folder, Interruption interruption,
            Progress progress, long nanos) {
        this.plan = plan;
        this.dtype = dtype;
        this.contest = contest;
        this.algorithm = algorithm;
        this.folder = folder;
        this.interruption = interruption;
        this.progress = progress;
        this.nanos = nanos;
    }

    /** Runs to the end; {@link #lines} has what is known, also if it is interrupted. */
    void run() throws IOException, InterruptedException, InterruptedRunException {
        BackendFolder backend = plan.backends().stream()
                .filter(folder -> folder.name().equals(contest.backend())).findFirst().orElseThrow();
        Budget budget = new Budget(Optional.of(Duration.ofNanos(Math.max(1, nanos))));
        try (References references = new References(plan.problem(), plan.data(), folder, interruption);
                Team team = new Team(backend, folder, plan.threads(), interruption)) {
            team.launch();
            team.greet();
            progress.stage("%s %s, dispatch of %s on %s: %d rows".formatted(
                    plan.problem(), dtype.label(), contest.backend(), contest.device(), 2 * plan.counts().size()));
            lineUp(team);
            if (team.unavailable() != null) {
                submissions.forEach(submission -> submission.entrant.decide(Status.CRASHED, "its worker could not be started again: " + team.unavailable()));
                return;
            }
            References.Pair files = references.of(dtype);
            for (Submission submission : submissions) {
                if (budget.spent()) {
                    submission.entrant.decide(Status.UNAVAILABLE,
                            "the time budget was spent before this row; a larger --time-budget reaches it");
                } else if (files.exact() == null) {
                    submission.entrant.decide(Status.UNSUPPORTED, "its sums are too long for integers to be exact in " + dtype.label());
                } else {
                    open(submission, files);
                }
            }
            List<Race.Racer> racers = submissions.stream()
                    .filter(submission -> submission.entrant.deservesTiming() && submission.entrant.isOpen()).map(Submission::racer).toList();
            race = new Race(
                    Pace.of(false, CacheState.HOT, racers.size(), budget.shareNanos(Math.max(1, racers.size()))), PATIENCE,
                    plan.data().seed(), name -> progress.note("timed " + name));
            race.run(racers);
            for (Submission submission : submissions) {
                checkAgain(submission, files);
            }
        }
    }

    private void lineUp(Team team) {
        Reply.DeviceInfo device = team.unavailable() != null ? null : team.devices().stream()
                .filter(own -> own.hardware().equals(contest.hardware()) && plan.devices().name(own).equals(contest.device()))
                .findFirst().orElseThrow();
        Reply.AlgorithmInfo info = team.unavailable() != null ? null : team.welcome().algorithms().stream()
                .filter(own -> own.name().equals(algorithm)).findFirst().orElseThrow();
        int id = 1;
        for (int count : plan.counts()) {
            for (Grouping grouping : Grouping.values()) {
                Entrant entrant = new Entrant(id++, team, device, info, Regime.RESIDENT.label(), Output.REUSED.label());
                submissions.add(new Submission(count, grouping, entrant, Race.Racer.of(entrant)));
            }
        }
    }

    private void open(Submission submission, References.Pair files) throws InterruptedException, InterruptedRunException {
        Entrant entrant = submission.entrant;
        Request request = new Request.OpenMany(
                entrant.id(), plan.problem().toString(), dtype.label(), entrant.device().id(), algorithm, submission.count,
                submission.grouping.label(), files.exactSeed());
        try {
            entrant.team().revive();
            if (entrant.team().unavailable() != null) {
                entrant.decide(Status.CRASHED, "its worker could not be started again: " + entrant.team().unavailable());
                return;
            }
            switch (entrant.team().ask(request, PATIENCE)) {
                case Reply.Opened opened -> {
                    entrant.opened(opened.prepareNanos());
                    answer(entrant, entrant.team().ask(new Request.CheckMany(entrant.id(), files.exact().toString()), PATIENCE));
                }
                case Reply other -> answer(entrant, other);
            }
        } catch (WorkerDiedException e) {
            entrant.decide(Status.CRASHED, e.getMessage());
        }
    }

    private static void answer(Entrant entrant, Reply reply) {
        switch (reply) {
            case Reply.Checked checked -> entrant.checked(checked);
            case Reply.Unsupported refused -> entrant.decide(Status.UNSUPPORTED, refused.reason());
            case Reply.FellBack fellBack -> entrant.fellBack(fellBack.reason());
            case Reply.Broke broke -> entrant.decide(Status.FAILED, "it threw: " + broke.reason());
            case Reply other -> throw new IllegalStateException("many was answered by " + other);
        }
    }

    /** After the timing every output is still right; the first execution stays what it was. */
    private void checkAgain(Submission submission, References.Pair files) throws InterruptedException, InterruptedRunException {
        Entrant entrant = submission.entrant;
        if (!entrant.deservesTiming()) {
            return;
        }
        try {
            switch (entrant.team().ask(new Request.CheckMany(entrant.id(), files.exact().toString()), PATIENCE)) {
                case Reply.Checked checked when checked.status() == Status.FAILED ->
                    entrant.decide(Status.FAILED, "after the timing: " + checked.reason());
                case Reply.Checked checked -> { }
                case Reply.FellBack fellBack -> entrant.fellBack("after the timing: " + fellBack.reason());
                case Reply.Broke broke -> entrant.decide(Status.FAILED, "it threw after the timing: " + broke.reason());
                case Reply other -> throw new IllegalStateException("many was answered by " + other);
            }
        } catch (WorkerDiedException e) {
            entrant.decide(Status.CRASHED, e.getMessage());
        }
    }

    /** A line for each count of which both groupings came to an end. */
    List<CrossoverLine.Dispatch> lines(String runId, Map<String, Object> env) {
        List<CrossoverLine.Dispatch> lines = new ArrayList<>();
        for (int i = 0; i + 1 < submissions.size(); i += Grouping.values().length) {
            Submission together = submissions.get(i);
            Submission apart = submissions.get(i + 1);
            if (together.entrant.status() != null && apart.entrant.status() != null) {
                lines.add(line(runId, env, together.count, submitted(together), submitted(apart)));
            }
        }
        return lines;
    }

    private CrossoverLine.Dispatch line(
            String runId, Map<String, Object> env, int count, CrossoverLine.Submitted together, CrossoverLine.Submitted apart) {
        boolean both = together.medianNs() != null && apart.medianNs() != null;
        return new CrossoverLine.Dispatch(
                CrossoverLine.SCHEMA, "dispatch", runId, plan.problem().toString(), dtype.label(), contest.backend(), contest.device(),
                contest.hardware(), algorithm, count, together, apart,
                both ? apart.medianNs() - together.medianNs() : null,
                both
                        ? new double[] {apart.ci95Ns()[0] - together.ci95Ns()[1], apart.ci95Ns()[1] - together.ci95Ns()[0]}
                        : null,
                env);
    }

    private CrossoverLine.Submitted submitted(Submission submission) {
        Entrant entrant = submission.entrant;
        Timing timing = race == null ? new Timing() : race.timing(submission.racer);
        boolean timed = entrant.status() == Status.PASSED && !timing.isEmpty();
        Summary summary = timed ? timing.summary(plan.data().seed()) : null;
        String reason = entrant.reason();
        if (timed && !timing.settled()) {
            reason = (reason == null ? "" : reason + "; ") + ResultRow.NEVER_SETTLED;
        }
        if (!timed && reason == null) {
            reason = "it was not timed";
        }
        return new CrossoverLine.Submitted(
                entrant.status(), reason, timed ? summary.medianNs() / submission.count : null,
                timed ? new double[] {summary.ci95LowNs() / submission.count, summary.ci95HighNs() / submission.count} : null,
                entrant.firstNanos() == null ? null : entrant.prepareNanos(), entrant.firstNanos(), entrant.proof());
    }
}
