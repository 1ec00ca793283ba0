package io.github.convgauge.cl;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.openclc.Buffer;
import io.github.convgauge.openclc.Program;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lwjgl.opencl.CL10;
import org.lwjgl.opencl.CL12;
import org.lwjgl.system.MemoryStack;

/** What one row holds on its device; closing frees it, the last one first. */
public final class Resources implements AutoCloseable {
    private final ClContext context;
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private final Map<List<String>, Kernel> compiled = new HashMap<>();
    private long buildNanos;

    public Resources(ClContext context) {
        this.context = context;
    }

    /** Makes something that closes the resources which it is made of. */
    @FunctionalInterface
    public interface Maker<T> {
        T make(Resources resources) throws UnsupportedConvException;
    }

    /** What a maker makes of resources; they are freed if it fails. */
    public static <T> T with(ClContext context, Maker<T> maker) throws UnsupportedConvException {
        Resources resources = new Resources(context);
        boolean made = false;
        try {
            T result = maker.make(resources);
            made = true;
            return result;
        } finally {
            if (!made) {
                resources.close();
            }
        }
    }

    public ClContext context() {
        return context;
    }

    /** Device memory with nothing in it yet. */
    public long buffer(long bytes) {
        long buffer = Cl.create("clCreateBuffer", code ->
                CL10.clCreateBuffer(context.handle(), CL10.CL_MEM_READ_WRITE, bytes, code));
        releases.push(() -> Cl.check(CL10.clReleaseMemObject(buffer), "clReleaseMemObject"));
        return buffer;
    }

    /** Device memory of zeros. */
    public long zeros(long bytes) {
        long buffer = buffer(bytes);
        try (MemoryStack stack = MemoryStack.stackPush()) {
            Cl.check(
                    CL12.clEnqueueFillBuffer(context.queue(), buffer, stack.calloc(4), 0, bytes, null, null),
                    "clEnqueueFillBuffer");
            context.finish();
        }
        return buffer;
    }

    /** Device memory that a plan needs beside its tensors. */
    public long buffer(Buffer buffer, int elementBytes) {
        long bytes = buffer.elements() * elementBytes;
        return buffer.zeroed() ? zeros(bytes) : buffer(bytes);
    }

    /**
     * A kernel with arguments of its own. It is compiled, unless the same one was before: many convolutions of one
     * problem need it compiled once.
     */
    public Kernel kernel(Program source) {
        List<String> same = List.of(source.function(), source.options(), source.text());
        Kernel first = compiled.get(same);
        Kernel kernel = first == null ? new Kernel(context, source) : new Kernel(first);
        compiled.putIfAbsent(same, kernel);
        releases.push(kernel::close);
        buildNanos += kernel.buildNanos();
        return kernel;
    }

    /** What clBuildProgram took for all kernels; those of a library are its own business. */
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
