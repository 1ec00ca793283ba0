package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.PreparedMany;
import io.github.convgauge.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** Many convolutions in a graph each, which are executed one after the other; TornadoVM waits for each. */
final class GraphEach implements PreparedMany {
    private final List<PreparedConv> each;

    GraphEach(List<PreparedConv> each) {
        this.each = List.copyOf(each);
    }

    @Override
    public void execute() {
        for (int i = 0; i < each.size(); i++) {
            each.get(i).execute();
        }
    }

    @Override
    public void uploadOutputs() {
        each.forEach(PreparedConv::uploadOutput);
    }

    @Override
    public List<Tensor> outputs() {
        return each.stream().map(PreparedConv::output).toList();
    }

    /** Each has to prove that it was the device, and the last one's words stand for all. */
    @Override
    public Optional<String> proof() {
        Optional<String> last = Optional.empty();
        for (PreparedConv conv : each) {
            last = conv.proof();
        }
        return last.map(words -> "each of %d: %s".formatted(each.size(), words));
    }

    @Override
    public void close() {
        each.forEach(PreparedConv::close);
    }
}
