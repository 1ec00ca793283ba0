package io.github.convgauge.pytorchcuda;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.check.BackendContract;
import io.github.convgauge.conv.AwkwardProblems;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * Layouts, paddings, groups and marks, on a PyTorch in plain Python: it takes milliseconds where a device takes
 * microseconds, so each row gets a few problems. TF32, which has f32 only, is in {@link PytorchCudaTf32ContractTest}.
 */
@RequiresPython
class PytorchCudaContractTest extends BackendContract {
    private static final int MAX_TERMS_OF_ALL = 60_000;

    @Override
    protected Backend newBackend() {
        return new SomeAlgorithms(new PytorchCudaBackend(FakeTorch.with()), name -> !name.endsWith("-tf32"));
    }

    @Override
    protected List<Integer> threadCounts() {
        return List.of(1);
    }

    @Override
    protected List<ConvProblem> exactProblems(Algorithm algorithm, Regime regime, DType dtype) {
        List<ConvProblem> problems = new ArrayList<>(boundProblems(algorithm, regime, dtype));
        List<ConvProblem> grid = AwkwardProblems.grid();
        int step = grid.size() / (regime == Regime.RESIDENT ? 12 : 4);
        for (int i = algorithm.name().length() % step; i < grid.size(); i += step) {
            problems.add(grid.get(i));
        }
        return problems;
    }

    @Override
    protected List<ConvProblem> boundProblems(Algorithm algorithm, Regime regime, DType dtype) {
        return AwkwardProblems.special().stream()
                .filter(p -> p.terms() * p.oc() * p.oh() * p.ow() * p.mb() < MAX_TERMS_OF_ALL)
                .toList();
    }
}
