package io.github.convgauge.tornadovm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.check.Checker;
import io.github.convgauge.openclc.Program;
import io.github.convgauge.openclc.Target;
import io.github.convgauge.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** The hand-written kernels as a prebuilt task; that its answers are right is the contract's business, too. */
@RequiresTornado
class PrebuiltConvTest {
    /** Weights that fill no vector, so that they are packed, by two launches: 16 or 8 channels and the rest. */
    private static final String PACKED = "mb2ic3ih7iw6oc19kh3kw2ph1";
    /** Weights that are vectors as they lie. */
    private static final String IN_PLACE = "mb2ic8ih9iw9oc8kh3";

    private static final String ALGORITHM = "prebuilt-direct-blocked";

    private static TornadoBackend backend;

    @BeforeAll
    static void start() {
        backend = Backends.start();
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private static Row row(String problem, DType dtype, String algorithm, Regime regime) throws Exception {
        return Row.of(backend, Backends.openCl(backend).id(), problem, dtype, algorithm, regime);
    }

    /** Once, before any execution; their copy is no stage of one. */
    @ParameterizedTest
    @CsvSource({"RESIDENT, F32", "RESIDENT, F64", "WEIGHTS_RESIDENT, F32", "WEIGHTS_RESIDENT, F64"})
    void packsWeightsThatStay(Regime regime, DType dtype) throws Exception {
        check(PACKED, regime, dtype);
    }

    /** In each execution that would be, of which TornadoVM runs the first prebuilt task only. */
    @Test
    void refusesToPackWeightsThatMove() {
        assertEquals(
                "these weights must be packed, which end to end belongs to each execution, and TornadoVM runs one prebuilt task a graph",
                assertThrows(UnsupportedConvException.class, () -> row(PACKED, DType.F32, ALGORITHM, Regime.END_TO_END)).getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "RESIDENT, F32", "RESIDENT, F64", "WEIGHTS_RESIDENT, F32", "WEIGHTS_RESIDENT, F64", "END_TO_END, F32", "END_TO_END, F64"})
    void movesWhatItsRegimeSays(Regime regime, DType dtype) throws Exception {
        check(IN_PLACE, regime, dtype);
    }

    private static void check(String problem, Regime regime, DType dtype) throws Exception {
        try (Row row = row(problem, dtype, ALGORITHM, regime)) {
            PreparedConv conv = row.conv();
            conv.execute();
            assertEquals("", row.complaint());
            Map<String, Long> stages = conv.profile();
            // TornadoVM compiles nothing here, and does not count what the driver does.
            assertEquals(
                    regime == Regime.RESIDENT
                            ? List.of("direct", "dispatch", "kernel")
                            : List.of("copy_in", "direct", "copy_out", "dispatch", "kernel"),
                    List.copyOf(stages.keySet()));
            assertTrue(stages.get("direct") > 0, stages.toString());
            assertEquals(stages.get("direct"), stages.get(PreparedConv.KERNEL_STAGE), stages.toString());
            Checker.markUnwritten(row.y());
            conv.uploadOutput();
            if (regime == Regime.RESIDENT) {
                assertTrue(Double.isNaN(conv.output().toDoubles()[0]));
            }
            conv.execute();
            assertEquals("", row.complaint(), "after the marks");
        }
    }

    @Test
    void weightsThatAreVectorsAreUsedInPlace() throws Exception {
        try (Row row = row(IN_PLACE, DType.F32, ALGORITHM, Regime.END_TO_END)) {
            row.conv().execute();
            assertEquals("", row.complaint());
            assertEquals(List.of("direct"), row.conv().kernels().stream().map(KernelSource::name).toList());
            String proof = row.conv().proof().orElseThrow();
            assertTrue(proof.matches("OPENCL \\d+:\\d+, .+, 1 task, kernel time [0-9.]+ ms"), proof);
        }
    }

    /** The one text, by the options that it is made for, whatever TornadoVM compiles its own kernels with. */
    @Test
    void isTheHandWrittenTextWithItsOwnOptions() throws Exception {
        try (Row row = row(IN_PLACE, DType.F32, ALGORITHM, Regime.RESIDENT);
                Row generated = row(IN_PLACE, DType.F32, "direct-blocked", Regime.RESIDENT)) {
            row.conv().execute();
            generated.conv().execute();
            KernelSource kernel = row.conv().kernels().getFirst();
            assertEquals(Program.FLAGS, kernel.facts().get("compiler flags"));
            assertEquals(
                    CompilerFlags.generated(backend.device(backend.devices().getFirst().id())), generated.conv().kernels().getFirst().facts().get("compiler flags"));
            String text;
            try (var in = Program.class.getResourceAsStream("direct_blocked.cl")) {
                text = new String(in.readAllBytes());
            }
            assertTrue(kernel.text().contains(text), kernel.text());
            assertTrue(kernel.text().contains("#define ARRAY_HEADER " + TornadoNativeArray.ARRAY_HEADER + "\n"), kernel.text());
        }
    }

    @Test
    void refusesADeviceThatTakesNoOpenClC() {
        TornadoDevices.Entry entry = Backends.openCl(backend);
        TornadoDevices.Entry elsewhere = new TornadoDevices.Entry(
                entry.id(), entry.hardware(), entry.name(), entry.tornado(), "PTX", entry.index(), entry.profiledIndex());
        assertEquals(
                "its kernels are OpenCL C, which TornadoVM's PTX backend does not take",
                assertThrows(UnsupportedConvException.class, elsewhere::target).getMessage());
    }

    @Test
    void knowsTheDeviceAsOpenClDoes() throws Exception {
        Target target = Backends.openCl(backend).target();
        assertEquals(3, target.workItems().size());
        assertTrue(target.vectorBytes() >= Float.BYTES && Integer.bitCount(target.vectorBytes()) == 1, target.toString());
        assertTrue(NativeVectors.bytes("no handle here").isEmpty());
    }

    /** TornadoVM takes prebuilt kernels from files, which must not pile up. */
    @Test
    void leavesNoFiles() throws Exception {
        Set<Path> before = folders();
        try (Row row = row(PACKED, DType.F32, ALGORITHM, Regime.RESIDENT)) {
            assertEquals(before.size() + 1, folders().size());
            row.conv().execute();
        }
        assertEquals(before, folders());
    }

    private static Set<Path> folders() throws IOException {
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("convgauge-prebuilt")).collect(Collectors.toSet());
        }
    }
}
