package io.github.convgauge.opencl;

import io.github.convgauge.backend.CopyLoop;
import io.github.convgauge.cl.Cl;
import io.github.convgauge.cl.ClContext;
import io.github.convgauge.cl.ClDevice;
import io.github.convgauge.cl.Kernel;
import io.github.convgauge.cl.Launch;
import io.github.convgauge.cl.Resources;
import io.github.convgauge.openclc.Constants;
import io.github.convgauge.openclc.Program;
import io.github.convgauge.openclc.WorkSize;
import io.github.convgauge.tensor.DType;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.lwjgl.opencl.CL10;
import org.lwjgl.opencl.CL12;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;

/** What a device's memory could do at best: stream.cl over two arrays. */
final class ClCopy implements CopyLoop {
    /** Several times the largest cache of a GPU. */
    private static final long GPU_BYTES = 1L << 30;
    /** A processor's items are loops of the driver, which want to be long; a GPU's are lanes. */
    private static final long CPU_GROUP = 4096;

    private static final long GPU_GROUP = 256;
    private static final float COPIED = 42;

    private final Resources resources;
    private final Launch launch;
    private final long to;
    private final long bytes;

    private ClCopy(ClContext context, long bytes, int lanes, long group) {
        this.bytes = bytes;
        resources = new Resources(context);
        boolean made = false;
        try (MemoryStack stack = MemoryStack.stackPush()) {
            long from = resources.buffer(bytes);
            to = resources.zeros(bytes);
            Cl.check(
                    CL12.clEnqueueFillBuffer(context.queue(), from, stack.malloc(Float.BYTES).putFloat(0, COPIED), 0, bytes, null, null),
                    "clEnqueueFillBuffer");
            context.finish();
            Kernel kernel = resources.kernel(new Program("stream", new Constants(DType.F32, lanes), "real.cl", "stream.cl"));
            long items = bytes / Float.BYTES / lanes;
            launch = new Launch(
                    "stream", kernel, new WorkSize(new long[] {items}, new long[] {WorkSize.powerOfTwo(Math.min(group, kernel.workGroup()))}), to, from);
            made = true;
        } finally {
            if (!made) {
                resources.close();
            }
        }
    }

    /** A copy of at least so many bytes, if the device has room for it. */
    static Optional<CopyLoop> of(ClContext context, long arrayBytes) {
        ClDevice device = context.device();
        // A power of two, so that groups divide it.
        long bytes = WorkSize.powerOfTwo(device.isCpu() ? 2 * arrayBytes - 1 : GPU_BYTES);
        // Half of the memory is for the rows of others.
        if (bytes > device.limits().largestAllocation() || 4 * bytes > device.limits().memory()) {
            return Optional.empty();
        }
        int lanes = (int) WorkSize.powerOfTwo(Math.min(16, device.target().lanes(DType.F32)));
        return Optional.of(new ClCopy(context, bytes, lanes, device.isCpu() ? CPU_GROUP : GPU_GROUP));
    }

    @Override
    public void execute() {
        launch.enqueue(resources.context().queue(), null);
        resources.context().finish();
    }

    /** Whether the last value is where it should be. */
    boolean isCopied() {
        ByteBuffer last = MemoryUtil.memAlloc(Float.BYTES);
        try {
            Cl.check(
                    CL10.clEnqueueReadBuffer(resources.context().queue(), to, true, bytes - Float.BYTES, last, null, null),
                    "clEnqueueReadBuffer");
            return last.getFloat(0) == COPIED;
        } finally {
            MemoryUtil.memFree(last);
        }
    }

    @Override
    public double bytes() {
        return 2.0 * bytes;
    }

    @Override
    public void close() {
        resources.close();
    }
}
