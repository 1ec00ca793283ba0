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
import uk.ac.manchester.tornado.api.types.vectors.Float8;

/** y = 2x through a vector method that TornadoVM 5.2.0 does not compile: its product of a vector and a scalar. */
final class BailingKernel implements RowGraph {
    private static final int SIZE = 64;

    private final FloatArray x = new FloatArray(SIZE);
    private final FloatArray y = new FloatArray(SIZE);
    private final TaskGraph mark = new TaskGraph("mark")
            .transferToDevice(DataTransferMode.EVERY_EXECUTION, y)
            .task("touch", CopyF32::touch, y, 1, SIZE)
            .persistOnDevice(y);
    private final TaskGraph graph;

    private BailingKernel() {
        x.init(3);
        graph = new TaskGraph(NAME)
                .transferToDevice(DataTransferMode.FIRST_EXECUTION, x)
                .consumeFromDevice("mark", y)
                .task("direct", BailingKernel::twice, x, y, SIZE, 8)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, y);
    }

    static void twice(FloatArray x, FloatArray y, int size, int lanes) {
        for (@Parallel int block = 0; block < size / lanes; block++) {
            int at = block * 8;
            Float8 v = new Float8(
                    x.get(at), x.get(at + 1), x.get(at + 2), x.get(at + 3),
                    x.get(at + 4), x.get(at + 5), x.get(at + 6), x.get(at + 7));
            Float8 product = Float8.mult(v, 2f);
            y.set(at, product.getS0());
            y.set(at + 1, product.getS1());
            y.set(at + 2, product.getS2());
            y.set(at + 3, product.getS3());
            y.set(at + 4, product.getS4());
            y.set(at + 5, product.getS5());
            y.set(at + 6, product.getS6());
            y.set(at + 7, product.getS7());
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
            System.out.println(conv.output().toDoubles()[SIZE - 1] == 6 ? "executed, and right" : "executed, and wrong");
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
