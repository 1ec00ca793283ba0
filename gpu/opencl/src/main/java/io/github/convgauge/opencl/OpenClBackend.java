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
import io.github.convgauge.cl.ClDevice;
import io.github.convgauge.cl.ClDevices;
import io.github.convgauge.cl.DeviceConv;
import io.github.convgauge.cl.DeviceTensor;
import io.github.convgauge.cl.Resources;
import io.github.convgauge.openclc.Plan;
import io.github.convgauge.openclc.Program;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

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
                    Plan.DIRECT_BLOCKED, "the definition, several pixels and a vector of channels a work item", REGIMES),
            Algorithm.summing(
                    Plan.IMPLICIT_GEMM, "the product of im2col+gemm by tiles in local memory, without the matrix", REGIMES));

    private final UnaryOperator<ClDevice.Limits> limits;
    private ClDevices devices = ClDevices.none();

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
        devices = ClDevices.find(limits);
    }

    @Override
    public Map<String, String> versions() {
        Map<String, String> versions = devices.versions();
        versions.put("OpenCL C options", Program.FLAGS + ", FP_CONTRACT ON");
        return versions;
    }

    @Override
    public List<Device> devices() {
        return devices.toDevices();
    }

    @Override
    public List<Algorithm> algorithms() {
        return ALGORITHMS.stream()
                // On a processor local memory is a cache like any other, and barriers are loops.
                .map(algorithm -> algorithm.name().equals(Plan.IMPLICIT_GEMM) ? algorithm.madeFor(devices.gpus()) : algorithm)
                .toList();
    }

    @Override
    public PreparedConv prepare(ConvSpec spec, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
        ClDevice device = require(spec);
        spec.requireTensors(x, w, y);
        OneConv part = part(spec, device, x, w, y);
        part.memory().requireFits(device.limits().memory(), device.limits().largestAllocation());
        return Resources.with(devices.context(device), resources ->
                new DeviceConv(resources, spec.regime(), part.x(), part.w(), part.y(), part.assemble(resources)));
    }

    private static OneConv part(ConvSpec spec, ClDevice device, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
        DeviceTensor dx = DeviceTensor.asItLies("x", x);
        DeviceTensor dw = DeviceTensor.asItLies("w", w);
        DeviceTensor dy = DeviceTensor.asItLies("y", y);
        Plan plan = Plan.of(
                spec.algorithm(), spec.variant(), device.target(), spec.problem(), dx.operand(), dw.operand(), dy.operand());
        return new OneConv(dx, dw, dy, plan, spec.dtype().bytes());
    }

    @Override
    public Optional<PreparedMany> prepareMany(ConvSpec spec, Grouping grouping, Tensor x, Tensor w, List<Tensor> ys)
            throws UnsupportedConvException {
        ClDevice device = require(spec);
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
        return Optional.of(Resources.with(devices.context(device), resources -> new ManyConv(resources, grouping, parts)));
    }

    @Override
    public List<String> variants(ConvSpec spec) throws UnsupportedConvException {
        return Plan.variants(require(spec).target(), spec);
    }

    /** The register-only loop of multiply-adds; none for a dtype that the device does not have. */
    @Override
    public Optional<PeakLoop> peak(String deviceId, DType dtype, int threads) {
        ClDevice device = devices.get(deviceId);
        boolean has = device.usable() && device.hasOpenCl12()
                && (dtype == DType.F32 || (dtype == DType.F64 && device.limits().f64()));
        return has ? Optional.of(new ClPeak(devices.context(device), dtype)) : Optional.empty();
    }

    /** A copy by a kernel; none where the device has no room for arrays that its caches do not hold. */
    @Override
    public Optional<CopyLoop> copy(String deviceId, long arrayBytes, int threads) {
        ClDevice device = devices.get(deviceId);
        return device.usable() && device.hasOpenCl12() ? ClCopy.of(devices.context(device), arrayBytes) : Optional.empty();
    }

    /** What was prepared before can no longer be executed. */
    @Override
    public void close() {
        devices.close();
    }

    private ClDevice require(ConvSpec spec) throws UnsupportedConvException {
        return devices.require(spec, ALGORITHMS, "the kernels");
    }
}
