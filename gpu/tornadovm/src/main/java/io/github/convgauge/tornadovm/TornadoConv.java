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
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;

/**
 * An execution plan of two task graphs: one marks y on the device, the other convolves. The marks have
 * a graph of their own because TornadoVM allocates, but does not send, an array that tasks only
 * write; on memory that it used before, the former answer would then pass for a new one.
 */
final class TornadoConv implements PreparedConv {
    /** The order of the graphs in the plan. */
    private static final int MARK = 0;
    private static final int CONV = 1;

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
        plan = new TornadoExecutionPlan(graph.mark().snapshot(), graph.graph().snapshot());
        plan.withDevice(device.tornado());
        plan.withGridScheduler(graph.scheduler());
        plan.withMemoryLimit(limit(graph.bytes()));
        uploadOutput();
    }

    /** In TornadoVM's megabytes, of 10^6 bytes; the default, 4 GB, is no fact about any device. */
    private static String limit(long bytes) {
        return Math.ceilDiv(bytes, 1_000_000) + 1 + "MB";
    }

    @Override
    public void execute() {
        last = run();
    }

    private TornadoExecutionResult run() {
        try {
            return plan.execute();
        } catch (TornadoOutOfMemoryException e) {
            throw e;
        } catch (RuntimeException e) {
            // Whatever goes wrong while TornadoVM compiles or launches is what it would recover from in Java.
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
        mark();
    }

    private void mark() {
        plan.withGraph(MARK);
        run();
        plan.withGraph(CONV);
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
            startAnew();
        }
        try (Profile.Session session = Profile.on(plan)) {
            execute();
            return session.of(last);
        }
    }

    /** Forgets memory and code of the plan: the next execution transfers and compiles all that it needs. */
    private void startAnew() {
        plan.freeDeviceMemory();
        mark();
    }

    @Override
    public List<KernelSource> kernels() {
        startAnew();
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
