import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads and writes the JSON lines of scripts/device-sweep. Run as a single source file with Jackson on
 * the class path.
 */
final class SweepRows {
    /** The hardware of the processor's own backends, which a sweep over devices leaves out. */
    private static final String HOST = "host";

    private static final ObjectMapper JSON = new ObjectMapper();

    private SweepRows() {}

    /**
     * @param args {@code list DEVICES}: prints backend, a regular expression for --device and the name of
     *     each device in the output of {@code convgauge devices --json}, with tabs;
     *     {@code whole ROWS}: prints the lines of a file that are JSON, since a run that was killed may
     *     leave half of one;
     *     {@code crashed ROWS BACKEND REGEX NAME REASON}: prints rows of a backend that was not there as
     *     rows of a device whose run did not come to an end
     */
    public static void main(String[] args) throws IOException {
        List<String> lines = Files.readAllLines(Path.of(args[1]));
        switch (args[0]) {
            case "list" -> lines.forEach(SweepRows::list);
            case "whole" -> lines.stream().filter(SweepRows::isWhole).forEach(System.out::println);
            case "crashed" -> lines.forEach(line -> System.out.println(crashed(line, args[2], args[3], args[4], args[5])));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void list(String line) {
        JsonNode device = read(line);
        String id = device.path("id").asText();
        if (!id.isEmpty() && !device.path("hardware").asText().equals(HOST)) {
            String regex = "^" + Pattern.quote(id) + "$";
            System.out.printf("%s\t%s\t%s%n", device.path("backend").asText(), regex, device.path("name").asText().replaceAll("\\s+", " "));
        }
    }

    private static boolean isWhole(String line) {
        try {
            return JSON.readTree(line).isObject();
        } catch (IOException e) {
            return false;
        }
    }

    private static String crashed(String line, String backend, String regex, String name, String reason) {
        ObjectNode row = (ObjectNode) read(line);
        String absent = row.path("backend").asText();
        row.put("repeat", row.path("repeat").asText().replace(
                "--backend " + absent, "--backend " + backend + " --device '" + regex.replace("'", "'\\''") + "'"));
        row.put("backend", backend);
        row.put("device", name);
        row.putNull("threads");
        row.put("status", "CRASHED");
        row.put("reason", reason);
        return row.toString();
    }

    private static JsonNode read(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new IllegalArgumentException("not a JSON line: " + line, e);
        }
    }
}
