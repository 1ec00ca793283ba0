package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.cli.FakeHome.Outcome;
import io.github.convgauge.pytorchcuda.FakeTorch;
import io.github.convgauge.pytorchcuda.PytorchCudaBackend;
import io.github.convgauge.pytorchcuda.RequiresPython;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The peer's rows in a run with others: as the command line gives them, by the schema of all result lines. */
@RequiresPython
class PytorchCudaRowsTest {
    @TempDir
    private Path folder;

    private FakeHome home;

    @BeforeEach
    void layOut() throws IOException {
        home = new FakeHome(folder).backend("alpha", "right").backend("board", "right", "devices=0:0=Fake_GeForce");
    }

    /** With the module's own launch file, and a PyTorch of these faults. */
    private void layOutPeer(String faults) throws IOException {
        ObjectNode launch = (ObjectNode) JsonMapper.builder().build().readTree(Path.of("src/main/launch/launch.json").toFile());
        assertEquals(new PytorchCudaBackend().name(), launch.get("backend").asText());
        launch.withObject("/environment")
                .put("PYTHONPATH", FakeTorch.folder().toString()).put("FAKE_TORCH", faults).put("PYTHONDONTWRITEBYTECODE", "1");
        Path backend = home.folder("pytorch-cuda");
        Files.createDirectories(backend.resolve("lib"));
        Files.writeString(backend.resolve("launch.json"), launch.toString());
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(
                Attributes.Name.CLASS_PATH,
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(entry -> Path.of(entry).toUri().toString())
                        .collect(Collectors.joining(" ")));
        try (OutputStream file = Files.newOutputStream(backend.resolve("lib/peer.jar"));
                JarOutputStream jar = new JarOutputStream(file, manifest)) {
            jar.putNextEntry(new JarEntry("META-INF/services/" + Backend.class.getName()));
            jar.write(PytorchCudaBackend.class.getName().getBytes(StandardCharsets.UTF_8));
            jar.closeEntry();
        }
    }

    private static List<String> summary(Outcome run) {
        return run.rows().stream()
                .map(row -> String.join(" ", text(row, "backend"), text(row, "algorithm"), text(row, "regime"), text(row, "status")))
                .toList();
    }

    private static String text(JsonNode row, String field) {
        return row.get(field).asText();
    }

    @Test
    void areTimedInTheSameRunAndFitTheSchema() throws IOException {
        layOutPeer("");
        Outcome run = home.run("--quick", "--dtype", "f32", "--regime", "eager,resident,end_to_end", "--problem", FakeHome.PROBLEM);
        assertEquals(0, run.status(), run.toString());
        assertEquals(
                List.of("alpha right eager PASSED", "board right end_to_end PASSED", "board right resident PASSED",
                        "pytorch-cuda channels-last end_to_end PASSED", "pytorch-cuda channels-last resident PASSED",
                        "pytorch-cuda channels-last-tf32 end_to_end PASSED", "pytorch-cuda channels-last-tf32 resident PASSED",
                        "pytorch-cuda contiguous end_to_end PASSED", "pytorch-cuda contiguous resident PASSED",
                        "pytorch-cuda contiguous-tf32 end_to_end PASSED", "pytorch-cuda contiguous-tf32 resident PASSED"),
                summary(run).stream().sorted().toList());
        for (JsonNode row : run.rows()) {
            assertEquals(List.of(), ResultSchema.complaints(row), row.toString());
            if (text(row, "backend").equals("pytorch-cuda")) {
                assertEquals("Fake GeForce#0", text(row, "hardware"));
                assertTrue(text(row, "proof").contains("sm80_xmma_fprop_implicit_gemm"), row.toString());
                assertTrue(row.at("/time/samples").asInt() >= 10, row.toString());
                assertTrue(row.at("/stages/kernel").asLong() > 0, row.toString());
                assertEquals("2.0.fake", row.at("/env/libraries/PyTorch").asText());
                assertEquals(
                        List.of(), StreamSupport.stream(row.at("/env/jvm_flags").spliterator(), false)
                                .map(JsonNode::asText).filter(flag -> flag.contains("python")).toList());
            }
        }
    }

    /** In the default run a machine without is told so in one row, and the run does not fail. */
    @Test
    void aMachineWithoutIsUnavailable() throws IOException {
        layOutPeer("no-device");
        Outcome run = home.run("--check-only", "--dtype", "f32", "--problem", FakeHome.PROBLEM);
        assertEquals(0, run.status(), run.toString());
        JsonNode row = run.row("pytorch-cuda", "*");
        assertEquals("UNAVAILABLE", text(row, "status"));
        assertTrue(text(row, "reason").startsWith("PyTorch 2.0.fake finds no NVIDIA device that it can use; see what nvidia-smi says"));
        assertEquals(List.of(), ResultSchema.complaints(row));
        assertEquals(1, home.run("--check-only", "--backend", "pytorch-cuda", "--problem", FakeHome.PROBLEM).status());
    }

    @Test
    void wrongAnswersFailTheRun() throws IOException {
        layOutPeer("always-tf32");
        Outcome run = home.run("--check-only", "--dtype", "f32", "--regime", "resident", "--backend", "pytorch-cuda",
                "--problem", FakeHome.PROBLEM);
        assertEquals(
                List.of("pytorch-cuda channels-last resident FAILED", "pytorch-cuda contiguous resident FAILED",
                        "pytorch-cuda channels-last-tf32 resident PASSED", "pytorch-cuda contiguous-tf32 resident PASSED"),
                summary(run));
        assertTrue(run.reasonOf("channels-last").startsWith("bound tier: "), run.toString());
        assertEquals(1, run.status());
        run.rows().forEach(row -> assertEquals(List.of(), ResultSchema.complaints(row), row.toString()));
    }

    /** A Python that dies costs the rows of its worker, and says how it went. */
    @Test
    void aPythonThatDiesIsSaid() throws IOException {
        layOutPeer("dies");
        Outcome run = home.run("--quick", "--dtype", "f32", "--regime", "resident", "--algorithm", "^contiguous$",
                "--backend", "pytorch-cuda", "--problem", FakeHome.PROBLEM);
        assertEquals("FAILED", run.statusOf("contiguous"));
        assertTrue(run.reasonOf("contiguous").contains("Python ended with exit code 3"), run.toString());
    }
}
