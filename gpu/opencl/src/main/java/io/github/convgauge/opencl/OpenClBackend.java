package io.github.convgauge.opencl;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.CopyLoop;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.Grouping;
import io.github.convgauge.backend.PeakLoop;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.PreparedMany;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.openclc.Plan;
import io.github.convgauge.openclc.Program;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.lwjgl.Version;

/**
 * The {@code opencl} backend: hand-written OpenCL C on every device of every OpenCL platform, through
 * LWJGL's binding.
 *
 * <p>The number of threads of a row means nothing here: a device computes on all its compute units,
 * also where it is the processor itself (PoCL).
 */
public final class OpenClBackend implements Backend {
    private static final Regime[] REGIMES = Regime.ofDevices();

    private static final List<Algorithm> ALGORITHMS = List.of(
            Algorithm.summing(
                    Plan.IM2COL_GEMM, "the windows copied into a matrix, then a product blocked in registers", REGIMES),
            Algorithm.summing(
                    Plan.IM2COL_GEMM_TILED, "the windows copied into a matrix, then a product by tiles in local memory", REGIMES),
            Algorithm.summing(Plan.DIRECT, "the definition, one output a work item", REGIMES),
            Algorithm.summing(
                    Plan.DIRECT_BLOCKED, "the definition, several pixels and a vector of channels a work item", REGIMES));

    private final UnaryOperator<ClDevice.Limits> limits;
    private List<ClDevice> devices = List.of();
    private final Map<String, ClContext> contexts = new HashMap<>();

    public OpenClBackend() {
        this(UnaryOperator.identity());
    }

    /** @param limits makes other limits of those that a device states */
    OpenClBackend(UnaryOperator<ClDevice.Limits> limits) {
        this.limits = limits;
    }

    @Override
    public String name() {
        return "opencl";
    }

    @Override
    public void start() throws BackendUnavailableException {
        devices = ClPlatform.devices().stream().map(device -> device.with(limits.apply(device.limits()))).toList();
    }

    @Override
    public Map<String, String> versions() {
        Map<String, String> versions = new TreeMap<>();
        versions.put("LWJGL", Version.getVersion());
        versions.put("OpenCL C options", Program.FLAGS + ", FP_CONTRACT ON");
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
        spec.requireTensors(x, w, y);
        OneConv part = part(spec, device, x, w, y);
        part.memory().requireFits(device.limits().memory(), device.limits().largestAllocation());
        Resources resources = new Resources(context(device));
        boolean made = false;
        try {
            PreparedConv conv = new DeviceConv(resources, spec.regime(), part.x(), part.w(), part.y(), part.assemble(resources));
            made = true;
            return conv;
        } finally {
            if (!made) {
                resources.close();
            }
        }
    }

    private static OneConv part(ConvSpec spec, ClDevice device, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
        DeviceTensor dx = new DeviceTensor("x", x);
        DeviceTensor dw = new DeviceTensor("w", w);
        DeviceTensor dy = new DeviceTensor("y", y);
        Plan plan = Plan.of(
                spec.algorithm(), spec.variant(), device.target(), spec.problem(), dx.operand(), dw.operand(), dy.operand());
        return new OneConv(dx, dw, dy, plan, spec.dtype().bytes());
    }

    @Override
    public Optional<PreparedMany> prepareMany(ConvSpec spec, Grouping grouping, Tensor x, Tensor w, List<Tensor> ys)
            throws UnsupportedConvException {
        ClDevice device = device(spec.deviceId());
        checkAlgorithm(spec);
        checkDType(device, spec.dtype());
        if (spec.regime() != Regime.RESIDENT) {
            throw new UnsupportedConvException("many convolutions are submitted where nothing moves, not " + spec.regime().label());
        }
        List<OneConv> parts = new ArrayList<>();
        DeviceMemory memory = new DeviceMemory();
        for (Tensor y : ys) {
            spec.requireTensors(x, w, y);
            OneConv part = part(spec, device, x, w, y);
            DeviceMemory one = part.memory();
            one.requireFits(device.limits().memory(), device.limits().largestAllocation());
            memory.add("the buffers of %d convolutions".formatted(ys.size()), one.bytes());
            parts.add(part);
        }
        memory.requireFits(device.limits().memory(), Long.MAX_VALUE);
        Resources resources = new Resources(context(device));
        boolean made = false;
        try {
            PreparedMany many = new ManyConv(resources, grouping, parts);
            made = true;
            return Optional.of(many);
        } finally {
            if (!made) {
                resources.close();
            }
        }
    }

    @Override
    public List<String> variants(ConvSpec spec) throws UnsupportedConvException {
        checkAlgorithm(spec);
        ClDevice device = device(spec.deviceId());
        checkDType(device, spec.dtype());
        return Plan.variants(device.target(), spec);
    }

    /** The register-only loop of multiply-adds; none for a dtype that the device does not have. */
    @Override
    public Optional<PeakLoop> peak(String deviceId, DType dtype, int threads) {
        ClDevice device = device(deviceId);
        boolean has = device.usable() && device.hasOpenCl12()
                && (dtype == DType.F32 || (dtype == DType.F64 && device.limits().f64()));
        return has ? Optional.of(new ClPeak(context(device), dtype)) : Optional.empty();
    }

    /** A copy by a kernel; none where the device has no room for arrays that its caches do not hold. */
    @Override
    public Optional<CopyLoop> copy(String deviceId, long arrayBytes, int threads) {
        ClDevice device = device(deviceId);
        return device.usable() && device.hasOpenCl12() ? ClCopy.of(context(device), arrayBytes) : Optional.empty();
    }

    /** What was prepared before can no longer be executed. */
    @Override
    public void close() {
        contexts.values().forEach(ClContext::close);
        contexts.clear();
    }

    private ClContext context(ClDevice device) {
        return contexts.computeIfAbsent(device.id(), id -> new ClContext(device));
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
            throw new UnsupportedConvException("the kernels compute in f32 and f64, not in " + dtype.label());
        }
        if (!device.hasOpenCl12()) {
            throw new UnsupportedConvException("%s has %s, and the kernels need OpenCL 1.2".formatted(device.name(), device.version()));
        }
        if (!device.usable()) {
            throw new UnsupportedConvException(device.name() + " is there, but its driver says that it, or its compiler, is not available");
        }
        if (dtype == DType.F64 && !device.limits().f64()) {
            throw new UnsupportedConvException(device.name() + " does not compute in f64");
        }
    }
}
