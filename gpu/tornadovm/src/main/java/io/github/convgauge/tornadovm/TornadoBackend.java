package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.tensor.Tensor;
import io.github.convgauge.tornadovm.graphs.ConvGraph;
import io.github.convgauge.tornadovm.graphs.Variant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The {@code tornadovm} backend: convolutions as TornadoVM task graphs, on every device of every
 * backend that the SDK has.
 *
 * <p>It needs a JVM that was started with the SDK's own argument file, and with
 * {@code -Dtornado.recover.bailout=False}, without which TornadoVM goes on in Java where it cannot
 * compile a kernel.
 */
public final class TornadoBackend implements Backend {
    private static final Regime[] REGIMES = Regime.ofDevices();
    private static final String DEVICE_MEMORY = "tornado.device.memory";

    private Map<String, String> versions;
    private TornadoDevices devices;

    @Override
    public String name() {
        return "tornadovm";
    }

    @Override
    public void start() throws BackendUnavailableException {
        versions = new TreeMap<>(Sdk.versions());
        versions.put("TornadoVM's options for OpenCL C", CompilerFlags.opencl());
        liftMemoryLimit();
        devices = TornadoDevices.find();
    }

    /**
     * TornadoVM allows itself 4 GB of any device unless told otherwise before it is loaded. Each plan
     * gets a limit of its own instead, from its problem, which was held against the device before.
     */
    private static void liftMemoryLimit() {
        if (System.getProperty(DEVICE_MEMORY) == null) {
            System.setProperty(DEVICE_MEMORY, Long.MAX_VALUE + "B");
        }
    }

    @Override
    public Map<String, String> versions() {
        return versions;
    }

    @Override
    public List<Device> devices() {
        return devices.all();
    }

    @Override
    public List<Algorithm> algorithms() {
        return List.of(
                Algorithm.summing(
                        ConvGraph.IM2COL_GEMM, "two tasks of @Parallel loops: the windows into a matrix, one output a work item",
                        REGIMES),
                Algorithm.summing(
                        ConvGraph.IM2COL_GEMM_TILED, "the same with a matrix product in tiles of local memory (KernelContext)",
                        REGIMES),
                Algorithm.summing(ConvGraph.DIRECT, "@Parallel loops over the definition, one output a work item", REGIMES),
                Algorithm.summing(
                        ConvGraph.DIRECT_BLOCKED, "@Parallel loops, several pixels times a vector of channels a work item",
                        REGIMES));
    }

    @Override
    public PreparedConv prepare(ConvSpec spec, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
        TornadoDevices.Entry device = supported(spec);
        spec.requireTensors(x, w, y);
        ConvGraph graph = ConvGraph.of(spec, x, w, y, device.grids(), device.globalBytes(), device.largestAllocationBytes());
        return new TornadoConv(graph, spec.regime(), y, device);
    }

    /** The device, if it computes in that dtype and regime. */
    private TornadoDevices.Entry supported(ConvSpec spec) throws UnsupportedConvException {
        TornadoDevices.Entry device = devices.get(spec.deviceId());
        if (!spec.dtype().isFloating()) {
            throw new UnsupportedConvException("the kernels compute in f32 and f64, not in " + spec.dtype().label());
        }
        if (spec.dtype().bytes() == Double.BYTES && !device.hasF64()) {
            throw new UnsupportedConvException("%s has no f64".formatted(device.name()));
        }
        if (!Arrays.asList(REGIMES).contains(spec.regime())) {
            throw new UnsupportedConvException("a device row is resident, weights_resident or end_to_end, not " + spec.regime().label());
        }
        return device;
    }

    @Override
    public List<String> variants(ConvSpec spec) throws UnsupportedConvException {
        return Variant.list(supported(spec).grids(), spec);
    }

    /** @throws IllegalArgumentException if there is none of that id */
    TornadoDevices.Entry device(String id) {
        return devices.get(id);
    }
}
