package io.github.convgauge.opencl;

import io.github.convgauge.backend.KernelSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The commands of a row, as its plan puts them together. */
final class Assembly {
    private final Resources resources;
    private final List<Launch> weights = new ArrayList<>();
    private final List<Launch> activations = new ArrayList<>();

    Assembly(Resources resources) {
        this.resources = resources;
    }

    Resources resources() {
        return resources;
    }

    ClDevice device() {
        return resources.context().device();
    }

    /** A kernel that depends on the weights only: it runs anew only where they move. */
    void addWeights(Launch launch) {
        weights.add(launch);
    }

    /** A kernel of every execution. */
    void add(Launch launch) {
        activations.add(launch);
    }

    List<Launch> weights() {
        return weights;
    }

    List<Launch> activations() {
        return activations;
    }

    /** All kernels, in the order in which they run. */
    List<KernelSource> sources() {
        return Stream.concat(weights.stream(), activations.stream()).map(Launch::source).toList();
    }
}
