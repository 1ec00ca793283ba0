package io.github.convgauge.cl;

import io.github.convgauge.backend.FellBackException;
import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A convolution on a device: commands for an in-order queue, the same ones at each execution. */
public final class DeviceConv implements PreparedConv {
    private final Resources resources;
    private final Regime regime;
    private final DeviceTensor y;
    private final List<KernelSource> sources;
    private final List<Command> commands = new ArrayList<>();
    private boolean closed;

    /**
     * Takes x, and what stays on the device, there.
     *
     * @param resources closed with this
     */
    public DeviceConv(Resources resources, Regime regime, DeviceTensor x, DeviceTensor w, DeviceTensor y, Assembly assembly) {
        this.resources = resources;
        this.regime = regime;
        this.y = y;
        sources = assembly.sources();
        List<Command> before = new ArrayList<>();
        (regime == Regime.RESIDENT ? before : commands).add(x.upload());
        List<Command> weights = regime == Regime.END_TO_END ? commands : before;
        weights.add(w.upload());
        weights.addAll(assembly.weights());
        // What y's storage holds between its elements comes back with them, so it must be there too.
        before.add(y.upload());
        commands.addAll(assembly.activations());
        if (regime != Regime.RESIDENT) {
            commands.add(y.download());
        }
        run(before);
    }

    private void run(List<Command> some) {
        requireOpen();
        resources.context().enqueue(some);
        resources.context().finish();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this convolution is closed");
        }
    }

    @Override
    public void execute() {
        run(commands);
    }

    @Override
    public void uploadOutput() {
        y.layOut();
        run(List.of(y.upload()));
    }

    /** Where y is a part of its storage, what lies around it is what {@link #uploadOutput} last took to the device. */
    @Override
    public Tensor output() {
        requireOpen();
        if (regime == Regime.RESIDENT) {
            run(List.of(y.download()));
        }
        return y.takeBack();
    }

    @Override
    public Optional<String> proof() {
        long kernels = profile().get(KERNEL_STAGE);
        String name = resources.context().profiledDevice();
        if (kernels <= 0) {
            throw new FellBackException("%s counted no time in the kernels".formatted(name));
        }
        return Optional.of("%s (%s), %d ns in the kernels by its own clock".formatted(
                name, resources.context().device().platform().name(), kernels));
    }

    /**
     * Of each command what {@link Timeline} says; dispatch is what the host waited beyond all of them
     * together. driver_compile is what clBuildProgram took for kernels of our own when this was prepared; a
     * library compiles its own in their first execution.
     */
    @Override
    public Map<String, Long> profile() {
        requireOpen();
        Timeline timeline = Timeline.of(resources.context(), commands);
        Map<String, Long> nanos = new LinkedHashMap<>();
        long all = 0;
        long kernels = 0;
        for (int i = 0; i < commands.size(); i++) {
            long time = timeline.nanos().get(i);
            nanos.merge(commands.get(i).stage(), time, Long::sum);
            all += time;
            kernels += commands.get(i).kind() == Command.Kind.TRANSFER ? 0 : time;
        }
        // Two clocks: where the device's runs ahead, nothing is left for the host.
        nanos.put("dispatch", Math.max(0, timeline.wallNanos() - all));
        nanos.put(KERNEL_STAGE, kernels);
        if (resources.buildNanos() > 0) {
            nanos.put("driver_compile", resources.buildNanos());
        }
        return nanos;
    }

    /** Our own; a library does not show those that it compiles. */
    @Override
    public List<KernelSource> kernels() {
        return sources;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            resources.close();
        }
    }
}
