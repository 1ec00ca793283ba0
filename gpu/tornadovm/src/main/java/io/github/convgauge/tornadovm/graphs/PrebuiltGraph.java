package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.openclc.Buffer;
import io.github.convgauge.openclc.Call;
import io.github.convgauge.openclc.Operand;
import io.github.convgauge.openclc.Plan;
import io.github.convgauge.openclc.Target;
import io.github.convgauge.openclc.WorkSize;
import io.github.convgauge.tensor.Tensor;
import io.github.convgauge.tornadovm.grids.Grids;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.AccessorParameters;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * A row whose task is a hand-written OpenCL C kernel: the plan of gpu/opencl-c, its text, its constants and its
 * work sizes, launched by TornadoVM. What such a row takes longer than the hand-written one is TornadoVM's runtime
 * and the header of its arrays; what a generated row takes longer than it is the code generator.
 *
 * <p>TornadoVM 5.2.0 launches the first task's code for every prebuilt task of a graph, so each is in a graph of its
 * own and algorithms of several kernels are not done. Weights that must be packed and stay on the device are packed
 * before any execution, as the hand-written row does it; end to end, where that belongs to each execution, they are
 * refused.
 */
public final class PrebuiltGraph extends TwoGraphs {
    private static final String PREFIX = "prebuilt-";
    public static final String DIRECT_BLOCKED = PREFIX + Plan.DIRECT_BLOCKED;

    private static final String PACK = "pack";

    private final Target target;
    private final List<TaskGraph> before = new ArrayList<>();
    private final Map<Buffer, TornadoNativeArray> arrays;
    private final Row row;
    private final Path folder;

    /** The operands and how they are computed with, before anything is allocated. */
    private record Row(Operand x, Operand w, Operand y, Plan plan, DeviceMemory memory) {
        static Row of(ConvSpec spec, Tensor x, Tensor w, Tensor y, Target target) throws UnsupportedConvException {
            Operand ox = operand("x", x);
            Operand ow = operand("w", w);
            Operand oy = operand("y", y);
            Plan plan = Plan.of(spec.algorithm().substring(PREFIX.length()), spec.variant(), target, spec.problem(), ox, ow, oy);
            if (spec.regime() == Regime.END_TO_END && !plan.weights().isEmpty()) {
                throw new UnsupportedConvException("these weights must be packed, which end to end belongs to each execution,"
                        + " and TornadoVM runs one prebuilt task a graph");
            }
            DeviceMemory memory = new DeviceMemory();
            Stream.concat(Stream.of(ox.buffer(), ow.buffer(), oy.buffer()), plan.scratch().stream()).forEach(buffer -> memory.add(
                    buffer.name(), buffer.elements() * spec.dtype().bytes() + TornadoNativeArray.ARRAY_HEADER));
            return new Row(ox, ow, oy, plan, memory);
        }

        /** An array holds all of a tensor's storage. */
        private static Operand operand(String name, Tensor tensor) throws UnsupportedConvException {
            return Operand.of(name, tensor.dtype(), tensor.layout(), tensor.storage().byteSize() / tensor.dtype().bytes());
        }
    }

    private PrebuiltGraph(ConvSpec spec, Row row, Tensor x, Tensor w, Tensor y, Target target, Grids grids) {
        super(spec.problem(), spec.dtype(), grids, Shared.fresh(), "", 0, x, w, y, row.memory.bytes());
        this.target = target;
        this.row = row;
        arrays = new HashMap<>(Map.of(row.x.buffer(), this.x, row.w.buffer(), this.w, row.y.buffer(), this.y));
        row.plan.scratch().forEach(buffer -> arrays.put(buffer, tasks.allocate(Math.toIntExact(buffer.elements()))));
        try {
            folder = Files.createTempDirectory("convgauge-prebuilt");
        } catch (IOException e) {
            throw new UncheckedIOException("TornadoVM takes prebuilt kernels from files, and there is no place for one", e);
        }
        boolean made = false;
        try {
            build(spec.regime());
            made = true;
        } finally {
            if (!made) {
                close();
            }
        }
    }

    /**
     * @param globalBytes memory of the device
     * @param largestBytes its largest single allocation
     * @throws UnsupportedConvException if the row does not fit the device, before anything is allocated
     */
    public static PrebuiltGraph of(
            ConvSpec spec, Tensor x, Tensor w, Tensor y, Target target, Grids grids, long globalBytes, long largestBytes)
            throws UnsupportedConvException {
        Row row = Row.of(spec, x, w, y, target);
        row.memory.requireFits(globalBytes, largestBytes);
        return new PrebuiltGraph(spec, row, x, w, y, target, grids);
    }

    /** Whether an algorithm is done so. */
    public static boolean does(String algorithm) {
        return algorithm.equals(DIRECT_BLOCKED);
    }

    private void build(Regime regime) {
        List<Call> packs = row.plan.weights();
        for (int i = 0; i < packs.size() - 1; i++) {
            before.add(new TaskGraph(PACK + i));
            pack(before.getLast(), PACK + i, packs.get(i), i);
            before.getLast().persistOnDevice(arrays.get(output(packs.get(i))));
        }
        // The last one packs where y is marked: a graph takes over arrays of one other graph only.
        if (!packs.isEmpty()) {
            pack(mark, MARK, packs.getLast(), before.size());
        }
        addMark();
        transferIn(regime, packs.isEmpty());
        shared.handOn(packs.isEmpty() ? List.of(y) : List.of(y, arrays.get(output(packs.getLast()))));
        Call direct = row.plan.activations().getFirst();
        add(graph, NAME, direct);
        shared.taskNames().add(direct.stage());
        transferOut(regime);
    }

    /** A launch that packs weights, into the array of those in the graphs before. */
    private void pack(TaskGraph to, String graphName, Call call, int earlier) {
        to.transferToDevice(DataTransferMode.FIRST_EXECUTION, w);
        if (earlier == 0) {
            to.transferToDevice(DataTransferMode.FIRST_EXECUTION, arrays.get(output(call)));
        } else {
            to.consumeFromDevice(PACK + (earlier - 1), arrays.get(output(call)));
        }
        add(to, graphName, call);
    }

    /** Every kernel writes its last argument. */
    private static Buffer output(Call call) {
        return call.arguments().getLast();
    }

    private void add(TaskGraph to, String graphName, Call call) {
        String id = call.stage();
        // TornadoVM does not tell what a compiled kernel allows; the device's limit is what there is.
        WorkSize size = call.grid().size(target, target.workGroup()).orElseThrow();
        scheduler.addWorkerGrid(graphName + "." + id, Grids.of(size.global(), size.local()));
        AccessorParameters accesses = new AccessorParameters(call.arguments().size());
        for (int i = 0; i < call.arguments().size(); i++) {
            Buffer buffer = call.arguments().get(i);
            // What is only written would not be sent to the device, and zeros and marks must be.
            boolean keeps = buffer.zeroed() || buffer.equals(row.y.buffer());
            Access access = !buffer.equals(output(call)) ? Access.READ_ONLY : keeps ? Access.READ_WRITE : Access.WRITE_ONLY;
            accesses.set(i, arrays.get(buffer), access);
        }
        to.prebuiltTask(id, call.program().function(), write(graphName + "." + id, call).toString(), accesses);
    }

    private Path write(String task, Call call) {
        try {
            return Files.writeString(
                    folder.resolve(task + ".cl"), PrebuiltSource.of(call.program(), TornadoNativeArray.ARRAY_HEADER));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<TaskGraph> before() {
        return List.copyOf(before);
    }

    @Override
    public boolean isPrebuilt() {
        return true;
    }

    /** Removes the sources. */
    @Override
    public void close() {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
