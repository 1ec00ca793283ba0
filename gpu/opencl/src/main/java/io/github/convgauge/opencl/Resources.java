package io.github.convgauge.opencl;

import io.github.convgauge.openclc.Program;
import java.util.ArrayDeque;
import java.util.Deque;
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

    /** Compiles a kernel. */
    Kernel kernel(Program source) {
        Kernel kernel = new Kernel(context, source);
        releases.push(kernel::close);
        buildNanos += kernel.buildNanos();
        return kernel;
    }

    /** What clBuildProgram took for all kernels. */
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
