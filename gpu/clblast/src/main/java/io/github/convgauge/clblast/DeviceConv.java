package io.github.convgauge.clblast;

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
import org.lwjgl.opencl.CL12;
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
    DeviceConv(Resources resources, Regime regime, Plan plan, List<Command> kernels) {
        this.resources = resources;
        this.regime = regime;
        y = plan.y();
        sources = kernels.stream()
                .filter(CopyKernel.Launch.class::isInstance)
                .map(command -> ((CopyKernel.Launch) command).source())
                .toList();
        List<Command> before = new ArrayList<>();
        (regime == Regime.RESIDENT ? before : commands).add(plan.x().upload());
        (regime == Regime.END_TO_END ? commands : before).add(plan.w().upload());
        before.add(y.upload());
        commands.addAll(kernels);
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
        y.layOut();
        run(List.of(y.upload()));
    }

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
        ClDevice device = resources.context().device();
        String name = ClDevice.name(resources.context().profiledDevice());
        if (kernels <= 0) {
            throw new FellBackException("%s counted no time in the kernels".formatted(name));
        }
        return Optional.of("%s (%s), %d ns in the kernels by its own clock".formatted(name, device.platform().name(), kernels));
    }

    /**
     * Of each command, the device's time from start to end. CLBlast gives the event of the last of its
     * kernels only, so where it launches several their time begins with a marker in front of them: what
     * the device waited between them is in it. dispatch is what the host waited beyond all of them
     * together, from the first call to the return of clFinish. driver_compile is what clBuildProgram
     * took for our own kernels when this was prepared; CLBlast compiles its own in their first execution.
     */
    @Override
    public Map<String, Long> profile() {
        requireOpen();
        long queue = resources.context().profilingQueue();
        Map<String, Long> nanos = new LinkedHashMap<>();
        List<Span> spans = new ArrayList<>();
        PointerBuffer events = PointerBuffer.allocateDirect(2 * commands.size());
        int made = 0;
        try {
            long start = System.nanoTime();
            for (Command command : commands) {
                boolean several = command.kind() == Command.Kind.KERNELS;
                if (several) {
                    Cl.check(
                            CL12.clEnqueueMarkerWithWaitList(queue, null, events.slice(made, 1)),
                            "clEnqueueMarkerWithWaitList");
                    made++;
                }
                command.enqueue(queue, events.slice(made, 1));
                spans.add(new Span(command, several ? made - 1 : made, made));
                made++;
            }
            ClContext.finish(queue);
            long wall = System.nanoTime() - start;
            long kernels = 0;
            for (Span span : spans) {
                long time = time(events.get(span.last), CL10.CL_PROFILING_COMMAND_END) - time(
                        events.get(span.first),
                        span.first == span.last ? CL10.CL_PROFILING_COMMAND_START : CL10.CL_PROFILING_COMMAND_END);
                nanos.merge(span.command.stage(), time, Long::sum);
                kernels += span.command.kind() == Command.Kind.TRANSFER ? 0 : time;
            }
            long all = nanos.values().stream().mapToLong(Long::longValue).sum();
            // Two clocks: where the device's runs ahead, nothing is left for the host.
            nanos.put("dispatch", Math.max(0, wall - all));
            nanos.put(KERNEL_STAGE, kernels);
            if (resources.buildNanos() > 0) {
                nanos.put("driver_compile", resources.buildNanos());
            }
            return nanos;
        } finally {
            for (int i = 0; i < made; i++) {
                Cl.check(CL10.clReleaseEvent(events.get(i)), "clReleaseEvent");
            }
        }
    }

    /** A command, and which events its time lies between. */
    private record Span(Command command, int first, int last) {}

    private static long time(long event, int what) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            LongBuffer value = stack.mallocLong(1);
            Cl.check(CL10.clGetEventProfilingInfo(event, what, value, null), "clGetEventProfilingInfo");
            return value.get(0);
        }
    }

    /** Our own; CLBlast does not show those that it compiles. */
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
