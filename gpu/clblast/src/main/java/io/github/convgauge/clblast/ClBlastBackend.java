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
import io.github.convgauge.cl.Assembly;
import io.github.convgauge.cl.ClContext;
import io.github.convgauge.cl.ClDevice;
import io.github.convgauge.cl.ClDevices;
import io.github.convgauge.cl.DeviceConv;
import io.github.convgauge.cl.DeviceTensor;
import io.github.convgauge.cl.Resources;
import io.github.convgauge.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

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
    private ClDevices devices = ClDevices.none();
    private ClBlast blast;

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
        devices = ClDevices.find(limits);
        blast = ClBlast.load();
    }

    @Override
    public Map<String, String> versions() {
        Map<String, String> versions = devices.versions();
        versions.put("CLBlast", blast.version());
        return versions;
    }

    @Override
    public List<Device> devices() {
        return devices.toDevices();
    }

    @Override
    public List<Algorithm> algorithms() {
        return ALGORITHMS;
    }

    @Override
    public PreparedConv prepare(ConvSpec spec, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
        ClDevice device = devices.require(spec, ALGORITHMS, "these rows");
        spec.requireDefaultVariant();
        spec.requireTensors(x, w, y);
        ClContext context = devices.context(device);
        Plan plan = switch (spec.algorithm()) {
            case "convgemm" -> new Convgemm(blast, spec.problem(), x, w, y);
            case "im2col+gemm" -> new ColumnsGemm(blast, context, spec.problem(), x, w, y);
            default -> throw new IllegalArgumentException("no plan for " + spec.algorithm());
        };
        DeviceMemory memory = new DeviceMemory();
        List<DeviceTensor> tensors = List.of(plan.x(), plan.w(), plan.y());
        tensors.forEach(tensor -> memory.add(tensor.operand().buffer().name(), tensor.bytes()));
        plan.declare(memory);
        memory.requireFits(device.limits().memory(), device.limits().largestAllocation());
        return Resources.with(context, resources -> {
            tensors.forEach(tensor -> tensor.allocate(resources));
            return new DeviceConv(
                    resources, spec.regime(), plan.x(), plan.w(), plan.y(), new Assembly(List.of(), plan.assemble(resources)));
        });
    }

    /** What was prepared before can no longer be executed. */
    @Override
    public void close() {
        if (devices.isUsed()) {
            blast.clearCache();
        }
        devices.close();
    }
}
