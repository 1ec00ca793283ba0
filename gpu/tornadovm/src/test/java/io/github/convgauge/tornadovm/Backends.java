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
}
