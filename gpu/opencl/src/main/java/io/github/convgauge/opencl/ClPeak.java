package io.github.convgauge.opencl;

import io.github.convgauge.backend.PeakLoop;
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
import java.nio.ByteOrder;
import org.lwjgl.opencl.CL10;
import org.lwjgl.system.MemoryUtil;

/** What a device could do at best: peak.cl on every compute unit at once. */
final class ClPeak implements PeakLoop {
    /** A multiply-add takes 4 cycles on the processors of today, of which each starts one or two a cycle. */
    private static final int CHAINS = 8;

    /** About a millisecond on a core; on a GPU, whose items are many and slow, likewise. */
    private static final int CPU_STEPS = 1 << 16;

    private static final int GPU_STEPS = 1 << 13;

    private static final int CPU_ITEMS = 8;
    /** What the largest compute units hold at a time. */
    private static final int GPU_ITEMS = 2048;

    private static final int GPU_GROUP = 128;

    private final Resources resources;
    private final DType dtype;
    private final Launch launch;
    private final long buffer;
    private final ByteBuffer results;
    private final double flops;
    private boolean closed;

    ClPeak(ClContext context, DType dtype) {
        this.dtype = dtype;
        ClDevice device = context.device();
        int lanes = (int) WorkSize.powerOfTwo(Math.min(16, device.target().lanes(dtype)));
        int steps = device.isCpu() ? CPU_STEPS : GPU_STEPS;
        long items = (long) device.computeUnits() * (device.isCpu() ? CPU_ITEMS : GPU_ITEMS);
        flops = 2.0 * lanes * CHAINS * steps * items;
        resources = new Resources(context);
        results = MemoryUtil.memAlloc(Math.toIntExact(items * lanes * dtype.bytes())).order(ByteOrder.nativeOrder());
        boolean made = false;
        try {
            buffer = resources.buffer(results.capacity());
            Constants constants = new Constants(dtype, lanes).put("CHAINS", CHAINS).put("STEPS", steps);
            Kernel kernel = resources.kernel(new Program("peak", constants, "real.cl", "peak.cl"));
            // One item a group on a processor: nothing for the driver to loop over or to vectorize.
            long group = device.isCpu() ? 1 : WorkSize.powerOfTwo(Math.min(GPU_GROUP, kernel.workGroup()));
            launch = new Launch("peak", kernel, new WorkSize(new long[] {items}, new long[] {group}), buffer);
            // Values that stay finite however long it runs: value/2 + 1/2 goes to 1.
            setArgument(kernel, 1, 0.25);
            setArgument(kernel, 2, 0.5);
            setArgument(kernel, 3, 0.5);
            made = true;
        } finally {
            if (!made) {
                close();
            }
        }
    }

    private void setArgument(Kernel kernel, int index, double value) {
        int code = dtype == DType.F64
                ? CL10.clSetKernelArg1d(kernel.handle(), index, value)
                : CL10.clSetKernelArg1f(kernel.handle(), index, (float) value);
        Cl.check(code, "clSetKernelArg");
    }

    @Override
    public void execute() {
        launch.enqueue(resources.context().queue(), null);
        resources.context().finish();
    }

    /**
     * The sums of the last {@link #execute}, as doubles.
     *
     * @throws IllegalStateException if one is not what so many steps must come to
     */
    void check() {
        Cl.check(
                CL10.clEnqueueReadBuffer(resources.context().queue(), buffer, true, 0, results, null, null),
                "clEnqueueReadBuffer");
        for (int at = 0; at < results.capacity(); at += dtype.bytes()) {
            double sum = dtype == DType.F64 ? results.getDouble(at) : results.getFloat(at);
            if (Math.abs(sum - CHAINS) > 1e-3) {
                throw new IllegalStateException("the peak loop ended at %s, not at %d".formatted(sum, CHAINS));
            }
        }
    }

    @Override
    public double flops() {
        return flops;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            resources.close();
            MemoryUtil.memFree(results);
        }
    }
}
