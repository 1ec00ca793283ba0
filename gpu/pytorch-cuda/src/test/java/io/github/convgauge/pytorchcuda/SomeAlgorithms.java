package io.github.convgauge.pytorchcuda;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A backend as if it had no other algorithms: those in TF32 have other dtypes than the rest. */
record SomeAlgorithms(Backend whole, Predicate<String> taken) implements Backend {
    @Override
    public String name() {
        return whole.name();
    }

    @Override
    public void start() throws BackendUnavailableException {
        whole.start();
    }

    @Override
    public Map<String, String> versions() {
        return whole.versions();
    }

    @Override
    public List<Device> devices() {
        return whole.devices();
    }

    @Override
    public List<Algorithm> algorithms() {
        return whole.algorithms().stream().filter(algorithm -> taken.test(algorithm.name())).toList();
    }

    @Override
    public PreparedConv prepare(ConvSpec spec, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
        return whole.prepare(spec, x, w, y);
    }

    @Override
    public void close() {
        whole.close();
    }
}
