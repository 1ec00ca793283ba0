package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.FellBackException;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import io.github.convgauge.tornadovm.graphs.RowGraph;
import io.github.convgauge.tornadovm.kernels.CopyF32;
import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat8;
import uk.ac.manchester.tornado.api.types.vectors.Float8;

/** y = 24x, for x = 3, through a vector method that TornadoVM 5.2.0 does not compile: its product of a vector and a scalar. */
final class BailingKernel implements RowGraph {
    private static final int SIZE = 64;

    private final FloatArray x = new FloatArray(SIZE);
    private final VectorFloat8 w = new VectorFloat8(8);
    private final FloatArray y = new FloatArray(SIZE);
    private final VectorFloat8 yVectors = new VectorFloat8(y);
    private final TaskGraph mark = new TaskGraph("mark")
            .transferToDevice(DataTransferMode.EVERY_EXECUTION, y)
            .task("touch", CopyF32::touch, y, 1, SIZE)
            .persistOnDevice(y);
    private final TaskGraph graph;

    private BailingKernel() {
        x.init(3);
        w.fill(1);
        graph = new TaskGraph(NAME)
                .transferToDevice(DataTransferMode.FIRST_EXECUTION, x, w)
                .task("direct", BailingKernel::weighted, x, w, yVectors, 1, 8)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, yVectors);
    }

    static void weighted(FloatArray x, VectorFloat8 w, VectorFloat8 y, int blocks, int terms) {
        for (@Parallel int block = 0; block < blocks * terms; block++) {
            Float8 sum = new Float8();
            for (int k = 0; k < terms; k++) {
                sum = Float8.add(sum, Float8.mult(w.get(k), x.get(k)));
            }
            y.set(block, sum);
        }
    }

    static TornadoConv prepare(TornadoBackend backend) {
        TornadoDevices.Entry device = backend.device(backend.devices().getFirst().id());
        return new TornadoConv(new BailingKernel(), Regime.END_TO_END, Tensor.allocate(DType.F32, SIZE), device);
    }

    /** In a JVM of its own: says what becomes of the kernel under that JVM's flags. */
    public static void main(String[] args) throws BackendUnavailableException {
        TornadoBackend backend = new TornadoBackend();
        backend.start();
        try (TornadoConv conv = prepare(backend)) {
            conv.execute();
            System.out.println(conv.output().toDoubles()[SIZE - 1] == 24 ? "executed, and right" : "executed, and wrong");
            conv.proof();
            System.out.println("proved");
        } catch (FellBackException e) {
            System.out.println("FELL_BACK: " + e.getMessage());
        }
        System.exit(0);
    }

    @Override
    public TaskGraph mark() {
        return mark;
    }

    @Override
    public TaskGraph graph() {
        return graph;
    }

    @Override
    public GridScheduler scheduler() {
        GridScheduler scheduler = new GridScheduler("mark.touch", new WorkerGrid1D(SIZE));
        scheduler.addWorkerGrid(NAME + ".direct", new WorkerGrid1D(8));
        return scheduler;
    }

    @Override
    public List<String> taskNames() {
        return List.of("direct");
    }

    @Override
    public TornadoNativeArray y() {
        return y;
    }

    @Override
    public long bytes() {
        return 1 << 20;
    }
}
