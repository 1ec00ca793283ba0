package io.github.convgauge.pytorchcuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.FellBackException;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.check.Checker;
import io.github.convgauge.check.Comparison;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.check.Reference;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said where something is missing or goes wrong, and that what is not the device's own answer does not pass. */
@RequiresPython
class PytorchCudaBackendTest {
    private static final ConvProblem PROBLEM = ConvProblem.parse("mb2ic6ih7iw5oc4kh3kw2ph1");
    private static final String DEVICE = "cuda-0";
    private static final long SEED = 5;

    private static PytorchCudaBackend start(String... faults) throws BackendUnavailableException {
        PytorchCudaBackend backend = new PytorchCudaBackend(FakeTorch.with(faults));
        backend.start();
        return backend;
    }

    private static ConvSpec spec(String algorithm, DType dtype, Regime regime) {
        return new ConvSpec(PROBLEM, dtype, DEVICE, algorithm, regime, Output.FRESH, 1);
    }

    private static PreparedConv prepare(PytorchCudaBackend backend, String algorithm, Operands operands, Tensor y)
            throws UnsupportedConvException {
        return backend.prepare(spec(algorithm, y.dtype(), Regime.RESIDENT), operands.x(), operands.w(), y);
    }

    private static PreparedConv prepare(PytorchCudaBackend backend, String algorithm) throws UnsupportedConvException {
        return prepare(
                backend, algorithm, Fill.UNIFORM.operands(PROBLEM, DType.F32, SEED), Tensor.allocate(DType.F32, PROBLEM.ySizes()));
    }

    /** As a row's check does it. */
    private static Comparison compare(PytorchCudaBackend backend, String algorithm, Fill fill, int executions) throws Exception {
        Operands operands = fill.operands(PROBLEM, DType.F32, SEED);
        Tensor y = Tensor.allocate(DType.F32, PROBLEM.ySizes());
        Reference reference = Reference.compute(PROBLEM, operands, Arena.ofAuto().allocate(Reference.bytes(PROBLEM), 8));
        Checker checker = new Checker(PROBLEM, DType.F32, backend.algorithms().stream()
                .filter(one -> one.name().equals(algorithm)).findFirst().orElseThrow().ownLaw());
        try (PreparedConv conv = prepare(backend, algorithm, operands, y)) {
            for (int i = 0; i < executions; i++) {
                Checker.markUnwritten(y);
                conv.uploadOutput();
                conv.execute();
            }
            return fill == Fill.INTEGER
                    ? checker.compareExactly(operands, conv.output(), reference)
                    : checker.compareWithinBound(operands, conv.output(), reference);
        }
    }

    @Test
    void saysWhatThereIs() throws Exception {
        try (PytorchCudaBackend backend = start("two")) {
            assertEquals("2.0.fake", backend.versions().get("PyTorch"));
            assertEquals("90100", backend.versions().get("cuDNN"));
            assertTrue(backend.versions().get("handing an execution to Python and back").endsWith(" µs"));
            assertEquals(List.of("cuda-0", "cuda-1"), backend.devices().stream().map(Device::id).toList());
            assertEquals(
                    List.of("Fake GeForce#0", "Fake GeForce#1"), backend.devices().stream().map(Device::hardware).toList());
            assertEquals("8.6", backend.devices().getFirst().facts().get("compute capability"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "broken | cannot import torch: libtorch_global_deps.so: cannot open shared object file",
        "rocm | this PyTorch, 2.0.fake, is made for AMD's ROCm",
        "cpu-only | this PyTorch, 2.0.fake, is made without CUDA",
        "no-device | PyTorch 2.0.fake finds no NVIDIA device that it can use",
        "no-cudnn | this PyTorch, 2.0.fake, has no cuDNN"
    })
    void saysWhatIsMissing(String fault, String reason) {
        BackendUnavailableException e = assertThrows(BackendUnavailableException.class, () -> start(fault));
        assertTrue(e.getMessage().endsWith(reason), e.getMessage());
        assertTrue(e.mend().contains(fault.equals("no-device") ? "nvidia-smi" : "install PyTorch with CUDA"), e.mend());
    }

    @Test
    void aPythonWithoutTorchIsUnavailable(@TempDir Path empty) {
        Map<String, String> isolated = Map.of("PYTHONPATH", empty.toString(), "PYTHONNOUSERSITE", "1");
        try (PytorchCudaBackend backend = new PytorchCudaBackend(isolated)) {
            backend.start();
        } catch (BackendUnavailableException e) {
            assertTrue(e.getMessage().matches("(?s).*(cannot import torch|made without CUDA|finds no NVIDIA device).*"), e.getMessage());
        }
    }

    /** The first python3 on the PATH may be a broken one. */
    @Test
    void aPythonThatDiesIsUnavailable(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("torch.py"), "import os\nos._exit(9)\n");
        BackendUnavailableException e = assertThrows(
                BackendUnavailableException.class,
                () -> new PytorchCudaBackend(Map.of("PYTHONPATH", folder.toString())).start());
        assertEquals("Python ended with exit code 9", e.getMessage());
    }

    /** What a library prints goes into the log, and not between the answers. */
    @Test
    void printsOfLibrariesAreNoAnswers(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("torch.py"), """
                import os, sys
                print("hello from a library")
                os.write(1, b"and from its C\\n")
                raise ImportError("enough")
                """);
        BackendUnavailableException e = assertThrows(
                BackendUnavailableException.class,
                () -> new PytorchCudaBackend(Map.of("PYTHONPATH", folder.toString())).start());
        assertTrue(e.getMessage().endsWith("cannot import torch: enough"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"channels-last", "contiguous", "channels-last-tf32", "contiguous-tf32"})
    void eachIsExactOnIntegersAndWithinItsBound(String algorithm) throws Exception {
        try (PytorchCudaBackend backend = start()) {
            assertEquals(0, compare(backend, algorithm, Fill.INTEGER, 1).wrong());
            assertEquals(0, compare(backend, algorithm, Fill.UNIFORM, 1).wrong());
        }
    }

    /** PyTorch has allow_tf32 on unless told otherwise: a row that is meant to be f32 must not be that, and must show it. */
    @Test
    void tf32WhereItIsOffIsFound() throws Exception {
        try (PytorchCudaBackend backend = start("always-tf32")) {
            assertTrue(compare(backend, "channels-last", Fill.UNIFORM, 1).wrong() > 0);
            assertEquals(0, compare(backend, "channels-last-tf32", Fill.UNIFORM, 1).wrong());
        }
        // The rows of both kinds take turns in one process.
        try (PytorchCudaBackend backend = start();
                PreparedConv tf32 = prepare(backend, "channels-last-tf32")) {
            tf32.execute();
            assertEquals(0, compare(backend, "channels-last", Fill.UNIFORM, 1).wrong());
        }
    }

    @Test
    void aDroppedTapIsFound() throws Exception {
        try (PytorchCudaBackend backend = start("drops-a-tap")) {
            assertTrue(compare(backend, "contiguous", Fill.INTEGER, 1).wrong() > 0);
        }
    }

    /** The marks are there again before each check; an element that is left out is not the former answer. */
    @Test
    void anElementThatIsLeftOutIsFound() throws Exception {
        try (PytorchCudaBackend backend = start("forgets")) {
            assertTrue(compare(backend, "channels-last", Fill.INTEGER, 3).wrong() > 0);
        }
    }

    @Test
    void tf32NeedsTensorCores() throws Exception {
        try (PytorchCudaBackend backend = start("old")) {
            assertEquals(
                    "TF32 needs compute capability 8.0, and the device has 7.5",
                    assertThrows(UnsupportedConvException.class, () -> prepare(backend, "contiguous-tf32")).getMessage());
            prepare(backend, "contiguous").close();
        }
    }

    @Test
    void tf32IsF32Only() throws Exception {
        try (PytorchCudaBackend backend = start()) {
            Operands operands = Fill.UNIFORM.operands(PROBLEM, DType.F64, SEED);
            Tensor y = Tensor.allocate(DType.F64, PROBLEM.ySizes());
            assertEquals(
                    "TF32 is a form of f32, not of f64",
                    assertThrows(UnsupportedConvException.class, () -> prepare(backend, "contiguous-tf32", operands, y)).getMessage());
            prepare(backend, "contiguous", operands, y).close();
        }
    }

    /** Another error law than the rows', which is known by the kernel's name only. */
    @Test
    void winogradIsRefused() throws Exception {
        try (PytorchCudaBackend backend = start("winograd")) {
            assertEquals(
                    "cuDNN chose an algorithm by transforms here (cudnn::winograd_nonfused::winogradForwardData4x4), for which there"
                            + " is no error bound",
                    assertThrows(UnsupportedConvException.class, () -> prepare(backend, "channels-last")).getMessage());
        }
    }

    @Test
    void proofsNameTheDeviceAndItsKernels() throws Exception {
        try (PytorchCudaBackend backend = start(); PreparedConv conv = prepare(backend, "channels-last")) {
            assertEquals(
                    Optional.of("Fake GeForce, 0.250 ms by events of CUDA, sm80_xmma_fprop_implicit_gemm"), conv.proof());
        }
        try (PytorchCudaBackend backend = start("no-profiler"); PreparedConv conv = prepare(backend, "channels-last")) {
            assertEquals(
                    Optional.of("Fake GeForce, 0.250 ms by events of CUDA, kernels not shown by the profiler"), conv.proof());
        }
    }

    @Test
    void whatRanElsewhereFellBack() throws Exception {
        try (PytorchCudaBackend backend = start("no-time"); PreparedConv conv = prepare(backend, "channels-last")) {
            assertThrows(FellBackException.class, conv::proof);
        }
        try (PytorchCudaBackend backend = start("elsewhere"); PreparedConv conv = prepare(backend, "channels-last")) {
            conv.execute();
            assertThrows(FellBackException.class, conv::output);
        }
    }

    @Test
    void stagesAreThoseOfTheRegime() throws Exception {
        Operands operands = Fill.UNIFORM.operands(PROBLEM, DType.F32, SEED);
        Tensor y = Tensor.allocate(DType.F32, PROBLEM.ySizes());
        try (PytorchCudaBackend backend = start()) {
            for (Regime regime : Regime.ofDevices()) {
                try (PreparedConv conv = backend.prepare(
                        spec("contiguous", DType.F32, regime), operands.x(), operands.w(), y)) {
                    List<String> stages = List.copyOf(conv.profile().keySet());
                    assertEquals(regime == Regime.RESIDENT ? List.of("kernel") : List.of("copy_in", "copy_out", "kernel"), stages);
                }
            }
        }
    }

    /** The first answer must not hang a worker whose Python is gone, nor may any later one. */
    @Test
    void whatPythonThrowsIsSaid() throws Exception {
        try (PytorchCudaBackend backend = start("raises", "no-profiler"); PreparedConv conv = prepare(backend, "contiguous")) {
            for (int i = 0; i < 2; i++) {
                assertEquals(
                        "PyTorch: RuntimeError: CUDNN_STATUS_INTERNAL_ERROR",
                        assertThrows(IllegalStateException.class, conv::execute).getMessage());
            }
        }
    }

    @Test
    void aPythonThatDiesWhileItExecutesIsSaid() throws Exception {
        PytorchCudaBackend backend = start("dies");
        PreparedConv conv = prepare(backend, "contiguous");
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> {
            for (int i = 0; i < 50; i++) {
                conv.execute();
            }
        });
        assertEquals("Python ended with exit code 3", e.getMessage());
        backend.close();
    }

    /** Between slices Python sleeps, so that it takes no core from the rows of others; it wakes for the next one. */
    @Test
    void itWakesAfterASleep() throws Exception {
        try (PytorchCudaBackend backend = start(); PreparedConv conv = prepare(backend, "contiguous")) {
            for (int i = 0; i < 20; i++) {
                conv.execute();
                // Around the patience of the script, where both sides may be at the door at once.
                Thread.sleep(i % 5);
            }
            conv.output();
        }
    }

    @Test
    void whatDoesNotFitIsRefusedBefore() throws Exception {
        try (PytorchCudaBackend backend = start("small")) {
            String message = assertThrows(UnsupportedConvException.class, () -> {
                ConvProblem large = ConvProblem.parse("ic64ih20oc8kh3");
                Operands operands = Fill.UNIFORM.operands(large, DType.F32, SEED);
                backend.prepare(
                        new ConvSpec(large, DType.F32, DEVICE, "contiguous", Regime.RESIDENT, Output.FRESH, 1),
                        operands.x(), operands.w(), Tensor.allocate(DType.F32, large.ySizes()));
            }).getMessage();
            assertTrue(message.contains("the device's largest single allocation is 4.0 KiB"), message);
        }
    }
}
