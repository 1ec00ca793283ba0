package io.github.convgauge.opencl;

import io.github.convgauge.backend.FellBackException;
import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.tensor.Tensor;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lwjgl.PointerBuffer;
import org.lwjgl.opencl.CL10;
import org.lwjgl.system.MemoryStack;

/** A convolution on a device: commands for an in-order queue, the same ones at each execution. */
final class DeviceConv implements PreparedConv {
    private final Resources resources;
    private final Regime regime;
    private final DeviceTensor y;
    private final List<KernelSource> sources;
    private final List<Command> commands = new ArrayList<>();
    private boolean closed;

    /** Takes x, and what stays on the device, there. */
    DeviceConv(Resources resources, Regime regime, DeviceTensor x, DeviceTensor w, DeviceTensor y, Assembly assembly) {
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
        long queue = resources.context().queue();
        for (int i = 0; i < some.size(); i++) {
            some.get(i).enqueue(queue, null);
        }
        ClContext.finish(queue);
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
        run(List.of(y.upload()));
    }

    /** Where y is a part of its storage, what lies around it is what {@link #uploadOutput} last took to the device. */
    @Override
    public Tensor output() {
        if (regime == Regime.RESIDENT) {
            run(List.of(y.download()));
        }
        return y.tensor();
    }

    @Override
    public Optional<String> proof() {
        long kernels = profile().get(KERNEL_STAGE);
        ClDevice device = resources.context().device();
        String name = ClDevice.name(resources.context().profiledDevice());
        if (kernels <= 0) {
            throw new FellBackException("%s counted no time in the kernels".formatted(name));
        }
        return Optional.of("%s (%s), %d ns in the kernels by its own clock".formatted(name, device.platform().name(), kernels));
    }

    /**
     * Of each command, the device's time from start to end; dispatch is what the host waited beyond all
     * of them together, from the first call to the return of clFinish. driver_compile is what
     * clBuildProgram took when this was prepared.
     */
    @Override
    public Map<String, Long> profile() {
        requireOpen();
        long queue = resources.context().profilingQueue();
        Map<String, Long> nanos = new LinkedHashMap<>();
        PointerBuffer events = PointerBuffer.allocateDirect(commands.size());
        int made = 0;
        try {
            long start = System.nanoTime();
            for (Command command : commands) {
                command.enqueue(queue, events.slice(made, 1));
                made++;
            }
            ClContext.finish(queue);
            long wall = System.nanoTime() - start;
            long kernels = 0;
            for (int i = 0; i < commands.size(); i++) {
                long time = time(events.get(i));
                nanos.merge(commands.get(i).stage(), time, Long::sum);
                kernels += commands.get(i).isKernel() ? time : 0;
            }
            long all = nanos.values().stream().mapToLong(Long::longValue).sum();
            // Two clocks: where the device's runs ahead, nothing is left for the host.
            nanos.put("dispatch", Math.max(0, wall - all));
            nanos.put(KERNEL_STAGE, kernels);
            nanos.put("driver_compile", resources.buildNanos());
            return nanos;
        } finally {
            for (int i = 0; i < made; i++) {
                Cl.check(CL10.clReleaseEvent(events.get(i)), "clReleaseEvent");
            }
        }
    }

    /** The device's time from a command's start to its end. */
    static long time(long event) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            LongBuffer value = stack.mallocLong(1);
            Cl.check(CL10.clGetEventProfilingInfo(event, CL10.CL_PROFILING_COMMAND_START, value, null), "clGetEventProfilingInfo");
            long start = value.get(0);
            Cl.check(CL10.clGetEventProfilingInfo(event, CL10.CL_PROFILING_COMMAND_END, value, null), "clGetEventProfilingInfo");
            return value.get(0) - start;
        }
    }

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
