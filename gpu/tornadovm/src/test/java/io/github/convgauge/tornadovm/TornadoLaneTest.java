package io.github.convgauge.tornadovm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.tensor.DType;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The lane as a whole: a device is there, and a kernel was compiled for it and ran on it. */
@RequiresTornado
class TornadoLaneTest {
    @Test
    void aKernelRunsOnADevice() throws Exception {
        TornadoBackend backend = Backends.start();
        assertFalse(backend.devices().isEmpty());
        for (Device device : backend.devices()) {
            try (Row row = Row.of(backend, device.id(), "mb2ic8ih12oc16kh3", DType.F32, "direct-blocked", Regime.RESIDENT)) {
                PreparedConv conv = row.conv();
                conv.execute();
                assertEquals("", row.complaint());
                Map<String, Long> stages = conv.profile();
                long kernel = stages.get(PreparedConv.KERNEL_STAGE);
                assertTrue(kernel > 0, stages.toString());
                assertTrue(stages.get("graal_compile") > 0 && stages.get("driver_compile") > 0, stages.toString());
                assertEquals(1, conv.kernels().size());
                System.out.printf(
                        "tornadovm lane: %s (%s), TornadoVM %s, kernel %d ns%n",
                        device.name(), device.id(), backend.versions().get("TornadoVM"), kernel);
            }
        }
    }
}
