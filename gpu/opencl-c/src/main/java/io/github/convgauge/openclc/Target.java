package io.github.convgauge.openclc;

import io.github.convgauge.tensor.DType;
import java.util.List;

/**
 * What of a device decides how kernels are specialised for it.
 *
 * @param isCpu whether its compute units are cores, which want long loops and vectors, and not lanes of a GPU
 * @param vectorBytes bytes in a native vector register, as far as OpenCL shows; 4 where there are none
 * @param localMemory of one work-group, in bytes
 * @param workGroup the most work items in a group
 * @param workItems the same for each dimension
 */
public record Target(
        boolean isCpu, int computeUnits, int vectorBytes, long localMemory, long workGroup, List<Long> workItems) {
    public Target {
        workItems = List.copyOf(workItems);
    }

    /** Lanes of a native vector. */
    public int lanes(DType dtype) {
        return Math.max(1, vectorBytes / dtype.bytes());
    }
}
