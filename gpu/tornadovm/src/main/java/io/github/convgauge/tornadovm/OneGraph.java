package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.PreparedMany;
import io.github.convgauge.tensor.Tensor;
import io.github.convgauge.tornadovm.graphs.ManyGraph;
import java.util.List;
import java.util.Optional;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;

/** Many convolutions as the tasks of one graph, which is executed once for all of them. */
final class OneGraph implements PreparedMany {
    private final ManyGraph graph;
    private final List<Tensor> ys;
    private final TornadoDevices.Entry device;
    private final TornadoExecutionPlan plan;
    private TornadoExecutionResult last;

    OneGraph(ManyGraph graph, List<Tensor> ys, TornadoDevices.Entry device) {
        this.graph = graph;
        this.ys = ys;
        this.device = device;
        plan = Plans.of(
                List.of(graph.mark(), graph.graph()), graph.scheduler(), graph.bytes(), CompilerFlags.generated(device), device);
        uploadOutputs();
    }

    @Override
    public void execute() {
        last = Plans.run(plan, device);
    }

    @Override
    public void uploadOutputs() {
        for (int i = 0; i < ys.size(); i++) {
            graph.ys().get(i).getSegment().copyFrom(ys.get(i).storage());
        }
        plan.withGraph(Plans.MARK);
        Plans.run(plan, device);
        plan.withGraph(Plans.CONV);
    }

    @Override
    public List<Tensor> outputs() {
        for (int i = 0; i < ys.size(); i++) {
            last.transferToHost(graph.ys().get(i));
            Tensor y = ys.get(i);
            y.copyFrom(Tensor.over(graph.ys().get(i).getSegment(), y.dtype(), y.layout()));
        }
        return ys;
    }

    @Override
    public Optional<String> proof() {
        try (Profile.Session session = Profile.on(plan)) {
            last = Plans.run(plan, device);
            return Optional.of(session.of(last).proof(device, graph.taskNames()));
        }
    }

    @Override
    public void close() {
        try {
            plan.close();
        } catch (TornadoExecutionPlanException e) {
            throw new IllegalStateException("TornadoVM could not free the memory of a plan", e);
        }
    }
}
