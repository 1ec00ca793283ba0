package io.github.convgauge.cli.run;

import io.github.convgauge.cli.run.RowFactory.Heat;
import io.github.convgauge.worker.BackendFolder;
import io.github.convgauge.worker.Reply;
import io.github.convgauge.worker.Request;
import io.github.convgauge.worker.WorkerDiedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;

/**
 * The peak loops that race beside the rows, one for each hardware. Any backend that reaches the hardware
 * may lend its loop, also one that has no row in the run.
 */
final class Peaks {
    /**
     * A peak loop and who runs it.
     *
     * @param copyGbytes see {@link io.github.convgauge.report.ResultRow}; null where it was not measured
     */
    record Peak(Race.Racer racer, double flops, Double copyGbytes) {}

    /** What a copy's rate depends on. */
    record Copier(String hardware, int threads) {}

    private final List<BackendFolder> backends;
    private final Path folder;
    private final Interruption interruption;
    private final IntSupplier nextId;
    private final Map<Copier, Double> copies;

    /**
     * @param backends all that are laid out
     * @param folder for the workers of those that only lend
     * @param nextId numbers that no row has
     * @param copies rates of copies that were measured before; what is measured is added, 0 where it cannot be
     */
    Peaks(List<BackendFolder> backends, Path folder, Interruption interruption, IntSupplier nextId, Map<Copier, Double> copies) {
        this.backends = backends;
        this.folder = folder;
        this.interruption = interruption;
        this.nextId = nextId;
        this.copies = copies;
    }

    /**
     * Opens what can be had, by hardware.
     *
     * @param teams those of the run; a team that only lends is added
     */
    Map<String, Peak> open(Heat heat, List<Team> teams, Set<String> hardware, Duration patience)
            throws InterruptedException, InterruptedRunException {
        Map<String, Peak> peaks = new LinkedHashMap<>();
        for (String device : hardware) {
            for (Team team : List.copyOf(teams)) {
                open(heat, device, team, patience, peaks);
            }
            for (BackendFolder backend : backends) {
                if (!peaks.containsKey(device) && teams.stream().noneMatch(team -> team.backend().equals(backend))) {
                    Team lender = new Team(backend, folder, heat.threads(), interruption);
                    teams.add(lender);
                    lender.launch();
                    lender.greet();
                    open(heat, device, lender, patience, peaks);
                }
            }
        }
        return peaks;
    }

    /** Backends number the same hardware each in its own way, and know no numbers but theirs. */
    private void open(Heat heat, String hardware, Team team, Duration patience, Map<String, Peak> peaks)
            throws InterruptedException, InterruptedRunException {
        if (peaks.containsKey(hardware) || team.unavailable() != null) {
            return;
        }
        try {
            team.revive();
            if (team.unavailable() != null) {
                return;
            }
            Optional<Reply.DeviceInfo> device =
                    team.devices().stream().filter(own -> own.hardware().equals(hardware)).findFirst();
            if (device.isEmpty()) {
                return;
            }
            int id = nextId.getAsInt();
            Request request = new Request.OpenPeak(id, heat.dtype().label(), device.get().id(), heat.threads(device.get()));
            if (team.ask(request, patience) instanceof Reply.PeakOpened opened && opened.flops() > 0) {
                peaks.put(hardware, new Peak(new Race.Racer(id, team, null), opened.flops(), copy(team, device.get(), heat.threads(device.get()), patience)));
            }
        } catch (WorkerDiedException e) {
            // Without a peak there is no share of it; the rows of this worker say what became of it.
        }
    }

    /** Once in a run, before the rows of a heat race: it drives everything out of the caches. */
    private Double copy(Team team, Reply.DeviceInfo device, int threads, Duration patience)
            throws WorkerDiedException, InterruptedException, InterruptedRunException {
        Copier copier = new Copier(device.hardware(), threads);
        if (!copies.containsKey(copier)) {
            copies.put(copier, team.ask(new Request.Copy(device.id(), threads), patience) instanceof Reply.Copied copied ? copied.gbytes() : 0.0);
        }
        double gbytes = copies.get(copier);
        return gbytes > 0 ? Double.valueOf(gbytes) : null;
    }
}
