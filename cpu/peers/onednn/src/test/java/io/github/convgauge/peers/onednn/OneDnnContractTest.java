package io.github.convgauge.peers.onednn;

import io.github.convgauge.backend.Backend;
import io.github.convgauge.check.BackendContract;
import io.github.convgauge.tensor.DType;
import java.util.List;

class OneDnnContractTest extends BackendContract {
    @Override
    protected Backend newBackend() {
        return new OneDnnBackend();
    }

    @Override
    protected List<DType> dtypes() {
        return List.of(DType.F32);
    }

    /** The pool's size is the process's, and set before it starts. */
    @Override
    protected List<Integer> threadCounts() {
        return List.of(2);
    }
}
