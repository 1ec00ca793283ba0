import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks the JSON lines of the default problem's quick run: the rows that must be there and no
 * others, all PASSED, with figures that can be. Run as a single source file with Jackson on the
 * class path; the last line that it prints says how many rows passed and failed.
 */
final class CheckRows {
    private static final String PROBLEM = "g1mb10_ic8ih32iw32_oc16_kh3kw3_sh1sw1_ph0pw0_dh0dw0";

    /** Backend, algorithm and regime on the processor; each is there once for each dtype. */
    private static final List<String> IMPLEMENTATIONS = List.of(
            "cpu naive eager",
            "cpu kxk eager",
            "cpu direct eager",
            "cpu direct prepared",
            "cpu im2col eager",
            "cpu im2col+gemm eager",
            "cpu im2col+gemm prepared",
            "pytorch notebook eager",
            "pytorch channels-last eager",
            "pytorch channels-last prepared");

    /** The same, of algorithms that know 3x3 kernels. */
    private static final List<String> TILED = List.of(
            "cpu winograd-f2 eager",
            "cpu winograd-f2 prepared",
            "cpu winograd-f4 eager",
            "cpu winograd-f4 prepared");

    /** Of libraries that compute in f32 only. */
    private static final List<String> SINGLE = List.of(
            "onednn convolution eager",
            "onednn convolution prepared",
            "onnxruntime conv eager",
            "onnxruntime conv prepared");

    /** Backends of devices. */
    private static final List<String> DEVICE_BACKENDS = List.of("opencl", "clblast", "tornadovm", "pytorch-cuda");
    /** What each of them has once for each device and dtype; quick runs time one regime. */
    private static final List<String> DEVICE_ALGORITHMS = List.of("im2col+gemm", "im2col+gemm-tiled", "direct", "direct-blocked");
    private static final Map<String, List<String>> OTHER_DEVICE_ALGORITHMS = Map.of(
            "clblast", List.of("convgemm", "im2col+gemm"), "pytorch-cuda", List.of("channels-last", "contiguous"));
    /** What a backend has besides: the twin's kernels through its own runtime, where its driver takes OpenCL C. */
    private static final Map<String, String> RELAYED = Map.of("tornadovm", "prebuilt-direct-blocked");
    /** What a backend has besides, on whatever is no processor. */
    private static final Map<String, List<String>> FOR_GPUS =
            Map.of("opencl", List.of("implicit-gemm"), "tornadovm", List.of("implicit-gemm"));
    /** What a backend has besides: f32 rows whose inputs are in TF32, from compute capability 8.0 on. */
    private static final Map<String, List<String>> TF32 = Map.of(
            "pytorch-cuda", List.of("channels-last-tf32", "contiguous-tf32"), "tornadovm", List.of("im2col+cublas-tf32"));
    /** And f32 rows by NVIDIA's libraries, where the driver is NVIDIA's own; those of one driver only are supported. */
    private static final Map<String, List<String>> LIBRARIES = Map.of("tornadovm", List.of("im2col+cublas", "cudnn"));
    private static final List<String> NVIDIA_DRIVERS = List.of("CUDA", "PTX");
    private static final double TF32_CAPABILITY = 8.0;
    private static final String DEVICE_REGIME = "resident";
    /** The algorithm of a backend that is not there. */
    private static final String ALL = "*";

    private static final List<String> DTYPES = List.of("f64", "f32");
    private static final String YARDSTICK = "pytorch notebook eager";
    /** In percent: where a machine is busy by turns, the peak loop may meet more of it than a row. */
    private static final double MOST_BY_MEDIANS = 200;

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** A backend and the one that its rows are compared with on the same hardware. */
    private static final Map<String, String> TWINS = Map.of("tornadovm", "opencl", "clblast", "opencl");

    private final String revision;
    private final List<JsonNode> devices;
    /** How many rows of each kind are still to come, with the status that they must have. */
    private final Map<String, Expected> expected = new LinkedHashMap<>();
    private final List<String> laneComplaints = new ArrayList<>();

    private record Expected(String status, int count) {}

    private CheckRows(String revision, List<JsonNode> listed, List<String> lanes) {
        this.revision = revision;
        this.devices = listed.stream().filter(line -> !line.has("unavailable")).toList();
        for (String dtype : DTYPES) {
            for (String implementation : IMPLEMENTATIONS) {
                expectRow(implementation + " " + dtype, "PASSED");
            }
            for (String implementation : TILED) {
                expectRow(implementation + " " + dtype, "PASSED");
            }
            for (String implementation : SINGLE) {
                expectRow(implementation + " " + dtype, dtype.equals("f32") ? "PASSED" : "UNSUPPORTED");
            }
            for (String backend : DEVICE_BACKENDS) {
                List<JsonNode> own = devices.stream().filter(device -> text(device, "/backend").equals(backend)).toList();
                for (JsonNode device : own) {
                    boolean able = !dtype.equals("f64") || text(device, "/facts/f64").equals("yes");
                    for (String algorithm : algorithmsOf(backend, device)) {
                        expectRow(
                                String.join(" ", backend, algorithm, DEVICE_REGIME, dtype, "on", text(device, "/name")),
                                able ? "PASSED" : "UNSUPPORTED");
                    }
                    if (RELAYED.containsKey(backend)) {
                        expectRow(
                                String.join(" ", backend, RELAYED.get(backend), DEVICE_REGIME, dtype, "on", text(device, "/name")),
                                able && text(device, "/facts/backend").startsWith("OPENCL ") ? "PASSED" : "UNSUPPORTED");
                    }
                    expectLibraries(backend, device, dtype);
                }
                if (own.isEmpty()) {
                    expectRow(backend + " " + ALL + " " + dtype, "UNAVAILABLE");
                }
            }
        }
        for (String lane : lanes) {
            if (devices.stream().noneMatch(device -> text(device, "/backend").equals(lane))) {
                String why = listed.stream()
                        .filter(line -> line.has("unavailable") && text(line, "/backend").equals(lane))
                        .map(line -> ": " + text(line, "/unavailable"))
                        .findFirst()
                        .orElse("");
                laneComplaints.add("no device of " + lane + " is listed, and it can or must run here" + why);
            }
        }
    }

    private void expectLibraries(String backend, JsonNode device, String dtype) {
        String driver = text(device, "/facts/backend").split(" ")[0];
        if (!backend.equals("pytorch-cuda") && !NVIDIA_DRIVERS.contains(driver)) {
            return; // they are no rows there
        }
        boolean able = dtype.equals("f32") && !driver.equals("PTX");
        String capability = text(device, "/facts/compute capability");
        boolean tensorCores = !capability.isEmpty() && Double.parseDouble(capability) >= TF32_CAPABILITY;
        for (String algorithm : LIBRARIES.getOrDefault(backend, List.of())) {
            expectRow(
                    String.join(" ", backend, algorithm, DEVICE_REGIME, dtype, "on", text(device, "/name")),
                    able ? "PASSED" : "UNSUPPORTED");
        }
        for (String algorithm : TF32.getOrDefault(backend, List.of())) {
            expectRow(
                    String.join(" ", backend, algorithm, DEVICE_REGIME, dtype, "on", text(device, "/name")),
                    able && tensorCores ? "PASSED" : "UNSUPPORTED");
        }
    }

    private static List<String> algorithmsOf(String backend, JsonNode device) {
        List<String> algorithms = new ArrayList<>(OTHER_DEVICE_ALGORITHMS.getOrDefault(backend, DEVICE_ALGORITHMS));
        if (!text(device, "/facts/type").equals("CPU")) {
            algorithms.addAll(FOR_GPUS.getOrDefault(backend, List.of()));
        }
        return algorithms;
    }

    private void expectRow(String key, String status) {
        expected.merge(key, new Expected(status, 1), (a, b) -> new Expected(status, a.count + b.count));
    }

    /**
     * @param args the file of JSON lines; the revision that the rows must name, "" for any; the JSON
     *     lines of {@code convgauge devices --json}; backends that must have a device, with commas
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 4) {
            System.err.println("usage: java -cp 'target/dist/lib/*' scripts/lib/CheckRows.java FILE REVISION DEVICES BACKENDS");
            System.exit(2);
        }
        List<JsonNode> devices = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(args[2]))) {
            devices.add(JSON.readTree(line));
        }
        List<String> lanes = Arrays.stream(args[3].split(",")).filter(lane -> !lane.isEmpty()).toList();
        CheckRows check = new CheckRows(args[1], devices, lanes);
        int passed = 0;
        int failed = 0;
        for (String complaint : check.laneComplaints) {
            failed++;
            System.out.printf("%s: %s%n", args[2], complaint);
        }
        int number = 0;
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            number++;
            List<String> complaints = check.complaints(line);
            if (complaints.isEmpty()) {
                passed++;
            } else {
                failed++;
                System.out.printf("%s, line %d: %s%n    %s%n", args[0], number, String.join("; ", complaints), line);
            }
        }
        for (Map.Entry<String, Expected> row : check.expected.entrySet()) {
            if (row.getValue().count > 0) {
                failed++;
                System.out.printf("%s: there is no row for %s%n", args[0], row.getKey());
            }
        }
        System.out.printf("%d passed, %d failed%n", passed, failed);
        System.exit(failed == 0 ? 0 : 1);
    }

    /** What is wrong with a line; nothing if it is as it should be. */
    private List<String> complaints(String line) {
        JsonNode row;
        try {
            row = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            return List.of("not one JSON value: " + e.getOriginalMessage());
        }
        if (!row.isObject()) {
            return List.of("not a JSON object");
        }
        List<String> wrong = new ArrayList<>();
        boolean absent = text(row, "/algorithm").equals(ALL);
        boolean onDevice = DEVICE_BACKENDS.contains(text(row, "/backend")) && !absent;
        String implementation = text(row, "/backend") + " " + text(row, "/algorithm") + (absent ? "" : " " + text(row, "/regime"));
        String key = implementation + " " + text(row, "/dtype") + (onDevice ? " on " + text(row, "/device") : "");
        Expected kind = expected.get(key);
        if (kind == null) {
            wrong.add("nobody expects a row for " + key);
        } else if (kind.count == 0) {
            wrong.add("a second row for " + key);
        } else {
            expected.put(key, new Expected(kind.status, kind.count - 1));
        }

        String status = kind == null ? "PASSED" : kind.status;
        expect(wrong, row, "/status", status);
        if (!text(row, "/problem").startsWith(PROBLEM)) {
            wrong.add("/problem is " + row.at("/problem") + ", not " + PROBLEM);
        }
        within(wrong, row, "/schema", 1, 1);
        if (text(row, "/repeat").isBlank()) {
            wrong.add("/repeat is " + row.at("/repeat"));
        }
        String built = text(row, "/env/git_revision");
        if (built.isBlank() || !revision.isEmpty() && !built.startsWith(revision)) {
            wrong.add("/env/git_revision is " + row.at("/env/git_revision") + (revision.isEmpty() ? "" : ", not " + revision));
        }
        if (!status.equals("PASSED")) {
            if (text(row, "/reason").isBlank()) {
                wrong.add("/reason is " + row.at("/reason"));
            }
            return wrong;
        }

        if (onDevice) {
            if (!row.at("/threads").isNull()) {
                wrong.add("/threads is " + shown(row.at("/threads")) + ", not null");
            }
            checkDevice(wrong, row);
        } else {
            within(wrong, row, "/threads", 1, 1);
        }
        expect(wrong, row, "/cache", "hot");
        expect(wrong, row, "/agreement/tier", "repeat");
        within(wrong, row, "/agreement/max_err_over_bound", 0, 1);

        positive(wrong, row, "/time/median_ns");
        positive(wrong, row, "/time/min_ns");
        positive(wrong, row, "/time/first_ns");
        positive(wrong, row, "/time/samples");
        positive(wrong, row, "/gflops");
        within(wrong, row, "/time/min_ns", 0, row.at("/time/median_ns").asDouble());
        positive(wrong, row, "/percent_of_peak");
        double most = mostOfPeak(text(row, "/backend"), text(row, "/algorithm"));
        within(wrong, row, "/percent_of_peak", 0, Math.max(MOST_BY_MEDIANS, most));
        positive(wrong, row, "/best_percent_of_peak");
        within(wrong, row, "/best_percent_of_peak", 0, most);
        positive(wrong, row, "/vs_pytorch");
        if (implementation.equals(YARDSTICK)) {
            within(wrong, row, "/vs_pytorch", 1, 1);
        }

        if (text(row, "/device").isBlank()) {
            wrong.add("/device is " + row.at("/device"));
        }
        return wrong;
    }

    /** By minima, in percent. Winograd does fewer operations than are counted, and tensor cores are not in the peak of f32. */
    private static double mostOfPeak(String backend, String algorithm) {
        boolean tensorCores = TF32.getOrDefault(backend, List.of()).contains(algorithm) || algorithm.equals("cudnn");
        return tensorCores ? 2000 : algorithm.startsWith("winograd") ? 400 : 110;
    }

    /** The device itself computed, and was compared with its twin. */
    private void checkDevice(List<String> wrong, JsonNode row) {
        if (text(row, "/proof").isBlank()) {
            wrong.add("/proof is " + shown(row.at("/proof")));
        }
        positive(wrong, row, "/kernel_ns");
        String backend = text(row, "/backend");
        if (devices.stream().noneMatch(device -> text(device, "/backend").equals(backend)
                && text(device, "/name").equals(text(row, "/device")) && isOnHardwareOf(row, device))) {
            wrong.add("/hardware is " + shown(row.at("/hardware")) + ", which is not listed for that device");
        }
        String twin = TWINS.get(backend);
        boolean hasRow = twin != null && devices.stream().anyMatch(device -> text(device, "/backend").equals(twin)
                && isOnHardwareOf(row, device) && algorithmsOf(twin, device).contains(text(row, "/algorithm")));
        if (hasRow) {
            expect(wrong, row, "/twin", twin);
            positive(wrong, row, "/vs_twin");
        }
    }

    private static boolean isOnHardwareOf(JsonNode row, JsonNode device) {
        return text(row, "/hardware").equals(text(device, "/hardware"));
    }

    /** A string of the row; "" where there is none. */
    private static String text(JsonNode row, String pointer) {
        JsonNode value = row.at(pointer);
        return value.isTextual() ? value.textValue() : "";
    }

    private static void expect(List<String> wrong, JsonNode row, String pointer, String expected) {
        if (!text(row, pointer).equals(expected)) {
            String reason = text(row, "/reason");
            wrong.add(pointer + " is " + row.at(pointer) + ", not " + expected
                    + (pointer.equals("/status") && !reason.isEmpty() ? " (" + reason + ")" : ""));
        }
    }

    private static void positive(List<String> wrong, JsonNode row, String pointer) {
        JsonNode value = row.at(pointer);
        if (!value.isNumber() || !(value.doubleValue() > 0)) {
            wrong.add(pointer + " is " + shown(value) + ", not positive");
        }
    }

    private static void within(List<String> wrong, JsonNode row, String pointer, double least, double most) {
        JsonNode value = row.at(pointer);
        if (!value.isNumber() || !(value.doubleValue() >= least && value.doubleValue() <= most)) {
            wrong.add(pointer + " is " + shown(value) + ", not "
                    + (least == most ? "" + most : "from " + least + " to " + most));
        }
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode() ? "missing" : value.toString();
    }
}
