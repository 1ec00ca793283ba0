package io.github.convgauge.peers.onednn;

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
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.Loader;

/** oneDNN on the CPU: x and y in NHWC, the weights in the format that its kernel likes best. */
public final class OneDnnBackend implements Backend {
    private engine cpu;
    private stream queue;

    @Override
    public String name() {
        return "onednn";
    }

    @Override
    public void start() throws BackendUnavailableException {
        try {
            // Read by JavaCPP's classes when they start. Everything is closed here, so it needs no collector.
            Map.of("org.bytedeco.javacpp.logger", "slf4j", "org.bytedeco.javacpp.noPointerGC", "true",
                            "org.bytedeco.javacpp.maxBytes", "0", "org.bytedeco.javacpp.maxPhysicalBytes", "0")
                    .forEach((key, value) -> {
                        if (System.getProperty(key) == null) {
                            System.setProperty(key, value);
                        }
                    });
            Loader.load(dnnl.class);
            cpu = new engine(engine.kind.cpu, 0);
            queue = new stream(cpu);
        } catch (LinkageError | RuntimeException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip();
            throw new BackendUnavailableException(
                    "oneDNN does not load (%s)".formatted(reason),
                    "build convgauge on this very platform (there is a oneDNN for linux-x86_64, macosx-x86_64 and windows-x86_64)"
                            + " and leave 100 MB free in ~/.javacpp",
                    e);
        }
    }

    @Override
    public Map<String, String> versions() {
        dnnl_version_t version = dnnl.dnnl_version();
        return Map.of("onednn", version.major() + "." + version.minor() + "." + version.patch());
    }

    @Override
    public List<Device> devices() {
        return List.of(Device.host());
    }

    @Override
    public List<Algorithm> algorithms() {
        return List.of(Algorithm.summing(
                        "convolution", "its direct convolution, NHWC, weights in its own format", Regime.EAGER, Regime.PREPARED)
                .writing(Output.REUSED, Output.FRESH));
    }

    @Override
    public PreparedConv prepare(ConvSpec spec, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
        if (!spec.deviceId().equals(Device.HOST_ID)) {
            throw new IllegalArgumentException("unknown device '%s'; oneDNN runs on %s here".formatted(spec.deviceId(), Device.HOST_ID));
        }
        if (spec.dtype() != DType.F32) {
            throw new UnsupportedConvException("oneDNN has no %s convolution".formatted(spec.dtype().label()));
        }
        if (spec.regime() != Regime.EAGER && spec.regime() != Regime.PREPARED) {
            throw new UnsupportedConvException("oneDNN on the CPU is eager or prepared, not " + spec.regime().label());
        }
        spec.requireDefaultVariant();
        spec.requireTensors(x, w, y);
        return new OneDnnConv(cpu, queue, spec, x, w, y);
    }

    @Override
    public void close() {
        if (queue != null) {
            queue.close();
            cpu.close();
        }
    }
}
