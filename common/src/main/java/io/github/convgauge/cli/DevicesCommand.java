package io.github.convgauge.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.cli.run.BackendHome;
import io.github.convgauge.cli.run.DeviceFilter;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code convgauge devices}: what is here and, for what is not, why and what would change that. */
@Command(
        name = "devices",
        description = "List backends and devices; for what is not here, why and what would change that.",
        mixinStandardHelpOptions = true)
final class DevicesCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    /** Facts that people look for first; any others follow by name. */
    private static final List<String> FIRST = List.of(
            "platform", "type", "compute units", "memory", "largest allocation", "local memory", "max work-group", "f64", "driver");

    @Spec
    private CommandSpec spec;

    private record Line(String backend, String device, String facts, String algorithms, String libraries) {}

    /** @param mend what would change that; null where the backend cannot say, because its worker died or threw */
    private record Absent(BackendFolder backend, String reason, String mend) {
        @Override
        public String toString() {
            String line = "%s (%s): UNAVAILABLE: %s".formatted(backend.name(), backend.launch().title(), reason);
            return mend == null ? line : line + "\n    to change that: " + mend;
        }
    }

    @Option(names = "--device", paramLabel = "REGEX", description = "Only devices in whose name, id or platform REGEX is found.")
    private String device;

    @Option(names = "--json", description = "One JSON object a device, and one a backend that is not here, for programs, and nothing else.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Environment environment = Environment.capture();
        DeviceFilter filter = new DeviceFilter(device, environment.cpu());
        Map<BackendFolder, Reply.Welcome> here = new LinkedHashMap<>();
        List<Absent> absent = new ArrayList<>();
        try (PrivateFolder folder = PrivateFolder.create()) {
            for (BackendFolder backend : BackendFolder.findAll(BackendHome.backends())) {
                ask(backend, folder, here).ifPresent(absent::add);
            }
        }
        if (filter.isAsked() && !here.isEmpty()) {
            filter.requireOneOf(
                    here.values().stream().flatMap(welcome -> welcome.devices().stream()).toList(),
                    absent.stream().map(backend -> backend.backend().name()).toList());
        }
        if (json) {
            printJson(here, absent, filter);
            return 0;
        }
        List<Line> lines = new ArrayList<>();
        StringBuilder facts = new StringBuilder();
        here.forEach((backend, welcome) -> welcome.devices().stream().filter(filter::takes).forEach(taken -> {
            lines.add(line(backend, welcome, taken, environment, filter));
            if (!taken.onHost()) {
                facts.append(facts(backend, taken));
            }
        }));
        if (!lines.isEmpty()) {
            out.println(AsciiTable.builder().data(lines, List.of(
                    column("backend").with(Line::backend),
                    column("device").maxWidth(34).with(Line::device),
                    column("what it is").maxWidth(28).with(Line::facts),
                    column("algorithms").maxWidth(22).with(Line::algorithms),
                    column("libraries").maxWidth(18).with(Line::libraries))).asString());
        }
        out.print(facts);
        absent.forEach(out::println);
        return 0;
    }

    private void printJson(Map<BackendFolder, Reply.Welcome> here, List<Absent> absent, DeviceFilter filter) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        JsonMapper mapper = JsonMapper.builder().build();
        for (Map.Entry<BackendFolder, Reply.Welcome> entry : here.entrySet()) {
            for (Reply.DeviceInfo taken : entry.getValue().devices().stream().filter(filter::takes).toList()) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("backend", entry.getKey().name());
                line.put("id", taken.id());
                line.put("name", filter.name(taken));
                line.put("hardware", taken.hardware());
                line.put("facts", taken.facts());
                line.put("algorithms", entry.getValue().algorithms().stream().map(Reply.AlgorithmInfo::name).toList());
                out.println(mapper.writeValueAsString(line));
            }
        }
        for (Absent backend : absent) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("backend", backend.backend().name());
            line.put("unavailable", backend.reason());
            line.put("mend", backend.mend());
            out.println(mapper.writeValueAsString(line));
        }
    }

    /** Why a backend is not there; empty where it answers. */
    private static Optional<Absent> ask(BackendFolder backend, PrivateFolder folder, Map<BackendFolder, Reply.Welcome> here)
            throws IOException, InterruptedException {
        try (Worker worker = Worker.start(backend, folder.path(), 1)) {
            return switch (worker.ask(new Request.Hello(), PATIENCE)) {
                case Reply.Welcome welcome when welcome.devices().isEmpty() -> Optional.of(new Absent(backend, "it lists no device", null));
                case Reply.Welcome welcome -> {
                    here.put(backend, welcome);
                    yield Optional.empty();
                }
                case Reply.Unavailable gone -> Optional.of(new Absent(backend, gone.reason(), gone.mend()));
                case Reply.Broke broke -> Optional.of(new Absent(backend, "it does not start: " + broke.reason(), null));
                case Reply other -> Optional.of(new Absent(backend, other.toString(), null));
            };
        } catch (BackendUnavailableException e) {
            return Optional.of(new Absent(backend, e.getMessage(), e.mend()));
        } catch (WorkerDiedException e) {
            return Optional.of(new Absent(backend, e.getMessage(), null));
        }
    }

    private static Column column(String header) {
        return new Column().header(header).headerAlign(HorizontalAlign.LEFT).dataAlign(HorizontalAlign.LEFT);
    }

    private static Line line(
            BackendFolder backend, Reply.Welcome welcome, Reply.DeviceInfo device, Environment environment, DeviceFilter filter) {
        return new Line(
                backend.name(),
                filter.name(device),
                device.onHost() ? describe(environment) : summary(device.facts()),
                welcome.algorithms().stream().map(Reply.AlgorithmInfo::name).collect(Collectors.joining(", ")),
                join(welcome.versions()));
    }

    /** In one line; all that is known stands below the table. */
    private static String summary(Map<String, String> facts) {
        List<String> parts = new ArrayList<>();
        Optional.ofNullable(facts.get("type")).ifPresent(parts::add);
        Optional.ofNullable(facts.get("compute units")).ifPresent(units -> parts.add(units + " compute units"));
        Optional.ofNullable(facts.get("memory")).ifPresent(memory -> parts.add("memory " + memory));
        Optional.ofNullable(facts.get("f64")).ifPresent(f64 -> parts.add("f64 " + f64));
        return parts.isEmpty() ? "-" : String.join(", ", parts);
    }

    private static String facts(BackendFolder backend, Reply.DeviceInfo device) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("id", device.id());
        FIRST.stream().filter(device.facts()::containsKey).forEach(name -> facts.put(name, device.facts().get(name)));
        device.facts().forEach(facts::putIfAbsent);
        int width = facts.keySet().stream().mapToInt(String::length).max().orElseThrow();
        StringBuilder text = new StringBuilder("%s: %s\n".formatted(backend.name(), device.name()));
        facts.forEach((name, value) -> text.append("    ").append(name).append(" ".repeat(width - name.length() + 2)).append(value).append('\n'));
        return text.append('\n').toString();
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
