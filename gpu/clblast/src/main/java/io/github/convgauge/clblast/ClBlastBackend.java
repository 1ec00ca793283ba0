package io.github.convgauge.clblast;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.lwjgl.Version;

/**
 * The {@code clblast} backend: CLBlast, an OpenCL BLAS with parameters tuned for many devices, as what
 * a user would pick instead of kernels of his own, on every device of every OpenCL platform.
 *
 * <p>The number of threads of a row means nothing here: a device computes on all its compute units.
 */
public final class ClBlastBackend implements Backend {
    private static final Regime[] REGIMES = Regime.ofDevices();

    private static final List<Algorithm> ALGORITHMS = List.of(
            Algorithm.summing("convgemm", "CLBlast's convolution: a product whose windows are read out of x", REGIMES),
            Algorithm.summing("im2col+gemm", "the windows copied into a matrix, then CLBlast's product", REGIMES));

    private final UnaryOperator<ClDevice.Limits> limits;
    private List<ClDevice> devices = List.of();
    private ClBlast blast;
    private final Map<String, ClContext> contexts = new HashMap<>();

    public ClBlastBackend() {
        this(UnaryOperator.identity());
    }

    /** @param limits makes other limits of those that a device states */
    ClBlastBackend(UnaryOperator<ClDevice.Limits> limits) {
        this.limits = limits;
    }

    @Override
    public String name() {
        return "clblast";
    }

    @Override
    public void start() throws BackendUnavailableException {
        devices = ClPlatform.devices().stream().map(device -> device.with(limits.apply(device.limits()))).toList();
        blast = ClBlast.load();
    }

    @Override
    public Map<String, String> versions() {
        Map<String, String> versions = new TreeMap<>();
        versions.put("CLBlast", blast.version());
        versions.put("LWJGL", Version.getVersion());
        devices.forEach(device -> versions.put(device.platform().name(), device.platform().version()));
        return versions;
    }

    @Override
    public List<Device> devices() {
        return devices.stream().map(ClDevice::toDevice).toList();
    }

    @Override
    public List<Algorithm> algorithms() {
        return ALGORITHMS;
    }

    @Override
    public PreparedConv prepare(ConvSpec spec, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
        ClDevice device = device(spec.deviceId());
        checkAlgorithm(spec);
        checkDType(device, spec.dtype());
        spec.requireDefaultVariant();
        spec.requireTensors(x, w, y);
        ClContext context = contexts.computeIfAbsent(device.id(), id -> new ClContext(device));
        Plan plan = switch (spec.algorithm()) {
            case "convgemm" -> new Convgemm(blast, spec.problem(), x, w, y);
            case "im2col+gemm" -> new ColumnsGemm(blast, context, spec.problem(), x, w, y);
            default -> throw new IllegalArgumentException("no plan for " + spec.algorithm());
        };
        DeviceMemory memory = new DeviceMemory();
        List<DeviceTensor> tensors = List.of(plan.x(), plan.w(), plan.y());
        tensors.forEach(tensor -> memory.add(tensor.name(), tensor.bytes()));
        plan.declare(memory);
        memory.requireFits(device.limits().memory(), device.limits().largestAllocation());
        Resources resources = new Resources(context);
        boolean made = false;
        try {
            tensors.forEach(tensor -> tensor.allocate(resources));
            PreparedConv conv = new DeviceConv(resources, spec.regime(), plan, plan.assemble(resources));
            made = true;
            return conv;
        } finally {
            if (!made) {
                resources.close();
            }
        }
    }

    /** What was prepared before can no longer be executed. */
    @Override
    public void close() {
        if (!contexts.isEmpty()) {
            blast.clearCache();
        }
        contexts.values().forEach(ClContext::close);
        contexts.clear();
    }

    private ClDevice device(String id) {
        return devices.stream()
                .filter(device -> device.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown device '%s'; there are %s".formatted(
                        id, String.join(", ", devices.stream().map(ClDevice::id).toList()))));
    }

    private static void checkAlgorithm(ConvSpec spec) throws UnsupportedConvException {
        Algorithm algorithm = ALGORITHMS.stream()
                .filter(a -> a.name().equals(spec.algorithm()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown algorithm '%s'; there are %s".formatted(
                        spec.algorithm(), String.join(", ", ALGORITHMS.stream().map(Algorithm::name).toList()))));
        if (!algorithm.regimes().contains(spec.regime())) {
            throw new UnsupportedConvException("a device's rows are resident, weights_resident and end_to_end, not "
                    + spec.regime().label());
        }
    }

    private static void checkDType(ClDevice device, DType dtype) throws UnsupportedConvException {
        if (!dtype.isFloating()) {
            throw new UnsupportedConvException("these rows compute in f32 and f64, not in " + dtype.label());
        }
        if (!device.hasOpenCl12()) {
            throw new UnsupportedConvException("%s has %s, and these rows need OpenCL 1.2".formatted(device.name(), device.version()));
        }
        if (!device.usable()) {
            throw new UnsupportedConvException(device.name() + " is there, but its driver says that it, or its compiler, is not available");
        }
        if (dtype == DType.F64 && !device.limits().f64()) {
            throw new UnsupportedConvException(device.name() + " does not compute in f64");
        }
    }
}
