package io.github.convgauge.clblast;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.lwjgl.opencl.CL10;
import org.lwjgl.opencl.CL12;
import org.lwjgl.system.MemoryStack;

/** What one row holds on its device; closing frees it, the last one first. */
final class Resources implements AutoCloseable {
    private final ClContext context;
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private long buildNanos;

    Resources(ClContext context) {
        this.context = context;
    }

    ClContext context() {
        return context;
    }

    /** Device memory with nothing in it yet. */
    long buffer(long bytes) {
        long buffer = Cl.create("clCreateBuffer", code ->
                CL10.clCreateBuffer(context.handle(), CL10.CL_MEM_READ_WRITE, bytes, code));
        releases.push(() -> Cl.check(CL10.clReleaseMemObject(buffer), "clReleaseMemObject"));
        return buffer;
    }

    /** Device memory of zeros. */
    long zeros(long bytes) {
        long buffer = buffer(bytes);
        try (MemoryStack stack = MemoryStack.stackPush()) {
            Cl.check(
                    CL12.clEnqueueFillBuffer(context.queue(), buffer, stack.calloc(4), 0, bytes, null, null),
                    "clEnqueueFillBuffer");
            ClContext.finish(context.queue());
        }
        return buffer;
    }

    /** Compiles the kernel of a copy. */
    CopyKernel kernel(Map<String, Long> constants) {
        CopyKernel kernel = new CopyKernel(context, constants);
        releases.push(kernel::close);
        buildNanos += kernel.buildNanos();
        return kernel;
    }

    /** What clBuildProgram took for all our kernels; those of CLBlast are its own business. */
    long buildNanos() {
        return buildNanos;
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
