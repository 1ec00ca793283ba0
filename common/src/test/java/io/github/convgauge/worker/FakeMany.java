package io.github.convgauge.worker;

import io.github.convgauge.backend.Grouping;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.PreparedMany;
import io.github.convgauge.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** Many {@link FakeConv}s, of which each submission takes some time. */
final class FakeMany implements PreparedMany {
    private final List<PreparedConv> each;
    private final Grouping grouping;
    private final Fault fault;
    private final List<Tensor> ys;

    FakeMany(List<PreparedConv> each, Grouping grouping, Fault fault, List<Tensor> ys) {
        this.each = each;
        this.grouping = grouping;
        this.fault = fault;
        this.ys = ys;
    }

    @Override
    public void execute() {
        for (int i = 0; i < each.size(); i++) {
            if (i == 0 || grouping == Grouping.APART) {
                FakeCost.spinUntil(System.nanoTime() + FakeCost.submitNanos());
            }
            if (!(fault == Fault.FORGETS_SECOND && grouping == Grouping.TOGETHER && i == 1)) {
                each.get(i).execute();
            }
        }
    }

    @Override
    public void uploadOutputs() {
        each.forEach(PreparedConv::uploadOutput);
    }

    @Override
    public List<Tensor> outputs() {
        return ys;
    }

    @Override
    public Optional<String> proof() {
        return Optional.of("it took 5 ns");
    }
}
