package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.FellBackException;
import io.github.convgauge.backend.Grouping;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.PreparedMany;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.Tf32;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.openclc.Plan;
import io.github.convgauge.openclc.Program;
import io.github.convgauge.tensor.Tensor;
import io.github.convgauge.tornadovm.graphs.ConvGraph;
import io.github.convgauge.tornadovm.graphs.Libraries;
import io.github.convgauge.tornadovm.graphs.LibraryGraph;
import io.github.convgauge.tornadovm.graphs.PrebuiltGraph;
import io.github.convgauge.tornadovm.graphs.RowGraph;
import io.github.convgauge.tornadovm.graphs.Variant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private static final String BYTECODE_SIZE = "tornado.tvm.maxbytecodesize";
    private static final String LOOP_INTERCHANGE = "tornado.loop.interchange";
    /** At the most, its transfers included. */
    private static final int BYTECODE_OF_A_TASK = 512;

    private final Libraries libraries;
    private final boolean librariesAnywhere;
    /** By algorithm and device: what keeps a library from working there, or null. */
    private final Map<String, String> libraryTroubles = new HashMap<>();
    private Map<String, String> versions;
    private TornadoDevices devices;

    public TornadoBackend() {
        this(new CudaLibraries(), false);
    }

    /**
     * @param libraries what NVIDIA's libraries do
     * @param librariesAnywhere whether they take any device, as stand-ins do
     */
    TornadoBackend(Libraries libraries, boolean librariesAnywhere) {
        this.libraries = libraries;
        this.librariesAnywhere = librariesAnywhere;
    }

    @Override
    public String name() {
        return "tornadovm";
    }

    @Override
    public void start() throws BackendUnavailableException {
        versions = new TreeMap<>(Sdk.versions());
        versions.put("TornadoVM's options for OpenCL C", CompilerFlags.opencl());
        versions.put("TornadoVM's options for OpenCL C, on PoCL", CompilerFlags.onPocl());
        versions.put("options for hand-written OpenCL C", Program.FLAGS + ", FP_CONTRACT ON");
        liftMemoryLimit();
        liftBytecodeLimit();
        keepLoopOrder();
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

    /**
     * TornadoVM's own bytecode for a graph must fit 4096 bytes unless told otherwise before it is loaded,
     * which some 50 tasks overrun; this holds as many as a graph may have.
     */
    private static void liftBytecodeLimit() {
        if (System.getProperty(BYTECODE_SIZE) == null) {
            System.setProperty(BYTECODE_SIZE, Integer.toString(ConvGraph.MAX_TASKS * BYTECODE_OF_A_TASK));
        }
    }

    /**
     * On a device that is no CPU, TornadoVM makes the innermost of nested {@code @Parallel} loops dimension 0 of the grid, elsewhere
     * the outermost one. Grids are laid out for the latter, and kernels so that its neighbours lie side by side in memory. With
     * the two dimensions exchanged a grid still covers the loops, since each is a grid-stride loop: no answer would be wrong, only slow.
     */
    private static void keepLoopOrder() {
        System.setProperty(LOOP_INTERCHANGE, "False");
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
                        ConvGraph.IM2COL_GEMM, "two tasks of @Parallel loops: the windows into a matrix, and its product, on a processor in blocks as direct-blocked",
                        REGIMES),
                Algorithm.summing(
                        ConvGraph.IM2COL_GEMM_TILED, "the same with a matrix product in tiles of local memory (KernelContext)",
                        REGIMES),
                Algorithm.summing(ConvGraph.DIRECT, "@Parallel loops over the definition, one output a work item", REGIMES),
                Algorithm.summing(
                        ConvGraph.DIRECT_BLOCKED, "@Parallel loops, several pixels times a vector of channels a work item",
                        REGIMES),
                Algorithm.summing(
                                ConvGraph.IMPLICIT_GEMM,
                                "the product of im2col+gemm by tiles in local memory, without the matrix (KernelContext)", REGIMES)
                        .madeFor(devices.gpus()),
                Algorithm.summing(
                                PrebuiltGraph.DIRECT_BLOCKED, "a prebuilt task: the OpenCL C of opencl's direct-blocked, by TornadoVM's runtime",
                                REGIMES)
                        .withKernelsOf(Plan.DIRECT_BLOCKED),
                Algorithm.summing(
                                LibraryGraph.IM2COL_CUBLAS, "a task of the windows into a matrix, and cuBLAS as a library task",
                                REGIMES)
                        .madeFor(devices.nvidia()),
                Algorithm.summing(
                                LibraryGraph.IM2COL_CUBLAS_TF32, "the same on tensor cores, with the inputs in TF32", REGIMES)
                        .within(Tf32.LAW)
                        .madeFor(devices.nvidia()),
                Algorithm.summing(
                                LibraryGraph.CUDNN, "cuDNN's implicit GEMM as a library task, in TF32 where the device has that",
                                REGIMES)
                        .within(Tf32.LAW)
                        .madeFor(devices.nvidia()));
    }

    @Override
    public PreparedConv prepare(ConvSpec spec, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
        TornadoDevices.Entry device = requireDevice(spec);
        spec.requireTensors(x, w, y);
        if (PrebuiltGraph.does(spec.algorithm()) || LibraryGraph.does(spec.algorithm())) {
            spec.requireDefaultVariant();
        }
        RowGraph graph = LibraryGraph.does(spec.algorithm())
                ? libraryGraph(spec, x, w, y, device)
                : PrebuiltGraph.does(spec.algorithm())
                ? PrebuiltGraph.of(
                        spec, x, w, y, device.target(), device.grids(), device.globalBytes(), device.largestAllocationBytes())
                : ConvGraph.of(spec, x, w, y, device.grids(), device.globalBytes(), device.largestAllocationBytes());
        return new TornadoConv(graph, spec.regime(), y, device);
    }

    /** @throws UnsupportedConvException if the SDK, the device or the library does not do it */
    private RowGraph libraryGraph(ConvSpec spec, Tensor x, Tensor w, Tensor y, TornadoDevices.Entry device)
            throws UnsupportedConvException {
        if (!librariesAnywhere && !device.driver().equals(Libraries.DRIVER)) {
            throw new UnsupportedConvException(
                    "NVIDIA's libraries are library tasks of TornadoVM's %s backend, and this device is reached through its %s backend"
                            .formatted(Libraries.DRIVER, device.driver()));
        }
        if (!librariesAnywhere && spec.algorithm().equals(LibraryGraph.IM2COL_CUBLAS_TF32)) {
            Tf32.require(spec, device.capability());
        }
        RowGraph graph = LibraryGraph.of(
                spec, x, w, y, device.grids(), device.globalBytes(), device.largestAllocationBytes(), libraries);
        requireLibrary(spec, device);
        return graph;
    }

    /**
     * Has the library do the smallest convolution that there is, once for each algorithm and device: whether its native
     * part and NVIDIA's own library are there shows at no earlier time.
     *
     * @throws UnsupportedConvException with what TornadoVM says, if it is not
     */
    private void requireLibrary(ConvSpec spec, TornadoDevices.Entry device) throws UnsupportedConvException {
        String key = spec.algorithm() + " " + device.id();
        if (!libraryTroubles.containsKey(key)) {
            libraryTroubles.put(key, libraryTrouble(spec, device));
        }
        String trouble = libraryTroubles.get(key);
        if (trouble != null) {
            throw new UnsupportedConvException("its library does not work on this device: " + trouble);
        }
    }

    /** What is in the way, or null. */
    private String libraryTrouble(ConvSpec spec, TornadoDevices.Entry device) throws UnsupportedConvException {
        ConvProblem least = ConvProblem.parse("ic1ih1oc1kh1");
        ConvSpec trial = new ConvSpec(
                least, spec.dtype(), spec.deviceId(), spec.algorithm(), Regime.RESIDENT, spec.output(), spec.threads());
        Tensor y = Tensor.allocate(spec.dtype(), least.ySizes());
        RowGraph graph = LibraryGraph.of(
                trial, Tensor.allocate(spec.dtype(), least.xSizes()), Tensor.allocate(spec.dtype(), least.wSizes()), y,
                device.grids(), device.globalBytes(), device.largestAllocationBytes(), libraries);
        try (TornadoConv conv = new TornadoConv(graph, Regime.RESIDENT, y, device)) {
            conv.execute();
            return null;
        } catch (FellBackException e) {
            return Plans.summary(e.getCause() == null ? e : e.getCause());
        }
    }

    @Override
    public Optional<PreparedMany> prepareMany(ConvSpec spec, Grouping grouping, Tensor x, Tensor w, List<Tensor> ys)
            throws UnsupportedConvException {
        TornadoDevices.Entry device = requireDevice(spec);
        if (spec.regime() != Regime.RESIDENT) {
            throw new UnsupportedConvException("many convolutions are submitted where nothing moves, not " + spec.regime().label());
        }
        if (PrebuiltGraph.does(spec.algorithm())) {
            throw new UnsupportedConvException("hand-written kernels are tasks of graphs of their own, not many of one graph");
        }
        if (LibraryGraph.does(spec.algorithm())) {
            throw new UnsupportedConvException("calls of NVIDIA's libraries are rows of their own, not many of one graph");
        }
        for (Tensor y : ys) {
            spec.requireTensors(x, w, y);
        }
        long memory = device.globalBytes();
        long largest = device.largestAllocationBytes();
        if (grouping == Grouping.TOGETHER) {
            return Optional.of(new OneGraph(ConvGraph.many(spec, x, w, ys, device.grids(), memory, largest), ys, device));
        }
        ConvGraph.requireFit(spec, x, w, ys, device.grids(), memory, largest);
        List<PreparedConv> each = new ArrayList<>();
        for (Tensor y : ys) {
            each.add(new TornadoConv(ConvGraph.of(spec, x, w, y, device.grids(), memory, largest), spec.regime(), y, device));
        }
        return Optional.of(new GraphEach(each));
    }

    /** @throws UnsupportedConvException if the device does not do this dtype or regime */
    private TornadoDevices.Entry requireDevice(ConvSpec spec) throws UnsupportedConvException {
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
        return Variant.list(requireDevice(spec).grids(), spec);
    }

    /** @throws IllegalArgumentException if there is none of that id */
    TornadoDevices.Entry device(String id) {
        return devices.get(id);
    }
}
