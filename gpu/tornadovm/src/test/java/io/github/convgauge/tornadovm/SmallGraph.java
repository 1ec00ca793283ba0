package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.Regime;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import io.github.convgauge.tornadovm.graphs.RowGraph;
import io.github.convgauge.tornadovm.kernels.CopyF32;
import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** A row of one task from 64 numbers to 64 numbers, for kernels that are wrong on purpose. */
abstract class SmallGraph implements RowGraph {
    static final int SIZE = 64;
    static final String MARK = "mark";
    static final String TASK = "direct";

    final FloatArray x = new FloatArray(SIZE);
    final FloatArray y = new FloatArray(SIZE);
    private final TaskGraph mark = new TaskGraph(MARK)
            .transferToDevice(DataTransferMode.EVERY_EXECUTION, y)
            .task("touch", CopyF32::touch, y, 1, SIZE)
            .persistOnDevice(y);
    private final int workItems;

    SmallGraph(int workItems) {
        this.workItems = workItems;
    }

    /** On the backend's first device, bound to a y of its own. */
    TornadoConv prepare(TornadoBackend backend, Regime regime, Tensor target) {
        return new TornadoConv(this, regime, target, backend.device(backend.devices().getFirst().id()));
    }

    static Tensor target() {
        return Tensor.allocate(DType.F32, SIZE);
    }

    @Override
    public TaskGraph mark() {
        return mark;
    }

    @Override
    public GridScheduler scheduler() {
        GridScheduler scheduler = new GridScheduler(MARK + ".touch", new WorkerGrid1D(SIZE));
        scheduler.addWorkerGrid(NAME + "." + TASK, new WorkerGrid1D(workItems));
        return scheduler;
    }

    @Override
    public List<String> taskNames() {
        return List.of(TASK);
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
