package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.Regime;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** y = x but for the last element, which it leaves out in a way that TornadoVM's analysis of accesses does not see. */
final class ForgetfulKernel extends SmallGraph {
    private final TaskGraph graph;

    ForgetfulKernel(Regime regime) {
        super(SIZE);
        x.init(3);
        boolean resident = regime == Regime.RESIDENT;
        graph = new TaskGraph(NAME)
                .transferToDevice(resident ? DataTransferMode.FIRST_EXECUTION : DataTransferMode.EVERY_EXECUTION, x)
                .consumeFromDevice(MARK, y)
                .task(TASK, ForgetfulKernel::allButTheLast, x, y, SIZE, 1)
                .transferToHost(resident ? DataTransferMode.UNDER_DEMAND : DataTransferMode.EVERY_EXECUTION, y);
    }

    static void allButTheLast(FloatArray x, FloatArray y, int size, int left) {
        for (@Parallel int i = 0; i < size - left; i++) {
            y.set(i, x.get(i));
        }
    }

    @Override
    public TaskGraph graph() {
        return graph;
    }
}
