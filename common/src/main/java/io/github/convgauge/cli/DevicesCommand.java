package io.github.convgauge.cli;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.Device;
import io.github.convgauge.cli.run.BackendHome;
import io.github.convgauge.cli.run.PrivateFolder;
import io.github.convgauge.measure.Environment;
import io.github.convgauge.report.Units;
import io.github.convgauge.worker.BackendFolder;
import io.github.convgauge.worker.Reply;
import io.github.convgauge.worker.Request;
import io.github.convgauge.worker.Worker;
import io.github.convgauge.worker.WorkerDiedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code convgauge devices}: what is here and, for what is not, why and what would change that. */
@Command(
        name = "devices",
        description = "List backends and devices; for what is not here, why and what would change that.",
        mixinStandardHelpOptions = true)
final class DevicesCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @Spec
    private CommandSpec spec;

    private record Line(String backend, String device, String facts, String algorithms, String libraries) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Environment environment = Environment.capture();
        List<Line> lines = new ArrayList<>();
        List<String> absent = new ArrayList<>();
        try (PrivateFolder folder = PrivateFolder.create()) {
            for (BackendFolder backend : BackendFolder.findAll(BackendHome.backends())) {
                try (Worker worker = Worker.start(backend, folder.path(), 1)) {
                    switch (worker.ask(new Request.Hello(), PATIENCE)) {
                        case Reply.Welcome welcome -> lines.addAll(lines(backend, welcome, environment));
                        case Reply.Unavailable gone -> absent.add(absent(backend, gone.reason(), gone.mend()));
                        case Reply.Broke broke -> absent.add(absent(backend, "it does not start: " + broke.reason()));
                        case Reply other -> absent.add(absent(backend, other.toString()));
                    }
                } catch (BackendUnavailableException e) {
                    absent.add(absent(backend, e.getMessage(), e.mend()));
                } catch (WorkerDiedException e) {
                    absent.add(absent(backend, e.getMessage()));
                }
            }
        }
        out.println(AsciiTable.builder().data(lines, List.of(
                column("backend").with(Line::backend),
                column("device").with(Line::device),
                column("what it is").maxWidth(44).with(Line::facts),
                column("algorithms").maxWidth(40).with(Line::algorithms),
                column("libraries").maxWidth(36).with(Line::libraries))).asString());
        absent.forEach(out::println);
        return 0;
    }

    private static String absent(BackendFolder backend, String reason) {
        return "%s (%s): UNAVAILABLE: %s".formatted(backend.name(), backend.launch().title(), reason);
    }

    private static String absent(BackendFolder backend, String reason, String mend) {
        return absent(backend, reason) + "\n    to change that: " + mend;
    }

    private static Column column(String header) {
        return new Column().header(header).headerAlign(HorizontalAlign.LEFT).dataAlign(HorizontalAlign.LEFT);
    }

    private static List<Line> lines(BackendFolder backend, Reply.Welcome welcome, Environment environment) {
        List<Line> lines = new ArrayList<>();
        for (Reply.DeviceInfo device : welcome.devices()) {
            boolean host = device.id().equals(Device.HOST_ID);
            lines.add(new Line(
                    backend.name(),
                    host ? environment.cpu() : device.name(),
                    host ? describe(environment) : join(device.facts()),
                    welcome.algorithms().stream().map(Reply.AlgorithmInfo::name).collect(Collectors.joining(", ")),
                    join(welcome.versions())));
        }
        return lines;
    }

    private static String describe(Environment environment) {
        return "CPU, %d cores (%d logical), L2 %s, last-level cache %s, memory %s".formatted(
                environment.physicalCores(), environment.logicalCores(), Units.bytes(environment.l2Bytes()),
                Units.bytes(environment.lastLevelCacheBytes()), Units.bytes(environment.memoryTotalBytes()));
    }

    private static String join(Map<String, String> facts) {
        return facts.isEmpty()
                ? "-"
                : facts.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).collect(Collectors.joining(", "));
    }
}
