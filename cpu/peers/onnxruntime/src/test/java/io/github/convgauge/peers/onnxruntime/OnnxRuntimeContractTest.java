package io.github.convgauge.peers.onnxruntime;

import io.github.convgauge.backend.Backend;
import io.github.convgauge.check.BackendContract;
import io.github.convgauge.tensor.DType;
import java.util.List;

class OnnxRuntimeContractTest extends BackendContract {
    @Override
    protected Backend newBackend() {
        return new OnnxRuntimeBackend();
    }

    @Override
    protected List<DType> dtypes() {
        return List.of(DType.F32);
    }
}
