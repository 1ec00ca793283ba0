package io.github.convgauge.tornadovm.graphs;

import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** What an execution plan of one row is made of: two task graphs that share y on the device. */
public interface RowGraph {
    /** The name of the graph that convolves; a task is {@code conv.gemm}. */
    String NAME = "conv";

    /** Graphs that run once, in order, when the row is laid out; what they leave on the device, {@link #graph} takes over. */
    default List<TaskGraph> before() {
        return List.of();
    }

    /** The graph that takes y, as it is on the host, to the device and leaves it there. It runs before the other one. */
    TaskGraph mark();

    /** The graph that convolves, on the y that {@link #mark} left on the device. */
    TaskGraph graph();

    /** Work sizes for the tasks of both. */
    GridScheduler scheduler();

    /** The tasks of {@link #graph}, in the order in which they run. */
    List<String> taskNames();

    /** Whether its tasks are kernels that were written by hand, and not generated. */
    default boolean isPrebuilt() {
        return false;
    }

    /** Those of {@link #taskNames} that are calls of a library, whose kernels TornadoVM neither compiles nor shows. */
    default List<String> libraryTasks() {
        return List.of();
    }

    /** The array behind y, on the host. */
    TornadoNativeArray y();

    /** All that it allocates on the device. */
    long bytes();

    /** Removes what it keeps outside of memory. */
    default void close() {}
}
