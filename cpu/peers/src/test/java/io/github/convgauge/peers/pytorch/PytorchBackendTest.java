package io.github.convgauge.peers.pytorch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PytorchBackendTest {
    private static final ConvProblem SMALL = ConvProblem.parse("mb2ic3ih5iw6oc4kh3kw2ph1");

    private static PytorchBackend backend;

    @BeforeAll
    static void start() throws Exception {
        backend = new PytorchBackend();
        backend.start();
    }

    @Test
    void isFoundAsAService() {
        Backend found = ServiceLoader.load(Backend.class).findFirst().orElseThrow();
        assertInstanceOf(PytorchBackend.class, found);
        assertEquals("pytorch", found.name());
    }

    @Test
    void statesVersions() {
        Map<String, String> versions = backend.versions();
        assertEquals(Arrays.asList("pytorch", "onednn", "openblas", "javacpp"), versions.keySet().stream().toList());
        versions.forEach((library, version) -> assertTrue(version.matches(".*\\d+\\.\\d+.*"), library + ": " + version));
    }

    @Test
    void outputBeforeExecutionIsRefused() throws Exception {
        for (Prepared.Row row : Prepared.rows()) {
            Tensor y = Tensor.allocate(row.dtype(), SMALL.ySizes());
            try (PreparedConv conv = row.prepare(backend, SMALL, 1, y)) {
                assertThrows(IllegalStateException.class, conv::output, row.toString());
            }
        }
    }

    /** The copy into y is output's, so that it is outside the timing. */
    @Test
    void outputWritesYAndExecuteDoesNot() throws Exception {
        for (Prepared.Row row : Prepared.rows()) {
            Tensor y = Tensor.allocate(row.dtype(), SMALL.ySizes()).fill(i -> 99);
            double[] untouched = y.toDoubles();
            try (PreparedConv conv = row.prepare(backend, SMALL, 1, y)) {
                conv.execute();
                assertArrayEquals(untouched, y.toDoubles(), row.toString());
                assertSame(y, conv.output(), row.toString());
                assertTrue(Arrays.stream(y.toDoubles()).noneMatch(v -> v == 99), row.toString());
                double[] answer = y.toDoubles();
                y.fill(i -> 99);
                conv.execute();
                conv.output();
                assertArrayEquals(answer, y.toDoubles(), row.toString());
            }
        }
    }

    /** The weights' layout is part of the call in the eager regime, and of the preparation in the other. */
    @Test
    void eagerReadsTheWeightsAtEachCallAndPreparedOnce() throws Exception {
        assertTrue(followsTheWeights("notebook", Regime.EAGER));
        assertTrue(followsTheWeights("channels-last", Regime.EAGER));
        assertTrue(!followsTheWeights("channels-last", Regime.PREPARED));
    }

    private static boolean followsTheWeights(String algorithm, Regime regime) throws Exception {
        Tensor x = Tensor.allocate(DType.F32, SMALL.xSizes()).fill(i -> i);
        Tensor w = Tensor.allocate(DType.F32, SMALL.wSizes()).fill(i -> 1);
        Tensor y = Tensor.allocate(DType.F32, SMALL.ySizes());
        ConvSpec spec = new ConvSpec(SMALL, DType.F32, Device.HOST_ID, algorithm, regime, Output.FRESH, 1);
        try (PreparedConv conv = backend.prepare(spec, x, w, y)) {
            conv.execute();
            double[] before = conv.output().toDoubles();
            w.fill(i -> 2);
            conv.execute();
            return !Arrays.equals(before, conv.output().toDoubles());
        }
    }

    @Test
    void whatItDoesNotDoIsRefused() {
        refused("no regime resident", "notebook", Regime.RESIDENT, DType.F32, Device.HOST_ID);
        refused("no regime prepared", "notebook", Regime.PREPARED, DType.F32, Device.HOST_ID);
        refused("no algorithm 'winograd'", "winograd", Regime.EAGER, DType.F32, Device.HOST_ID);
        refused("not on cuda:0", "notebook", Regime.EAGER, DType.F32, "cuda:0");
        refused("no convolution of i32", "channels-last", Regime.EAGER, DType.I32, Device.HOST_ID);
    }

    private static void refused(String why, String algorithm, Regime regime, DType dtype, String device) {
        ConvSpec spec = new ConvSpec(SMALL, dtype, device, algorithm, regime, Output.FRESH, 1);
        UnsupportedConvException e = assertThrows(UnsupportedConvException.class, () -> backend.prepare(
                spec,
                Tensor.allocate(dtype, SMALL.xSizes()),
                Tensor.allocate(dtype, SMALL.wSizes()),
                Tensor.allocate(dtype, SMALL.ySizes())));
        assertTrue(e.getMessage().contains(why), e.getMessage());
    }
}
