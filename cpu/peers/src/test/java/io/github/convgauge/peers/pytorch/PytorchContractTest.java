package io.github.convgauge.peers.pytorch;

import io.github.convgauge.backend.Backend;
import io.github.convgauge.check.BackendContract;

class PytorchContractTest extends BackendContract {
    @Override
    protected Backend newBackend() {
        return new PytorchBackend();
    }
}
