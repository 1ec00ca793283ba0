package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.FellBackException;
import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.tensor.Tensor;
import io.github.convgauge.tornadovm.graphs.ConvGraph;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;

/**
 * One task graph in an execution plan of its own.
 *
 * <p>The first execution compiles. {@link #uploadOutput} has the plan forget its device memory, and
 * with that its code, so that the next execution transfers everything and compiles again: TornadoVM
 * 5.2.0 has no other way to send an array anew that goes in once. The timed executions are not
 * between these.
 */
final class TornadoConv implements PreparedConv {
    private final ConvGraph graph;
    private final Regime regime;
    private final Tensor y;
    private final TornadoDevices.Entry device;
    private final TornadoExecutionPlan plan;
    private TornadoExecutionResult last;
    private Profile firstProfile;

    TornadoConv(ConvGraph graph, Regime regime, Tensor y, TornadoDevices.Entry device) {
        this.graph = graph;
        this.regime = regime;
        this.y = y;
        this.device = device;
        plan = new TornadoExecutionPlan(graph.graph().snapshot());
        plan.withDevice(device.tornado());
        plan.withGridScheduler(graph.scheduler());
        plan.withMemoryLimit(limit(graph.bytes()));
    }

    /** In TornadoVM's megabytes, of 10^6 bytes; the default, 4 GB, is no fact about any device. */
    private static String limit(long bytes) {
        return Math.ceilDiv(bytes, 1_000_000) + 1 + "MB";
    }

    @Override
    public void execute() {
        try {
            last = plan.execute();
        } catch (TornadoRuntimeException e) {
            throw new FellBackException(
                    "TornadoVM could not run it on %s and would have gone on in Java (%s)"
                            .formatted(device.device().name(), oneLine(e)),
                    e);
        }
    }

    private static String oneLine(Throwable e) {
        return String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " ");
    }

    @Override
    public void uploadOutput() {
        graph.y().getSegment().copyFrom(y.storage());
        if (last != null) {
            plan.freeDeviceMemory();
        }
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
        return Optional.of(profiled(false).proof(device, graph.taskNames()));
    }

    @Override
    public Map<String, Long> profile() {
        if (firstProfile == null) {
            firstProfile = profiled(true);
        }
        return profiled(false).stages(graph.taskNames(), firstProfile);
    }

    /** @param compiling whether everything is transferred and compiled anew */
    private Profile profiled(boolean compiling) {
        if (compiling) {
            plan.freeDeviceMemory();
        }
        try (Profile.Session session = Profile.on(plan)) {
            execute();
            return session.of(last);
        }
    }

    @Override
    public List<KernelSource> kernels() {
        plan.freeDeviceMemory();
        try (KernelCapture capture = KernelCapture.on(plan)) {
            execute();
            return capture.kernels(graph, device.driver());
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
