package io.github.convgauge.cpu;

import io.github.convgauge.backend.Backend;
import io.github.convgauge.check.BackendContract;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.winograd.Winograd;
import java.util.List;

class CpuBackendContractTest extends BackendContract {
    @Override
    protected Backend newBackend() {
        return new CpuBackend();
    }

    @Override
    protected boolean mayRefuse(String algorithm, ConvProblem problem) {
        return switch (algorithm) {
            case "kxk" -> problem.g() > 1;
            case "winograd-f2", "winograd-f4" -> Winograd.refusal(problem).isPresent();
            default -> false;
        };
    }

    @Override
    protected List<Integer> threadCounts() {
        return List.of(1, 2, 3, 7);
    }
}
