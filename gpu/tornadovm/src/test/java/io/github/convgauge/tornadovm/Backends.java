package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.BackendUnavailableException;

/** Started backends for tests that have nothing to say about starting. */
final class Backends {
    private Backends() {}

    static TornadoBackend start() {
        TornadoBackend backend = new TornadoBackend();
        try {
            backend.start();
        } catch (BackendUnavailableException e) {
            throw new AssertionError(e.getMessage() + "; " + e.mend(), e);
        }
        return backend;
    }

    /** The first device that takes OpenCL C, which prebuilt rows are. */
    static TornadoDevices.Entry openCl(TornadoBackend backend) {
        return backend.devices().stream()
                .map(device -> backend.device(device.id()))
                .filter(entry -> entry.driver().equals(CompilerFlags.OPENCL))
                .findFirst()
                .orElseThrow();
    }
}
