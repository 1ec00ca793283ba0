package io.github.convgauge.opencl;

import io.github.convgauge.backend.FellBackException;
import io.github.convgauge.backend.Grouping;
import io.github.convgauge.backend.PreparedMany;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.cl.Assembly;
import io.github.convgauge.cl.Command;
import io.github.convgauge.cl.DeviceTensor;
import io.github.convgauge.cl.Resources;
import io.github.convgauge.cl.Timeline;
import io.github.convgauge.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
            convolutions.add(assembly.activations());
        }
        resources.context().enqueue(before);
        finish();
    }

    private void finish() {
        resources.context().finish();
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
            resources.context().enqueue(convolutions.get(i));
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
        resources.context().enqueue(ys.stream().map(DeviceTensor::upload).toList());
        finish();
    }

    @Override
    public List<Tensor> outputs() {
        requireOpen();
        resources.context().enqueue(ys.stream().map(DeviceTensor::download).toList());
        finish();
        return ys.stream().map(DeviceTensor::takeBack).toList();
    }

    /** All kernels on the queue that takes times; each must have taken some. */
    @Override
    public Optional<String> proof() {
        requireOpen();
        String name = resources.context().profiledDevice();
        List<Long> nanos = Timeline.of(resources.context(), convolutions.stream().flatMap(List::stream).toList()).nanos();
        for (int i = 0; i < nanos.size(); i++) {
            if (nanos.get(i) <= 0) {
                throw new FellBackException("%s counted no time in kernel %d of %d".formatted(name, i + 1, nanos.size()));
            }
        }
        return Optional.of("%s (%s), %d ns in %d kernels by its own clock".formatted(
                name, resources.context().device().platform().name(),
                nanos.stream().mapToLong(Long::longValue).sum(), nanos.size()));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            resources.close();
        }
    }
}
