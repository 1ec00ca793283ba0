package io.github.convgauge.peers.onnxruntime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** ONNX Runtime's CPU provider, through its own Java interface. */
public final class OnnxRuntimeBackend implements Backend {
    private OrtEnvironment environment;

    @Override
    public String name() {
        return "onnxruntime";
    }

    @Override
    public void start() throws BackendUnavailableException {
        try {
            environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "convgauge");
        } catch (LinkageError | RuntimeException e) {
            throw new BackendUnavailableException(
                    "ONNX Runtime does not load (%s)".formatted(String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip()),
                    "build convgauge anew on a platform that it is published for (Linux, macOS and Windows on x86-64 or ARM)",
                    e);
        }
    }

    @Override
    public Map<String, String> versions() {
        return Map.of("onnxruntime", environment.getVersion());
    }

    @Override
    public List<Device> devices() {
        return List.of(Device.host());
    }

    @Override
    public List<Algorithm> algorithms() {
        return List.of(Algorithm.summing("conv", "a model of one Conv node, x and y in NCHW", Regime.EAGER, Regime.PREPARED)
                .writing(Output.REUSED, Output.FRESH));
    }

    @Override
    public PreparedConv prepare(ConvSpec spec, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
        if (!spec.deviceId().equals(Device.HOST_ID)) {
            throw new IllegalArgumentException(
                    "unknown device '%s'; ONNX Runtime runs on %s here".formatted(spec.deviceId(), Device.HOST_ID));
        }
        if (spec.dtype() != DType.F32) {
            throw new UnsupportedConvException("ONNX Runtime's CPU provider has no %s convolution".formatted(spec.dtype().label()));
        }
        if (spec.regime() != Regime.EAGER && spec.regime() != Regime.PREPARED) {
            throw new UnsupportedConvException("ONNX Runtime on the CPU is eager or prepared, not " + spec.regime().label());
        }
        spec.requireDefaultVariant();
        spec.requireTensors(x, w, y);
        try {
            return new OnnxConv(environment, spec, x, w, y);
        } catch (OrtException e) {
            throw new UnsupportedConvException("ONNX Runtime refuses it: " + e.getMessage());
        }
    }

    /** The environment is the process's. */
    @Override
    public void close() {}
}
