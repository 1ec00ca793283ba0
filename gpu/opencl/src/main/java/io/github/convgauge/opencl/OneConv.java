package io.github.convgauge.opencl;

import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.cl.Assembly;
import io.github.convgauge.cl.DeviceTensor;
import io.github.convgauge.cl.Resources;
import io.github.convgauge.openclc.Buffer;
import io.github.convgauge.openclc.Plan;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors of one convolution and how it is done, before anything is allocated.
 *
 * @param elementBytes of one element of any of its buffers
 */
record OneConv(DeviceTensor x, DeviceTensor w, DeviceTensor y, Plan plan, int elementBytes) {
    private List<DeviceTensor> tensors() {
        return List.of(x, w, y);
    }

    /** What it will allocate, by name. */
    DeviceMemory memory() {
        DeviceMemory memory = new DeviceMemory();
        tensors().forEach(tensor -> memory.add(tensor.operand().buffer().name(), tensor.bytes()));
        plan.scratch().forEach(buffer -> memory.add(buffer.name(), buffer.elements() * elementBytes));
        return memory;
    }

    /**
     * Allocates all of it, and compiles the kernels.
     *
     * @throws UnsupportedConvException if a kernel, now that it is compiled, cannot have the work-groups that were asked for
     */
    Assembly assemble(Resources resources) throws UnsupportedConvException {
        Map<Buffer, Long> handles = new HashMap<>();
        for (DeviceTensor tensor : tensors()) {
            tensor.allocate(resources);
            handles.put(tensor.operand().buffer(), tensor.handle());
        }
        for (Buffer buffer : plan.scratch()) {
            handles.put(buffer, resources.buffer(buffer, elementBytes));
        }
        return Assembly.of(resources, plan, handles);
    }
}
