package io.github.convgauge.cli.run;

import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.check.Status;
import io.github.convgauge.worker.Reply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who takes part in a search: every row of the host, and of devices those that were asked for. Each backend
 * says what it has before anything is measured, so that bad input is found at once.
 */
final class Roster {
    private final CrossoverPlan plan;

    private Roster(CrossoverPlan plan) {
        this.plan = plan;
    }

    /** @throws InputException if what was asked for leaves a side without a row */
    static Roster of(CrossoverPlan plan, Path folder, Interruption interruption) throws InterruptedException, InterruptedRunException {
        List<Team> teams = new ArrayList<>();
        try {
            for (var backend : plan.backends()) {
                Team team = new Team(backend, folder, plan.threads(), interruption);
                teams.add(team);
                team.launch();
            }
            for (Team team : teams) {
                team.greet();
            }
            Roster roster = new Roster(plan);
            roster.require(teams.stream().filter(team -> team.unavailable() == null).toList(), teams.stream()
                    .filter(team -> team.unavailable() != null).map(team -> team.backend().name()).toList());
            return roster;
        } finally {
            teams.forEach(Team::close);
        }
    }

    private void require(List<Team> here, List<String> absent) {
        if (here.stream().noneMatch(team -> team.devices().stream().anyMatch(Reply.DeviceInfo::onHost)) && absent.isEmpty()) {
            throw new InputException("--backend %s leaves nothing that runs on the CPU, so there is nothing to compare devices with"
                    .formatted(String.join(",", plan.askedBackends())));
        }
        List<Reply.DeviceInfo> devices =
                here.stream().flatMap(team -> team.devices().stream()).filter(device -> !device.onHost()).toList();
        if (devices.isEmpty()) {
            if (absent.isEmpty()) {
                throw new InputException("%s nothing but the CPU, which overtakes nobody".formatted(
                        plan.askedBackends().isEmpty() ? "there is" : "--backend " + String.join(",", plan.askedBackends()) + " leaves"));
            }
            return; // the rows of those that are not here say why
        }
        if (plan.devices().isAsked()) {
            plan.devices().requireOneOf(devices, absent);
        }
        List<Reply.AlgorithmInfo> algorithms = here.stream()
                .filter(team -> team.devices().stream().anyMatch(device -> !device.onHost() && plan.devices().takes(device)))
                .flatMap(team -> team.welcome().algorithms().stream())
                .toList();
        List<Reply.AlgorithmInfo> asked =
                algorithms.stream().filter(algorithm -> plan.algorithm().matcher(algorithm.name()).find()).toList();
        if (asked.isEmpty()) {
            throw new InputException("no algorithm of a device matches '%s'; there are %s".formatted(
                    plan.algorithm().pattern(), algorithms.stream().map(Reply.AlgorithmInfo::name).distinct().collect(Collectors.joining(", "))));
        }
    }

    boolean takes(Reply.DeviceInfo device, Reply.AlgorithmInfo algorithm, String regime) {
        if (device.onHost()) {
            return regime.equals(Regime.EAGER.label())
                    || (regime.equals(Regime.PREPARED.label()) && plan.regimes().stream().anyMatch(r -> r != Regime.END_TO_END));
        }
        return plan.devices().takes(device) && plan.algorithm().matcher(algorithm.name()).find()
                && plan.regimes().stream().anyMatch(asked -> asked.label().equals(regime));
    }

    /**
     * Whether rows make the command fail: by their status, or because they were asked for and are not to be
     * had at any batch.
     *
     * @param statuses all that each row had
     */
    boolean fails(Map<RowKey, Set<Status>> statuses) {
        return statuses.entrySet().stream().anyMatch(entry -> {
            Set<Status> all = entry.getValue();
            boolean backendIsHere = !entry.getKey().algorithm().equals(Entrant.ALL_ALGORITHMS);
            return all.stream().anyMatch(Status::alwaysFailsTheRun)
                    || (all.contains(Status.UNAVAILABLE)
                            && (backendIsHere || plan.askedBackends().contains(entry.getKey().backend())))
                    || (all.equals(Set.of(Status.UNSUPPORTED)) && entry.getKey().hardware() != null
                            && !entry.getKey().hardware().equals(Device.HOST_ID)
                            && (plan.algorithmAsked() || plan.devices().isAsked()));
        });
    }
}
