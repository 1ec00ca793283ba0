package io.github.convgauge.opencl;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.cl.RequiresOpenCl;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import org.junit.jupiter.api.Test;

/** That this lane of the tests is one: a device is there, and a kernel was compiled for it and ran on it. */
@RequiresOpenCl
class OpenClLaneTest {
    @Test
    void aKernelRanOnADevice() throws Exception {
        try (OpenClBackend backend = new OpenClBackend()) {
            backend.start();
            assertFalse(backend.devices().isEmpty(), "no device is listed");
            Device device = backend.devices().getFirst();
            ConvProblem problem = ConvProblem.parse("mb2ic8ih8oc16kh3");
            try (PreparedConv conv = Rows.prepare(backend, problem, DType.F32, "direct-blocked", Regime.RESIDENT)) {
                assertFalse(conv.kernels().isEmpty(), "no kernel was compiled");
                assertTrue(conv.profile().get("driver_compile") > 0, "no kernel was compiled");
                assertTrue(conv.proof().orElseThrow().startsWith(device.name()), "it ran elsewhere");
                long nanos = conv.profile().get(PreparedConv.KERNEL_STAGE);
                assertTrue(nanos > 0, "no kernel ran");
                System.out.printf("opencl lane: %s, kernel %d ns%n", device.name(), nanos);
            }
        }
    }
}
