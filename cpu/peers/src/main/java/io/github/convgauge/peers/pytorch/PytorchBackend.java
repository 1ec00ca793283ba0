package io.github.convgauge.peers.pytorch;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** libtorch on the CPU, through the JavaCPP bindings: what a Python user gets from torch.nn.functional.conv2d. */
public final class PytorchBackend implements Backend {
    private static final Algorithm NOTEBOOK = Algorithm.summing(
            "notebook", "permute, conv2d, permute, contiguous, as in the lecture notebook", Regime.EAGER)
            .writing(Output.FRESH);
    private static final Algorithm CHANNELS_LAST = Algorithm.summing(
            "channels-last", "conv2d in the memory format channels_last, PyTorch's best way for NHWC",
            Regime.EAGER, Regime.PREPARED).writing(Output.FRESH);

    private OpenBlas openBlas;

    @Override
    public String name() {
        return "pytorch";
    }

    @Override
    public void start() throws BackendUnavailableException {
        try {
            LibTorch.load();
            openBlas = OpenBlas.find();
        } catch (NoClassDefFoundError e) {
            throw new BackendUnavailableException(
                    "the Java bindings of libtorch are not on the class path",
                    "build convgauge anew, so that they lie beside the backend's jar",
                    e);
        }
    }

    @Override
    public Map<String, String> versions() {
        return LibTorch.versions();
    }

    @Override
    public List<Device> devices() {
        return List.of(Device.host());
    }

    @Override
    public List<Algorithm> algorithms() {
        return List.of(NOTEBOOK, CHANNELS_LAST);
    }

    @Override
    public PreparedConv prepare(ConvSpec spec, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
        Algorithm algorithm = check(spec);
        ConvProblem problem = spec.problem();
        TorchThreads threads = TorchThreads.of(openBlas, problem, spec.threads());
        try {
            threads.take();
        } catch (IllegalStateException e) {
            throw new UnsupportedConvException(e.getMessage());
        }
        if (algorithm == NOTEBOOK) {
            return new NotebookConv(problem, threads, TensorView.of(x), TensorView.of(w), TensorView.of(y));
        }
        return new ChannelsLastConv(
                problem,
                threads,
                TensorView.of(x.permute(0, 3, 1, 2)),
                TensorView.of(w.permute(3, 2, 0, 1)),
                TensorView.of(y),
                spec.regime() == Regime.PREPARED);
    }

    private Algorithm check(ConvSpec spec) throws UnsupportedConvException {
        Algorithm algorithm = algorithms().stream()
                .filter(a -> a.name().equals(spec.algorithm()))
                .findFirst()
                .orElseThrow(() -> new UnsupportedConvException("there is no algorithm '" + spec.algorithm() + "'"));
        if (!spec.deviceId().equals(Device.HOST_ID)) {
            throw new UnsupportedConvException("this libtorch computes on the host only, not on " + spec.deviceId());
        }
        if (!algorithm.regimes().contains(spec.regime())) {
            throw new UnsupportedConvException(
                    algorithm.name() + " has no regime " + spec.regime().label());
        }
        if (!spec.dtype().isFloating()) {
            throw new UnsupportedConvException("libtorch has no convolution of " + spec.dtype().label() + " on the CPU");
        }
        spec.requireDefaultVariant();
        return algorithm;
    }
}
