package io.github.convgauge.tornadovm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tornadovm.graphs.ConvGraph;
import io.github.convgauge.tornadovm.graphs.Libraries;
import io.github.convgauge.tornadovm.graphs.LibraryGraph;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** What is asked of the SDK's library modules, and what is said where they or a device for them are missing. */
@RequiresTornado
class CudaLibrariesTest {
    private final FloatArray a = new FloatArray(6);
    private final FloatArray b = new FloatArray(6);
    private final FloatArray c = new FloatArray(6);

    private Libraries.Product product(int count) {
        return new Libraries.Product(2, 3, 4, a, 5, 6L, b, 7, 8L, c, 9, 10L, count);
    }

    /** The SDK's own jars, wherever this JVM's module path ends; those of an SDK without them are not there to be looked at. */
    private static CudaLibraries ofSdk(String module) throws Exception {
        Path jars = Path.of(System.getenv("TORNADOVM_HOME"), "share/java/tornado");
        try (var files = Files.list(jars)) {
            Path jar = files.filter(file -> file.getFileName().toString().startsWith(module + "-")).findFirst().orElse(null);
            assumeTrue(jar != null, "the SDK has no " + module);
            return new CudaLibraries(new URLClassLoader(new URL[] {jar.toUri().toURL()}, CudaLibrariesTest.class.getClassLoader()));
        }
    }

    /** The order of the parameters is the provider's business; that ours are those of its factory is this test's. */
    @Test
    void cublasGetsItsArguments() throws Exception {
        CudaLibraries libraries = ofSdk("tornado-cublas");
        LibraryTaskDescriptor one = libraries.multiply(product(1), false);
        assertEquals("cublasSgemm", one.getFunctionName());
        assertArrayEquals(new Object[] {0, 0, 2, 3, 4, 1f, a, 5, b, 7, 0f, c, 9}, one.getParameters());
        assertEquals(Access.WRITE_ONLY, one.getAccess()[11]);
        assertNull(one.getTuning());

        LibraryTaskDescriptor batch = libraries.multiply(product(2), false);
        assertEquals("cublasSgemmStridedBatched", batch.getFunctionName());
        assertArrayEquals(new Object[] {0, 0, 2, 3, 4, 1f, a, 5, 6L, b, 7, 8L, 0f, c, 9, 10L, 2}, batch.getParameters());
        assertNull(batch.getTuning());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void tf32IsASettingOfBothCalls(int count) throws Exception {
        LibraryTaskDescriptor task = ofSdk("tornado-cublas").multiply(product(count), true);
        assertNotNull(task.getTuning());
        assertEquals("CUBLAS_TF32_TENSOR_OP_MATH", task.getTuning().getClass().getMethod("getMathMode").invoke(task.getTuning()).toString());
    }

    @Test
    void cudnnGetsItsArguments() throws Exception {
        LibraryTaskDescriptor task = ofSdk("tornado-cudnn").convolve(new Libraries.Conv2d(a, b, c, 1, 2, 3, 4, 5, 6, 7, 8, 9));
        assertEquals("cudnnConv2d", task.getFunctionName());
        assertArrayEquals(new Object[] {a, b, c, 1, 2, 3, 4, 5, 6, 7, 8, 9}, task.getParameters());
        assertEquals(Access.WRITE_ONLY, task.getAccess()[2]);
    }

    @Test
    void anSdkWithoutThemSaysSo() {
        CudaLibraries none = new CudaLibraries(new URLClassLoader(new URL[0], null));
        assertEquals(
                "this SDK of TornadoVM has no library tasks of CuBlas: there is no class " + CudaLibraries.CUBLAS,
                assertThrows(UnsupportedConvException.class, () -> none.multiply(product(1), false)).getMessage());
        assertEquals(
                "this SDK of TornadoVM has no library tasks of CuDnn: there is no class " + CudaLibraries.CUDNN,
                assertThrows(UnsupportedConvException.class,
                        () -> none.convolve(new Libraries.Conv2d(a, b, c, 1, 2, 3, 4, 5, 6, 7, 8, 9))).getMessage());
    }

    /** On whatever is not CUDA they are no rows, and refused with the reason where they are asked for. */
    @Test
    void otherDevicesRefuseThem() throws Exception {
        try (TornadoBackend backend = Backends.start()) {
            String device = backend.devices().getFirst().id();
            assumeTrue(backend.device(device).driver().equals("OPENCL"));
            for (Algorithm algorithm : backend.algorithms()) {
                // Which is for GPUs, whoever made them.
                if (!algorithm.name().equals(ConvGraph.IMPLICIT_GEMM)) {
                    assertEquals(LibraryGraph.does(algorithm.name()), !algorithm.isMadeFor(device), algorithm.name());
                }
                if (LibraryGraph.does(algorithm.name())) {
                    assertEquals(
                            "NVIDIA's libraries are library tasks of TornadoVM's CUDA backend, and this device is reached through"
                                    + " its OPENCL backend",
                            assertThrows(UnsupportedConvException.class, () -> Row.of(
                                    backend, device, "ic2ih4oc3kh3", DType.F32, algorithm.name(), Regime.RESIDENT)).getMessage());
                }
            }
        }
    }

    /** The SDK's real library tasks on a device that has none of NVIDIA's: what TornadoVM says then is the reason. */
    @Test
    void aLibraryThatDoesNotWorkIsUnsupported() throws Exception {
        try (TornadoBackend backend = new TornadoBackend(new CudaLibraries(), true)) {
            backend.start();
            String device = backend.devices().getFirst().id();
            assumeTrue(backend.device(device).driver().equals("OPENCL"));
            for (String algorithm : new String[] {LibraryGraph.IM2COL_CUBLAS, LibraryGraph.CUDNN, LibraryGraph.IM2COL_CUBLAS}) {
                String reason = assertThrows(UnsupportedConvException.class, () -> Row.of(
                        backend, device, "ic2ih4oc3kh3", DType.F32, algorithm, Regime.RESIDENT)).getMessage();
                assertTrue(reason.startsWith("its library does not work on this device: "), reason);
            }
            // Nothing of it is left in the way of others.
            try (Row row = Row.of(backend, device, "ic2ih4oc3kh3", DType.F32, "direct", Regime.RESIDENT)) {
                row.conv().execute();
                assertEquals("", row.complaint());
            }
        }
    }

    @Test
    void theyAreF32Only() {
        TornadoBackend backend = new TornadoBackend(new StandInLibraries(), true);
        assertEquals("TornadoVM's library tasks compute in f32, not in f64", assertThrows(UnsupportedConvException.class, () -> {
            backend.start();
            Row.of(backend, backend.devices().getFirst().id(), "ic2ih4oc3kh3", DType.F64, LibraryGraph.CUDNN, Regime.RESIDENT);
        }).getMessage());
    }

    @Test
    void cudnnsTaskSaysWhatItHasNot() throws Exception {
        TornadoBackend backend = new TornadoBackend(new StandInLibraries(), true);
        backend.start();
        String device = backend.devices().getFirst().id();
        String[][] refused = {
            {"g2ic2ih5oc2kh3", "groups"}, {"ic2ih5oc2kh2dh1", "dilation"}, {"ic2ih5oc2kh2sh1sw2", "two different strides"},
            {"ic2ih5oc2kh3ph1pw0", "padding that is not the same on all sides"},
            {"ic2ih5oc2kh2ph0oh5", "padding that is not the same on all sides"}
        };
        for (String[] one : refused) {
            assertEquals("TornadoVM's cuDNN task has no " + one[1], assertThrows(UnsupportedConvException.class, () -> Row.of(
                    backend, device, one[0], DType.F32, LibraryGraph.CUDNN, Regime.RESIDENT)).getMessage());
        }
    }

    /** As CUDADevice writes it in TornadoVM 5.2.0, and as OpenCL's drivers do. */
    @Test
    void capabilityIsRead() {
        assertEquals(OptionalInt.of(90), TornadoDevices.Entry.capability("x\nDevice version   : CUDA 9.0\nDriver version   : 12080\n"));
        assertEquals(OptionalInt.of(120), TornadoDevices.Entry.capability("Device version   : CUDA 12.0"));
        assertEquals(OptionalInt.empty(), TornadoDevices.Entry.capability("Device version   : OpenCL 3.0 CUDA"));
        assertTrue(TornadoDevices.Entry.capability("Device version   : CUDA").isEmpty());
        assertFalse(TornadoDevices.Entry.capability("Device version   : CUDA 8.6").isEmpty());
    }
}
