package io.github.convgauge.cpu;

import io.github.convgauge.backend.Backend;
import io.github.convgauge.check.BackendContract;
import io.github.convgauge.conv.ConvProblem;
import java.util.List;

class CpuBackendContractTest extends BackendContract {
    @Override
    protected Backend newBackend() {
        return new CpuBackend();
    }

    @Override
    protected boolean mayRefuse(String algorithm, ConvProblem problem) {
        return algorithm.equals("kxk") && problem.g() > 1;
    }

    @Override
    protected List<Integer> threadCounts() {
        return List.of(1, 2, 3, 7);
    }
}
