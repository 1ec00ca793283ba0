package io.github.convgauge.cli.run;

import io.github.convgauge.check.Status;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.ProblemSet;
import io.github.convgauge.measure.Environment;
import io.github.convgauge.report.ResultRow;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convgauge sweep}: a long {@code run} over many problems, which may be killed and gone on with, and spread over machines. */
@Command(
        name = "sweep",
        description = {
            "Run many problems: each row goes to the results file as soon as it is final, and --resume goes on after whatever ended the sweep.",
            "All other options are those of 'run'."},
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class SweepCommand implements Callable<Integer> {
    @Parameters(paramLabel = "SET", arity = "0..*", split = ",",
            description = "notebook, resnet50, vgg16, mobilenetv2-dw, deepbench, tiny or smoke; --problems FILE and --problem add others.")
    private List<String> sets = List.of();

    @Option(names = "--resume", description = "Go on with the sweep of --json FILE; begin it if it is not there.")
    private boolean resume;

    @Option(names = "--retry-failed", description = "With --resume: measure again what failed, crashed, fell back or was not there.")
    private boolean retryFailed;

    @Option(names = "--shard", paramLabel = "I/N", description = "Only the I-th of N parts, which are the same wherever the sweep is split so.")
    private String shardText;

    @Option(names = "--jobs", paramLabel = "N", defaultValue = "1",
            description = "Problems that are checked at the same time, with --check-only; what is timed is timed alone. Default: 1.")
    private String jobsText;

    @Mixin
    private RunOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintStream err = System.err;
        Shard shard = shardText == null ? Shard.WHOLE : Shard.parse(shardText);
        if (resume && !options.namesJson()) {
            throw new InputException("--resume needs --json FILE, the file of the sweep to go on with");
        }
        if (retryFailed && !resume) {
            throw new InputException("--retry-failed goes with --resume");
        }
        List<ConvProblem> problems = sets.stream()
                .flatMap(set -> OptionValues.asked(() -> ProblemSet.ofLabel(set.strip())).problems().stream())
                .toList();
        Environment environment = Environment.capture();
        String runId = RunCommand.runId();
        Plan plan = options.sweepPlan(environment, runId, err::println, problems);
        int jobs = jobs(plan, environment);
        options.requireJsonFolder();
        List<Plan> plans = new ArrayList<>(List.of(plan));
        while (plans.size() < jobs) {
            // One each, since what a plan looks up in the tuning cache is for one thread.
            plans.add(options.sweepPlan(environment, runId, warning -> { }, problems));
        }
        Interruption interruption = new Interruption();
        try (PrivateFolder folder = PrivateFolder.create();
                SweepFile file = SweepFile.open(
                        plan.json(), SweepDefinition.of(plan, shard, environment), resume, note -> err.println("convgauge: " + note))) {
            return sweep(plans, units(plan, shard), environment, runId, folder.path(), file, interruption);
        } finally {
            interruption.finished();
        }
    }

    /** Those of a shard. */
    private static List<SweepUnit> units(Plan plan, Shard shard) {
        return shard.of(plan.problems().stream()
                .flatMap(problem -> plan.threads().stream().map(threads -> new SweepUnit(problem, threads)))
                .toList());
    }

    private int jobs(Plan plan, Environment environment) {
        long jobs = OptionValues.number("--jobs", jobsText);
        if (jobs < 1 || jobs > environment.availableCores()) {
            throw new InputException("--jobs %d: from 1 to %d are possible, one for each core".formatted(jobs, environment.availableCores()));
        }
        if (jobs > 1 && !plan.checkOnly()) {
            throw new InputException("--jobs %d needs --check-only: what is timed at the same time on one machine is slowed down by the rest".formatted(jobs));
        }
        plan.problems().forEach(problem ->
                OptionValues.requireMemory(problem, plan.dtypes(), (int) jobs * plan.backends().size(), environment));
        return (int) jobs;
    }

    private int sweep(
            List<Plan> plans, List<SweepUnit> units, Environment environment, String runId, Path folder, SweepFile file,
            Interruption interruption)
            throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintStream err = System.err;
        Plan plan = plans.getFirst();
        if (retryFailed) {
            int removed = file.remove(
                    row -> row.status().alwaysFailsTheRun() || row.status() == Status.UNAVAILABLE, row -> unitOf(row, plan));
            err.println("convgauge: %d row%s that failed or %s not there will be measured again".formatted(
                    removed, removed == 1 ? "" : "s", removed == 1 ? "was" : "were"));
        }
        List<SweepUnit> left = units.stream().filter(unit -> !file.isFinished(unit)).toList();
        boolean alone = plans.size() == 1;
        boolean complete = false;
        IOException trouble = null;
        try (Progress progress = new Progress(err, true)) {
            List<Callable<Boolean>> runners = new ArrayList<>();
            for (int job = 0; job < plans.size(); job++) {
                Plan own = plans.get(job);
                SweepWork work = new SweepWork(own, part(left, job, plans.size()), file, interruption);
                runners.add(new Runner(
                        own, new RowFactory(own, environment, runId, alone), work, Extent.ALL, work, progress, folder, interruption)::run);
            }
            complete = runAll(runners);
        } catch (InputException e) {
            file.forget();
            throw e;
        } catch (IOException e) {
            trouble = e; // a full disk, say
        }
        SweepSummary summary = new SweepSummary(units, file, new RowFactory(plan, environment, runId));
        String why = trouble != null ? "its files cannot be written"
                : complete ? "the time budget of %s was spent".formatted(new Budget(plan.budget()).describe())
                : "interrupted";
        out.print(summary.text(why, resumeCommand(file.file())));
        environment.busy().ifPresent(out::println);
        out.flush();
        if (trouble != null) {
            err.println("convgauge: the sweep ends early, since its files cannot be written: " + FileTrouble.describe(trouble));
            return RunCommand.CANNOT_WRITE;
        }
        if (!complete) {
            return RunCommand.INTERRUPTED;
        }
        return summary.fails() ? RunCommand.SOME_ROW_FAILED : RunCommand.OK;
    }

    private static SweepUnit unitOf(ResultRow row, Plan plan) {
        ConvProblem problem = plan.problems().stream().filter(p -> p.toString().equals(row.problem())).findFirst().orElseThrow();
        return new SweepUnit(problem, row.threads() == null ? plan.threads().getFirst() : row.threads());
    }

    private static Set<SweepUnit> part(List<SweepUnit> units, int job, int jobs) {
        return IntStream.range(0, units.size()).filter(i -> i % jobs == job).mapToObj(units::get).collect(Collectors.toSet());
    }

    /** Whether all reached their end. */
    private static boolean runAll(List<Callable<Boolean>> runners) throws IOException, InterruptedException {
        boolean complete = true;
        try (ExecutorService pool = Executors.newFixedThreadPool(runners.size())) {
            for (Future<Boolean> result : pool.invokeAll(runners)) {
                complete &= result.get();
            }
            return complete;
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException trouble -> throw trouble;
                case RuntimeException bug -> throw bug;
                case Error broken -> throw broken;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    /** This command line again, with what goes on with its file. */
    private String resumeCommand(Path file) {
        List<String> words = new ArrayList<>(spec.root().commandLine().getParseResult().originalArgs());
        if (!options.namesJson()) {
            words.addAll(List.of("--json", file.toString()));
        }
        words.remove("--retry-failed");
        if (!resume) {
            words.add("--resume");
        }
        return "scripts/convgauge " + words.stream().map(RepeatCommand::quote).collect(Collectors.joining(" "));
    }
}
