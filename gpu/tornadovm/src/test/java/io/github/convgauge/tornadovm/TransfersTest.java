package io.github.convgauge.tornadovm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import io.github.convgauge.tornadovm.graphs.ConvGraph;
import io.github.convgauge.tornadovm.graphs.LibraryGraph;
import io.github.convgauge.tornadovm.graphs.PrebuiltGraph;
import io.github.convgauge.tornadovm.graphs.RowGraph;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * How many bytes a hot execution takes to the device, by TornadoVM's own count: the time of the stage copy_in does not
 * tell whether w is among them. The arguments of the kernels, which it counts too, are the same in each regime.
 */
@RequiresTornado
class TransfersTest {
    /** Weights that all read as they lie. */
    private static final ConvProblem IN_PLACE = ConvProblem.parse("mb2ic8ih9iw9oc8kh3");
    /** Weights that the blocked kernels read packed, which the graph that marks y does once. */
    private static final ConvProblem PACKED = ConvProblem.parse("mb2ic3ih7iw6oc19kh3kw2ph1");

    private static TornadoBackend backend;

    @BeforeAll
    static void start() {
        backend = Backends.start();
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private static RowGraph graph(ConvProblem p, String algorithm, Regime regime) throws UnsupportedConvException {
        TornadoDevices.Entry device = Backends.openCl(backend);
        ConvSpec spec = new ConvSpec(p, DType.F32, device.id(), algorithm, regime, Output.REUSED, 1);
        Tensor x = Tensor.allocate(DType.F32, p.xSizes());
        Tensor w = Tensor.allocate(DType.F32, p.wSizes());
        Tensor y = Tensor.allocate(DType.F32, p.ySizes());
        if (PrebuiltGraph.does(algorithm)) {
            return PrebuiltGraph.of(spec, x, w, y, device.target(), device.grids(), device.globalBytes(), device.largestAllocationBytes());
        }
        return LibraryGraph.does(algorithm)
                ? LibraryGraph.of(
                        spec, x, w, y, device.grids(), device.globalBytes(), device.largestAllocationBytes(), new StandInLibraries())
                : ConvGraph.of(spec, x, w, y, device.grids(), device.globalBytes(), device.largestAllocationBytes());
    }

    /** Bytes that the second execution takes in. */
    private static long bytesIn(ConvProblem p, String algorithm, Regime regime) throws Exception {
        RowGraph graph = graph(p, algorithm, regime);
        List<TaskGraph> graphs = new ArrayList<>(graph.before());
        graphs.addAll(List.of(graph.mark(), graph.graph()));
        String flags = graph.isPrebuilt() ? CompilerFlags.prebuilt() : CompilerFlags.generated(Backends.openCl(backend));
        try (TornadoExecutionPlan plan = Plans.of(graphs, graph.scheduler(), graph.bytes(), flags, Backends.openCl(backend))) {
            for (int i = 0; i < graphs.size(); i++) {
                plan.withGraph(i);
                Plans.run(plan, Backends.openCl(backend));
            }
            try (Profile.Session session = Profile.on(plan)) {
                return Plans.run(plan, Backends.openCl(backend)).getProfilerResult().getTotalBytesCopyIn();
            }
        } finally {
            graph.close();
        }
    }

    private static Map<Regime, Long> bytesIn(ConvProblem p, String algorithm, Regime... regimes) throws Exception {
        Map<Regime, Long> bytes = new EnumMap<>(Regime.class);
        for (Regime regime : regimes) {
            bytes.put(regime, bytesIn(p, algorithm, regime));
        }
        return bytes;
    }

    private static long bytes(long... sizes) {
        long elements = 1;
        for (long size : sizes) {
            elements *= size;
        }
        return elements * Float.BYTES + TornadoNativeArray.ARRAY_HEADER;
    }

    @Test
    void areWhatTheRegimeSays() throws Exception {
        for (String algorithm : List.of(
                ConvGraph.DIRECT, ConvGraph.DIRECT_BLOCKED, PrebuiltGraph.DIRECT_BLOCKED, LibraryGraph.IM2COL_CUBLAS)) {
            Map<Regime, Long> in = bytesIn(
                    IN_PLACE, algorithm, Regime.RESIDENT, Regime.WEIGHTS_RESIDENT, Regime.END_TO_END);
            assertEquals(bytes(IN_PLACE.xSizes()), in.get(Regime.WEIGHTS_RESIDENT) - in.get(Regime.RESIDENT), algorithm + " " + in);
            assertEquals(bytes(IN_PLACE.wSizes()), in.get(Regime.END_TO_END) - in.get(Regime.WEIGHTS_RESIDENT), algorithm + " " + in);
        }
    }

    @Test
    void packedWeightsStay() throws Exception {
        Map<Regime, Long> in = bytesIn(PACKED, PrebuiltGraph.DIRECT_BLOCKED, Regime.RESIDENT, Regime.WEIGHTS_RESIDENT);
        assertEquals(bytes(PACKED.xSizes()), in.get(Regime.WEIGHTS_RESIDENT) - in.get(Regime.RESIDENT), in.toString());
    }
}
