package io.github.convgauge.tornadovm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/**
 * Grids are laid out for the outermost loop as dimension 0. TornadoVM has it so on a CPU anyway, so that no kernel here tells; what
 * it would do on a GPU is a constant of its own, settled when its class is loaded.
 */
@RequiresTornado
class LoopOrderTest {
    @Test
    void loopsAreNotExchangedOnAGpu() throws Exception {
        try (TornadoBackend backend = Backends.start()) {
            assertEquals(false, Class.forName("uk.ac.manchester.tornado.runtime.common.TornadoOptions")
                    .getField("TORNADO_LOOP_INTERCHANGE").get(null));
        }
    }
}
