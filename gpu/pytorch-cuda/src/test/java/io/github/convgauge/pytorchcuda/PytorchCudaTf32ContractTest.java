package io.github.convgauge.pytorchcuda;

import io.github.convgauge.backend.Backend;
import io.github.convgauge.tensor.DType;
import java.util.List;

/** The rows in TF32, on a PyTorch that does cut off what TF32 lacks. */
@RequiresPython
class PytorchCudaTf32ContractTest extends PytorchCudaContractTest {
    @Override
    protected Backend newBackend() {
        return new SomeAlgorithms(new PytorchCudaBackend(FakeTorch.with()), name -> name.endsWith("-tf32"));
    }

    @Override
    protected List<DType> dtypes() {
        return List.of(DType.F32);
    }
}
