package io.github.convgauge.clblast;

import io.github.convgauge.backend.KernelSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.lwjgl.PointerBuffer;
import org.lwjgl.opencl.CL10;
import org.lwjgl.system.MemoryStack;

/** copy.cl compiled for one copy, in a program of its own. */
final class CopyKernel implements AutoCloseable {
    private static final String FUNCTION = "strided_copy";
    private static final String FILE = "copy.cl";
    private static final String FLAGS = "-cl-std=CL1.2";

    private final long device;
    private final long program;
    private final long handle;
    private final long buildNanos;
    private final long workGroup;

    /** @param constants the integers that it is compiled with, by name */
    CopyKernel(ClContext context, Map<String, Long> constants) {
        String options = FLAGS + " " + constants.entrySet().stream()
                .map(constant -> "-D" + constant.getKey() + "=" + constant.getValue())
                .collect(Collectors.joining(" "));
        device = context.device().handle();
        program = Cl.create("clCreateProgramWithSource", code ->
                CL10.clCreateProgramWithSource(context.handle(), text(), code));
        boolean made = false;
        try {
            long start = System.nanoTime();
            int code = CL10.clBuildProgram(program, device, options, null, 0);
            buildNanos = System.nanoTime() - start;
            if (code != 0) {
                throw new IllegalStateException("clBuildProgram failed for %s with %s: %s%n%s".formatted(
                        FUNCTION, options, Cl.name(code), log()));
            }
            handle = Cl.create("clCreateKernel", error -> CL10.clCreateKernel(program, FUNCTION, error));
            workGroup = Cl.number("clGetKernelWorkGroupInfo", (value, size) ->
                    CL10.clGetKernelWorkGroupInfo(handle, device, CL10.CL_KERNEL_WORK_GROUP_SIZE, value, size));
            made = true;
        } finally {
            if (!made) {
                CL10.clReleaseProgram(program);
            }
        }
    }

    private static String text() {
        try (InputStream in = CopyKernel.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("the jar has no " + FILE);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String log() {
        return Cl.string("clGetProgramBuildInfo", (value, size) ->
                CL10.clGetProgramBuildInfo(program, device, CL10.CL_PROGRAM_BUILD_LOG, value, size));
    }

    /** What clBuildProgram took. A driver may go on compiling when the kernel first runs, as PoCL does. */
    long buildNanos() {
        return buildNanos;
    }

    /** The largest work-group that this kernel can run in on its device. */
    long workGroup() {
        return workGroup;
    }

    /**
     * A launch of it.
     *
     * @param global work items, a multiple of local
     * @param from the buffer that it reads
     * @param to the one that it writes
     */
    Launch launch(String stage, long global, long local, long from, long to) {
        Cl.check(CL10.clSetKernelArg1p(handle, 0, from), "clSetKernelArg");
        Cl.check(CL10.clSetKernelArg1p(handle, 1, to), "clSetKernelArg");
        return new Launch(stage, this, global, local);
    }

    /** The kernel with its arguments and its sizes. */
    record Launch(String stage, CopyKernel kernel, long global, long local) implements Command {
        @Override
        public Kind kind() {
            return Kind.KERNEL;
        }

        @Override
        public void enqueue(long queue, PointerBuffer event) {
            try (MemoryStack stack = MemoryStack.stackPush()) {
                Cl.check(
                        CL10.clEnqueueNDRangeKernel(
                                queue, kernel.handle, 1, null, stack.pointers(global), stack.pointers(local), null, event),
                        "clEnqueueNDRangeKernel");
            }
        }

        /** Its source and its compiler's options, as the driver has them. */
        KernelSource source() {
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put("function", FUNCTION);
            facts.put("options", Cl.string("clGetProgramBuildInfo", (value, size) -> CL10.clGetProgramBuildInfo(
                    kernel.program, kernel.device, CL10.CL_PROGRAM_BUILD_OPTIONS, value, size)));
            facts.put("global", Long.toString(global));
            facts.put("local", Long.toString(local));
            String source = Cl.string("clGetProgramInfo", (value, size) ->
                    CL10.clGetProgramInfo(kernel.program, CL10.CL_PROGRAM_SOURCE, value, size));
            return new KernelSource(stage, "cl", source, facts);
        }
    }

    @Override
    public void close() {
        Cl.check(CL10.clReleaseKernel(handle), "clReleaseKernel");
        Cl.check(CL10.clReleaseProgram(program), "clReleaseProgram");
    }
}
