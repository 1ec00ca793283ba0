package io.github.convgauge.tornadovm.graphs;

import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * What an execution plan of many convolutions in one graph is made of, as {@link RowGraph} has it for one.
 *
 * @param mark takes every y to the device and leaves it there
 * @param graph convolves, one after the other
 * @param taskNames of all of them, in order
 * @param ys their arrays on the host, one for each convolution
 * @param bytes all that they allocate on the device
 */
public record ManyGraph(
        TaskGraph mark, TaskGraph graph, GridScheduler scheduler, List<String> taskNames, List<TornadoNativeArray> ys, long bytes) {}
