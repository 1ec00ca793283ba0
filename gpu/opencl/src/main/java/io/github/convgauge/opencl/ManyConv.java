package io.github.convgauge.opencl;

import io.github.convgauge.backend.FellBackException;
import io.github.convgauge.backend.Grouping;
import io.github.convgauge.backend.PreparedMany;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lwjgl.PointerBuffer;
import org.lwjgl.opencl.CL10;

/**
 * Convolutions of one problem whose kernels are enqueued one after the other, with one clFinish behind all of
 * them or one behind each. Nothing moves.
 */
final class ManyConv implements PreparedMany {
    private final Resources resources;
    private final Grouping grouping;
    private final List<DeviceTensor> ys = new ArrayList<>();
    private final List<List<Command>> convolutions = new ArrayList<>();
    private boolean closed;

    /** Allocates, compiles each kernel once, and takes everything to the device. */
    ManyConv(Resources resources, Grouping grouping, List<OneConv> parts) throws UnsupportedConvException {
        this.resources = resources;
        this.grouping = grouping;
        List<Command> before = new ArrayList<>();
        for (OneConv part : parts) {
            Assembly assembly = part.assemble(resources);
            before.addAll(List.of(part.x().upload(), part.w().upload(), part.y().upload()));
            before.addAll(assembly.weights());
            ys.add(part.y());
            convolutions.add(List.copyOf(assembly.activations()));
        }
        enqueue(before);
        finish();
    }

    private void enqueue(List<Command> commands) {
        long queue = resources.context().queue();
        for (int i = 0; i < commands.size(); i++) {
            commands.get(i).enqueue(queue, null);
        }
    }

    private void finish() {
        ClContext.finish(resources.context().queue());
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("these convolutions are closed");
        }
    }

    @Override
    public void execute() {
        requireOpen();
        for (int i = 0; i < convolutions.size(); i++) {
            enqueue(convolutions.get(i));
            if (grouping == Grouping.APART) {
                finish();
            }
        }
        if (grouping == Grouping.TOGETHER) {
            finish();
        }
    }

    @Override
    public void uploadOutputs() {
        requireOpen();
        enqueue(ys.stream().map(DeviceTensor::upload).toList());
        finish();
    }

    @Override
    public List<Tensor> outputs() {
        requireOpen();
        enqueue(ys.stream().map(DeviceTensor::download).toList());
        finish();
        return ys.stream().map(DeviceTensor::tensor).toList();
    }

    /** All kernels on the queue that takes times; each must have taken some. */
    @Override
    public Optional<String> proof() {
        requireOpen();
        long queue = resources.context().profilingQueue();
        String name = ClDevice.name(resources.context().profiledDevice());
        List<Command> all = convolutions.stream().flatMap(List::stream).toList();
        PointerBuffer events = PointerBuffer.allocateDirect(all.size());
        int made = 0;
        try {
            for (Command command : all) {
                command.enqueue(queue, events.slice(made, 1));
                made++;
            }
            ClContext.finish(queue);
            long total = 0;
            for (int i = 0; i < made; i++) {
                long nanos = DeviceConv.time(events.get(i));
                if (nanos <= 0) {
                    throw new FellBackException("%s counted no time in kernel %d of %d".formatted(name, i + 1, made));
                }
                total += nanos;
            }
            return Optional.of("%s (%s), %d ns in %d kernels by its own clock".formatted(
                    name, resources.context().device().platform().name(), total, made));
        } finally {
            for (int i = 0; i < made; i++) {
                Cl.check(CL10.clReleaseEvent(events.get(i)), "clReleaseEvent");
            }
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            resources.close();
        }
    }
}
