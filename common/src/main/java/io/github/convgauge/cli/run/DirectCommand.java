package io.github.convgauge.cli.run;

import io.github.convgauge.cli.run.Heats.Contest;
import io.github.convgauge.report.CrossoverLine;
import io.github.convgauge.tensor.DType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The {@code convgauge run} that measures what a claim is about: both sides at its batch, in one run, in their default variants. */
final class DirectCommand {
    private DirectCommand() {}

    static String of(CrossoverPlan plan, DType dtype, Contest contest, CrossoverLine.Point point) {
        Set<String> backends = new LinkedHashSet<>(List.of(point.cpu().backend(), point.device().backend()));
        Set<String> algorithms = new LinkedHashSet<>(List.of(point.cpu().algorithm(), point.device().algorithm()));
        return "scripts/convgauge run --problem %s --dtype %s --backend %s --algorithm %s --regime %s,%s --threads %d --seed %d --untuned".formatted(
                RepeatCommand.quote(plan.problem().withBatch(point.batch()).toString()), dtype.label(), String.join(",", backends),
                RepeatCommand.quote("^(" + String.join("|", algorithms.stream().map(RepeatCommand::literally).toList()) + ")$"),
                point.cpu().regime(), contest.regime(), plan.threads(), plan.data().seed());
    }
}
