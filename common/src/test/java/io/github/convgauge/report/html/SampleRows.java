package io.github.convgauge.report.html;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.convgauge.check.Status;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.report.ResultRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Made-up rows with the shape of a sweep's: many problems, backends, devices and threads, and some of everything that goes wrong. */
public final class SampleRows {
    static final String REVISION = "c221c80a6f0d7a4bb5c34ae9a33ddf3c0ad3c7f1";

    /** Escapes, so that halves of characters may be written too. */
    private static final ObjectMapper JSON = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final List<String> HOST_ALGORITHMS = List.of(
            "cpu direct", "cpu im2col+gemm", "cpu winograd-f4", "onednn convolution", "onnxruntime conv", "pytorch notebook", "pytorch channels-last");
    private static final List<String> DEVICE_ALGORITHMS = List.of("opencl direct-blocked", "opencl im2col+gemm", "tornadovm direct-blocked", "clblast im2col+gemm");
    private static final List<String> DEVICES = List.of("NVIDIA H100 80GB HBM3", "pthread-skylake-avx512-AMD EPYC");

    private SampleRows() {}

    /** @param count how many; the same seed gives the same rows */
    public static List<ObjectNode> sweep(int count, long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        List<ObjectNode> rows = new ArrayList<>();
        for (int layer = 0; rows.size() < count; layer++) {
            int size = 7 << layer % 5;
            String problem = ConvProblem.parse("mb%d ic%d ih%d oc%d kh%d ph%d n\"layer %d\"".formatted(
                    1 + layer / 25, 16 << layer % 4, size, 16 << (layer + 1) % 5, layer % 3 == 0 ? 1 : 3, layer % 3 == 0 ? 0 : 1, layer)
                    .replace(" ", "_").replace("layer_", "layer ")).toString();
            for (String dtype : List.of("f32", "f64")) {
                for (int threads = 1; threads <= 16; threads *= 4) {
                    for (String words : HOST_ALGORITHMS) {
                        for (String regime : List.of("eager", "prepared")) {
                            add(rows, count, random, problem, dtype, words, "AMD EPYC 9V33X", "host", threads, regime);
                        }
                    }
                }
                for (String device : DEVICES) {
                    for (String words : DEVICE_ALGORITHMS) {
                        for (String regime : List.of("resident", "weights_resident", "end_to_end")) {
                            add(rows, count, random, problem, dtype, words, device, device + "#0", null, regime);
                        }
                    }
                }
            }
        }
        return rows;
    }

    private static void add(
            List<ObjectNode> rows, int count, RandomGenerator random, String problem, String dtype, String words, String device,
            String hardware, Integer threads, String regime) {
        if (rows.size() < count) {
            int draw = random.nextInt(100);
            Status status = draw < 90 ? Status.PASSED : draw < 92 ? Status.FAILED : draw < 93 ? Status.CRASHED : Status.UNSUPPORTED;
            rows.add(row(random, problem, dtype, words, device, hardware, threads, regime, status));
        }
    }

    private static ObjectNode row(
            RandomGenerator random, String text, String dtype, String words, String device, String hardware, Integer threads,
            String regime, Status status) {
        ConvProblem problem = ConvProblem.parse(text);
        String backend = words.split(" ")[0];
        String algorithm = words.split(" ")[1];
        boolean passed = status == Status.PASSED;
        double peak = (threads == null ? 20_000 : 60.0 * threads) / (dtype.equals("f64") ? 2 : 1);
        double nanos = problem.flops() / peak / (0.05 + 0.85 * random.nextDouble()) + 2000;
        double half = nanos * (0.002 + 0.05 * random.nextDouble());
        double ratio = Math.exp(random.nextGaussian() * 0.7);
        ObjectNode row = JSON.createObjectNode();
        row.put("schema", ResultRow.SCHEMA).put("run", "20261125T120000Z-77").put("problem", text).put("name", problem.name())
                .put("dtype", dtype).put("backend", backend).put("device", device).put("hardware", hardware).put("algorithm", algorithm)
                .put("threads", threads).put("regime", regime).put("output", "reused").put("cache", "hot").put("status", status.name())
                .put("reason", passed ? null : "made up: " + status)
                .put("repeat", "scripts/convgauge run --problem '" + text + "' --backend " + backend + " --regime " + regime);
        if (status == Status.PASSED || status == Status.FAILED) {
            row.putObject("agreement").put("tier", "repeat").put("max_err_over_bound", passed ? 0.3 * random.nextDouble() : 5.0)
                    .put("rel_l2", 1e-7).put("l2", 1e-5).put("max_ulp", 3.0);
        }
        ObjectNode stages = row.putObject("stages").put("prepare", 1_000_000L);
        if (passed) {
            row.putObject("time").put("median_ns", nanos).put("iqr_ns", half).put("min_ns", nanos - half)
                    .put("samples", 50).put("outliers", 1).put("settled", random.nextInt(50) > 0).put("first_ns", (long) nanos * 10)
                    .putArray("ci95_ns").add(nanos - half).add(nanos + half);
            row.put("gflops", problem.flops() / nanos).put("percent_of_peak", 100 * problem.flops() / nanos / peak).put("peak_gflops", peak)
                    .put("best_percent_of_peak", 100 * problem.flops() / (nanos - half) / (1.02 * peak)).put("peak_best_gflops", 1.02 * peak)
                    .put("copy_gbytes", threads == null ? 1500.0 : 12.0 * Math.sqrt(threads))
                    .put("vs_pytorch", ratio).putArray("vs_pytorch_iqr").add(ratio * 0.95).add(ratio * 1.05);
            if (threads == null) {
                stages.put("copy_in", (long) (nanos * 0.2)).put(algorithm.startsWith("direct") ? "direct" : "gemm", (long) (nanos * 0.6))
                        .put("copy_out", (long) (nanos * 0.1)).put("dispatch", 12_000L).put("kernel", (long) (nanos * 0.6));
            }
        }
        row.set("env", JSON.valueToTree(env(Map.of())));
        return row;
    }

    /** @param others in place of what is usual */
    public static Map<String, Object> env(Map<String, Object> others) {
        Map<String, Object> env = new LinkedHashMap<>(Map.of(
                "git_revision", REVISION, "git_dirty", false, "jdk_vendor", "Eclipse Adoptium", "jdk_version", "25.0.3+9-LTS",
                "cpu", "AMD EPYC 9V33X", "logical_cores", 16, "memory_total_bytes", 64L << 30, "os", "Debian GNU/Linux 12", "seed", 42, "fill", "uniform"));
        env.put("jvm_flags", List.of("--enable-native-access=ALL-UNNAMED"));
        env.put("libraries", Map.of("LWJGL", "3.4.3+4"));
        env.put("busy", null);
        env.putAll(others);
        return env;
    }

    /** The same row with other values in some fields; {@code env} adds to what is there. */
    @SuppressWarnings("unchecked")
    public static ObjectNode with(ObjectNode row, Map<String, Object> fields) {
        ObjectNode other = row.deepCopy();
        fields.forEach((key, value) -> other.set(key, JSON.valueToTree(key.equals("env") ? env((Map<String, Object>) value) : value)));
        return other;
    }

    public static String lines(List<ObjectNode> rows) throws IOException {
        StringBuilder text = new StringBuilder();
        for (ObjectNode row : rows) {
            text.append(JSON.writeValueAsString(row)).append('\n');
        }
        return text.toString();
    }

    public static Path write(Path file, List<ObjectNode> rows) throws IOException {
        return Files.writeString(file, lines(rows));
    }
}
