package io.github.convgauge.cl;

import java.util.List;
import org.lwjgl.PointerBuffer;
import org.lwjgl.opencl.CL10;
import org.lwjgl.system.MemoryStack;

/** A device made ready: its context and two in-order queues. */
public final class ClContext implements AutoCloseable {
    private final ClDevice device;
    private final long handle;
    /** For executions that are timed by the host's clock. */
    private final long queue;
    /** Takes the device's times of each command, which costs something at each command. */
    private final long profilingQueue;

    public ClContext(ClDevice device) {
        this.device = device;
        try (MemoryStack stack = MemoryStack.stackPush()) {
            PointerBuffer properties = stack.mallocPointer(3)
                    .put(0, CL10.CL_CONTEXT_PLATFORM).put(1, device.platform().handle()).put(2, 0);
            handle = Cl.create("clCreateContext", code -> CL10.clCreateContext(properties, device.handle(), null, 0, code));
        }
        queue = Cl.create("clCreateCommandQueue", code -> CL10.clCreateCommandQueue(handle, device.handle(), 0, code));
        profilingQueue = Cl.create("clCreateCommandQueue", code ->
                CL10.clCreateCommandQueue(handle, device.handle(), CL10.CL_QUEUE_PROFILING_ENABLE, code));
    }

    public ClDevice device() {
        return device;
    }

    long handle() {
        return handle;
    }

    /** Of the queue that executions are timed on. */
    public long queue() {
        return queue;
    }

    long profilingQueue() {
        return profilingQueue;
    }

    /** The name of the device that executes what the profiling queue is given, as the queue itself says. */
    public String profiledDevice() {
        return ClDevice.name(Cl.number("clGetCommandQueueInfo", (value, size) ->
                CL10.clGetCommandQueueInfo(profilingQueue, CL10.CL_QUEUE_DEVICE, value, size)));
    }

    /** Gives the queue commands, and does not wait for them. */
    public void enqueue(List<? extends Command> commands) {
        for (int i = 0; i < commands.size(); i++) {
            commands.get(i).enqueue(queue, null);
        }
    }

    /** Waits until the queue has nothing left to do. */
    public void finish() {
        finish(queue);
    }

    static void finish(long queue) {
        Cl.check(CL10.clFinish(queue), "clFinish");
    }

    @Override
    public void close() {
        Cl.check(CL10.clReleaseCommandQueue(profilingQueue), "clReleaseCommandQueue");
        Cl.check(CL10.clReleaseCommandQueue(queue), "clReleaseCommandQueue");
        Cl.check(CL10.clReleaseContext(handle), "clReleaseContext");
    }
}
