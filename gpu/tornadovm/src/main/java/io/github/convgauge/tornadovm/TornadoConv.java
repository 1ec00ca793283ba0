package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.tensor.Tensor;
import io.github.convgauge.tornadovm.graphs.RowGraph;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;

/**
 * An execution plan of two task graphs, behind those that run once: one marks y on the device, the other convolves. The marks have
 * a graph of their own because TornadoVM allocates, but does not send, an array that tasks only
 * write; on memory that it used before, the former answer would then pass for a new one.
 */
final class TornadoConv implements PreparedConv {
    private final RowGraph graph;
    private final Regime regime;
    private final Tensor y;
    private final TornadoDevices.Entry device;
    /** Where in the plan the two graphs are: behind those that run once. */
    private final int markIndex;
    private final int convIndex;
    private final TornadoExecutionPlan plan;
    private TornadoExecutionResult last;
    private KernelCapture captured;
    private Optional<Profile> compilation;

    TornadoConv(RowGraph graph, Regime regime, Tensor y, TornadoDevices.Entry device) {
        this.graph = graph;
        this.regime = regime;
        this.y = y;
        this.device = device;
        markIndex = graph.before().size();
        convIndex = markIndex + 1;
        plan = newPlan();
        uploadOutput();
    }

    private TornadoExecutionPlan newPlan() {
        TornadoExecutionPlan fresh = Plans.of(
                Stream.of(graph.before(), List.of(graph.mark(), graph.graph())).flatMap(List::stream).toList(),
                graph.scheduler(), graph.bytes(), flags(), device);
        for (int i = 0; i < markIndex; i++) {
            fresh.withGraph(i);
            run(fresh);
        }
        return fresh;
    }

    private String flags() {
        return graph.isPrebuilt() ? CompilerFlags.prebuilt() : CompilerFlags.generated(device);
    }

    @Override
    public void execute() {
        if (last == null) {
            executeFirst();
        } else {
            last = run(plan);
        }
    }

    /** Compiles, which is when TornadoVM tells what it generated. */
    private void executeFirst() {
        try (KernelCapture capture = KernelCapture.on(plan, device.driver())) {
            captured = capture;
            last = run(plan);
        }
    }

    private TornadoExecutionResult run(TornadoExecutionPlan which) {
        return Plans.run(which, device);
    }

    @Override
    public void uploadOutput() {
        graph.y().getSegment().copyFrom(y.storage());
        mark(plan);
    }

    private void mark(TornadoExecutionPlan which) {
        which.withGraph(markIndex);
        run(which);
        which.withGraph(convIndex);
    }

    @Override
    public Tensor output() {
        if (regime == Regime.RESIDENT) {
            last.transferToHost(graph.y());
        }
        return y.copyFrom(Tensor.over(graph.y().getSegment(), y.dtype(), y.layout()));
    }

    @Override
    public Optional<String> proof() {
        return Optional.of(profiled().proof(device, graph.taskNames()));
    }

    @Override
    public Map<String, Long> profile() {
        if (compilation == null) {
            compilation = profileOfCompilation();
        }
        Profile profile = profiled();
        profile.proof(device, graph.taskNames());
        return profile.stages(graph.taskNames(), regime != Regime.RESIDENT, compilation);
    }

    private Profile profiled() {
        try (Profile.Session session = Profile.on(plan)) {
            last = run(plan);
            return session.of(last);
        }
    }

    /**
     * Of a plan that compiles everything once more, since the profiler must not be there when the first
     * execution is timed: the JVM and the driver's cache are warm by then. Empty where the device has
     * no room for a second plan, and where TornadoVM compiles nothing, or does not count what the driver
     * does: hand-written kernels.
     */
    private Optional<Profile> profileOfCompilation() {
        if (graph.isPrebuilt() || 2 * graph.bytes() > device.globalBytes()) {
            return Optional.empty();
        }
        try (TornadoExecutionPlan fresh = newPlan()) {
            mark(fresh);
            try (Profile.Session session = Profile.on(fresh)) {
                return Optional.of(session.of(run(fresh)));
            }
        } catch (TornadoExecutionPlanException e) {
            throw new IllegalStateException("TornadoVM could not free the memory of a plan", e);
        }
    }

    @Override
    public List<KernelSource> kernels() {
        return captured == null ? List.of() : captured.kernels(graph, flags());
    }

    @Override
    public void close() {
        try {
            plan.close();
        } catch (TornadoExecutionPlanException e) {
            throw new IllegalStateException("TornadoVM could not free the memory of a plan", e);
        } finally {
            graph.close();
        }
    }
}
