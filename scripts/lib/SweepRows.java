import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads and writes the JSON lines of scripts/device-sweep. Run as a single source file with Jackson on
 * the class path.
 */
final class SweepRows {
    /** The hardware of the processor's own backends, which a sweep over devices leaves out. */
    private static final String HOST = "host";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** One of {@code convgauge devices --json}. */
    private record Device(String backend, String id, String name, String hardware) {}

    private SweepRows() {}

    /**
     * DEVICES is the output of {@code convgauge devices --json}; TEMPLATE are rows of a backend that is
     * not there, with all fields that a row has.
     *
     * @param args {@code runs DEVICES}: prints the runs of a sweep: backends with commas, a regular
     *     expression for --device and the names of the devices, with tabs;
     *     {@code absent DEVICES}: prints backends that are not there, whether they told what would mend
     *     that (told) or not (broke), and the reason, with tabs;
     *     {@code whole ROWS}: prints the lines of a file that are JSON, since a run that was killed may
     *     leave half of one;
     *     {@code crashed TEMPLATE DEVICES NUMBER REASON}: prints a row for each problem, dtype and device
     *     of a run, counted from 1, that did not come to an end;
     *     {@code unavailable TEMPLATE BACKEND REASON}: prints those of a backend that is not there
     */
    public static void main(String[] args) throws IOException {
        List<String> lines = Files.readAllLines(Path.of(args[1]));
        switch (args[0]) {
            case "runs" -> runs(lines).forEach(run -> System.out.printf("%s\t%s\t%s%n", backends(run), regex(run), names(run)));
            case "absent" -> lines.stream().map(SweepRows::read).filter(line -> line.hasNonNull("unavailable")).forEach(SweepRows::absent);
            case "whole" -> lines.stream().filter(SweepRows::isWhole).forEach(System.out::println);
            case "crashed" -> {
                List<Device> run = runs(Files.readAllLines(Path.of(args[2]))).get(Integer.parseInt(args[3]) - 1);
                for (Device device : run) {
                    templates(lines).forEach(row -> System.out.println(crashed(row, device, args[4])));
                }
            }
            case "unavailable" -> templates(lines).forEach(row -> System.out.println(unavailable(row, args[2], args[3])));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /** Devices on the same hardware go into one run, because only rows of the same run are compared. */
    private static List<List<Device>> runs(List<String> lines) {
        Map<String, List<Device>> byHardware = new LinkedHashMap<>();
        for (String line : lines) {
            JsonNode device = read(line);
            String hardware = device.path("hardware").asText();
            if (device.hasNonNull("id") && !hardware.equals(HOST)) {
                byHardware.computeIfAbsent(hardware, key -> new ArrayList<>()).add(new Device(
                        device.path("backend").asText(), device.path("id").asText(),
                        device.path("name").asText().replaceAll("\\s+", " "), hardware));
            }
        }
        List<Device> all = byHardware.values().stream().flatMap(List::stream).toList();
        List<List<Device>> runs = new ArrayList<>();
        for (List<Device> same : byHardware.values()) {
            if (all.stream().anyMatch(other -> !same.contains(other) && isTakenFor(other, same))) {
                same.forEach(device -> runs.add(List.of(device)));
            } else {
                runs.add(same);
            }
        }
        return runs;
    }

    /** Backends count devices each in its own way, so that --device may take one of them for another's. */
    private static boolean isTakenFor(Device other, List<Device> devices) {
        return devices.stream().anyMatch(device -> device.backend.equals(other.backend))
                && devices.stream().anyMatch(device -> device.id.equals(other.id));
    }

    private static String backends(List<Device> run) {
        return run.stream().map(Device::backend).distinct().collect(Collectors.joining(","));
    }

    private static String names(List<Device> run) {
        return run.stream().map(Device::name).distinct().collect(Collectors.joining(", "));
    }

    private static String regex(List<Device> run) {
        List<String> ids = run.stream().map(device -> Pattern.quote(device.id)).distinct().toList();
        return ids.size() == 1 ? "^" + ids.getFirst() + "$" : "^(" + String.join("|", ids) + ")$";
    }

    private static void absent(JsonNode line) {
        String mend = line.path("mend").asText("");
        String reason = line.path("unavailable").asText() + (mend.isEmpty() ? "" : "; " + mend);
        System.out.printf("%s\t%s\t%s%n", line.path("backend").asText(), mend.isEmpty() ? "broke" : "told", reason.replaceAll("\\s+", " "));
    }

    private static boolean isWhole(String line) {
        try {
            return JSON.readTree(line).isObject();
        } catch (IOException e) {
            return false;
        }
    }

    /** The first row of each problem and dtype: a device takes no threads, which others come once for each number of. */
    private static List<ObjectNode> templates(List<String> lines) {
        Set<String> seen = new HashSet<>();
        return lines.stream()
                .map(line -> (ObjectNode) read(line))
                .filter(row -> seen.add(row.path("problem").asText() + " " + row.path("dtype").asText()))
                .toList();
    }

    private static ObjectNode crashed(ObjectNode template, Device device, String reason) {
        String choice = device.backend + " --device '" + regex(List.of(device)).replace("'", "'\\''") + "'";
        ObjectNode row = of(template, device.backend, choice, "CRASHED", reason);
        row.put("device", device.name);
        row.put("hardware", device.hardware);
        row.putNull("threads");
        return row;
    }

    private static ObjectNode unavailable(ObjectNode template, String backend, String reason) {
        return of(template, backend, backend, "UNAVAILABLE", reason);
    }

    private static ObjectNode of(ObjectNode template, String backend, String choice, String status, String reason) {
        ObjectNode row = template.deepCopy();
        row.put("repeat", row.path("repeat").asText().replace(
                "--backend " + row.path("backend").asText(), "--backend " + choice));
        row.put("backend", backend);
        row.put("status", status);
        row.put("reason", reason);
        return row;
    }

    private static JsonNode read(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new IllegalArgumentException("not a JSON line: " + line, e);
        }
    }
}
