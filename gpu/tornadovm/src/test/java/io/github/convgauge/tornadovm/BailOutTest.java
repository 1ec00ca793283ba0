package io.github.convgauge.tornadovm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.FellBackException;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.tensor.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A kernel that TornadoVM cannot compile: with its default settings it would go on in Java, and be right. */
@RequiresTornado
class BailOutTest {
    @Test
    void aBailOutIsNoTime() {
        try (TornadoConv conv = new BailingKernel().prepare(Backends.start(), Regime.END_TO_END, SmallGraph.target())) {
            FellBackException e = assertThrows(FellBackException.class, conv::execute);
            assertTrue(e.getMessage().contains("would have gone on in Java"), e.getMessage());
        }
    }

    /** With bail-outs allowed, nothing is thrown and the answer is right: only the profiler tells. */
    @Test
    void theProofFailsWhereTornadoVmRecovers() throws Exception {
        Backends.start();
        List<String> said = inOwnJvm("-Dtornado.recover.bailout=True");
        assertTrue(said.contains("executed, and right"), String.join("\n", said));
        assertTrue(said.stream().anyMatch(line -> line.startsWith("FELL_BACK: ") && line.contains("Java ran it")), String.join("\n", said));
    }

    @Test
    void neitherHappensToAKernelThatCompiles() throws Exception {
        TornadoBackend backend = Backends.start();
        try (Row row = Row.of(
                backend, backend.devices().getFirst().id(), "ic2ih5oc3kh3", DType.F32, "direct",
                Regime.RESIDENT)) {
            row.conv().execute();
            assertEquals("", row.complaint());
            assertTrue(row.conv().proof().isPresent());
        }
    }

    private static List<String> inOwnJvm(String flag) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + System.getenv("TORNADOVM_HOME") + "/tornado-argfile", flag, "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                BailingKernel.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Process process = builder.start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        assertEquals(0, process.waitFor(), String.join("\n", lines));
        return lines;
    }
}
