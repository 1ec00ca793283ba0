package io.github.convgauge.cpu;

import com.sun.management.OperatingSystemMXBean;
import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.CopyLoop;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.PeakLoop;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.direct.DirectConv;
import io.github.convgauge.cpu.direct.Tuner;
import io.github.convgauge.cpu.gemm.GemmConv;
import io.github.convgauge.cpu.winograd.GeneratedProduct;
import io.github.convgauge.cpu.winograd.Winograd;
import io.github.convgauge.cpu.winograd.WinogradConv;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The {@code cpu} backend: convolutions in plain Java on the processor that the JVM runs on.
 *
 * <p>Its threads read and write the tensors too, so these must not lie in a confined arena unless
 * there is one thread only.
 */
public final class CpuBackend implements Backend {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    /** One file of plain loops each, to read and to compare with. */
    private static final Set<String> READABLE = Set.of("naive", "kxk", "im2col");

    private final long memory;
    private final Tuner tuner = Tuner.ofEnvironment();
    /** One for each number of threads that was asked for. Parked threads cost nothing. */
    private final Map<Integer, WorkerPool> pools = new HashMap<>();

    public CpuBackend() {
        this(ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize());
    }

    /** @param memory what scratch and tensors must fit in, in bytes */
    CpuBackend(long memory) {
        this.memory = memory;
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public void start() throws BackendUnavailableException {
        if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
            throw new BackendUnavailableException(
                    "this JVM was started without the module " + VECTOR_MODULE,
                    "start it with --add-modules=" + VECTOR_MODULE,
                    null);
        }
    }

    /** None beside the JDK. */
    @Override
    public Map<String, String> versions() {
        return Map.of();
    }

    @Override
    public List<Device> devices() {
        return List.of(Device.host());
    }

    @Override
    public List<Algorithm> algorithms() {
        return List.of(
                Algorithm.summing("naive", "the definition: seven loops", Regime.EAGER),
                Algorithm.summing("kxk", "one matrix product for each tap, summed in the output", Regime.EAGER),
                Algorithm.summing("direct", "register blocks of pixels and channels, no column matrix; generated kernels",
                        Regime.EAGER, Regime.PREPARED).writing(Output.REUSED, Output.FRESH),
                Algorithm.summing("im2col", "the windows copied into a matrix, then one matrix product", Regime.EAGER),
                Algorithm.summing("im2col+gemm", "the same with a blocked matrix product of generated kernels",
                        Regime.EAGER, Regime.PREPARED),
                Winograd.F2.algorithm(Output.REUSED, Output.FRESH),
                Winograd.F4.algorithm(Output.REUSED, Output.FRESH));
    }

    @Override
    public PreparedConv prepare(ConvSpec spec, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
        checkDevice(spec.deviceId());
        ConvProblem problem = spec.problem();
        if (!spec.dtype().isFloating()) {
            throw new UnsupportedConvException("the kernels compute in f32 and f64, not in " + spec.dtype().label());
        }
        if (spec.regime() != Regime.EAGER && READABLE.contains(spec.algorithm())) {
            throw new UnsupportedConvException(
                    "%s uses the weights as they lie: it is eager, not %s".formatted(spec.algorithm(), spec.regime().label()));
        }
        spec.requireDefaultVariant();
        spec.requireTensors(x, w, y);
        return switch (spec.algorithm()) {
            case "naive" -> new NaiveConv(problem, x, w, y, pool(spec.threads()));
            case "kxk" -> new KxkConv(problem, x, w, y, pool(spec.threads()));
            case "im2col+gemm" -> new GemmConv(spec, x, w, y, pool(spec.threads()), memory);
            case "direct" -> new DirectConv(spec, x, w, y, pool(spec.threads()), tuner);
            case "im2col" -> new Im2colConv(problem, x, w, y, pool(spec.threads()), memory);
            case "winograd-f2" -> winograd(Winograd.F2, spec, x, w, y);
            case "winograd-f4" -> winograd(Winograd.F4, spec, x, w, y);
            default -> throw new IllegalArgumentException(
                    "unknown algorithm '%s'; there are %s".formatted(
                            spec.algorithm(), String.join(", ", algorithms().stream().map(Algorithm::name).toList())));
        };
    }

    private PreparedConv winograd(Winograd variant, ConvSpec spec, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
        return new WinogradConv(
                variant, spec.regime(), spec.output(), spec.problem(), x, w, y, pool(spec.threads()), memory, GeneratedProduct::of);
    }

    /** The register-only loop of fused multiply-adds, in f32 and f64. */
    @Override
    public Optional<PeakLoop> peak(String deviceId, DType dtype, int threads) {
        checkDevice(deviceId);
        return dtype.isFloating() ? Optional.of(new CpuPeak(dtype, pool(threads))) : Optional.empty();
    }

    /** A copy outside of the heap, a share for each thread. */
    @Override
    public Optional<CopyLoop> copy(String deviceId, long arrayBytes, int threads) {
        checkDevice(deviceId);
        return Optional.of(new CpuCopy(arrayBytes, pool(threads)));
    }

    /** Ends the threads; what was prepared before can no longer be executed. */
    @Override
    public void close() {
        pools.values().forEach(WorkerPool::close);
    }

    private WorkerPool pool(int threads) {
        return pools.computeIfAbsent(threads, WorkerPool::new);
    }

    private static void checkDevice(String id) {
        if (!id.equals(Device.HOST_ID)) {
            throw new IllegalArgumentException(
                    "unknown device '%s'; the cpu backend has %s only".formatted(id, Device.HOST_ID));
        }
    }
}
