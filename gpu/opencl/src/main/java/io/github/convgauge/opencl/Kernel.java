package io.github.convgauge.opencl;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.lwjgl.opencl.CL10;

/** A kernel compiled for one problem, in a program of its own. */
final class Kernel implements AutoCloseable {
    /**
     * OpenCL C 1.2, which every later device still compiles. No flag that loosens the arithmetic: the
     * kernels allow fused multiply-adds by FP_CONTRACT, which round correctly, and nothing more. With
     * -cl-mad-enable a product's rounding would be undefined in OpenCL 1.2, with
     * -cl-fast-relaxed-math a NaN or an infinity in x need not arrive in y; the error bound of a row
     * could then not be derived.
     */
    static final String FLAGS = "-cl-std=CL1.2";

    private final String function;
    private final String source;
    private final String options;
    private final long program;
    private final long handle;
    private final long buildNanos;
    private final long workGroup;

    /**
     * @param function its name in the source
     * @param files resources, the kernel's own last
     */
    Kernel(ClContext context, String function, Constants constants, List<String> files) {
        this.function = function;
        StringBuilder text = new StringBuilder();
        for (String file : files) {
            text.append(resource(file)).append('\n');
        }
        source = text.toString();
        options = FLAGS + " " + constants.options();
        long device = context.device().handle();
        program = Cl.create("clCreateProgramWithSource", code ->
                CL10.clCreateProgramWithSource(context.handle(), source, code));
        boolean made = false;
        try {
            long start = System.nanoTime();
            int code = CL10.clBuildProgram(program, device, options, null, 0);
            buildNanos = System.nanoTime() - start;
            if (code != 0) {
                throw new IllegalStateException("clBuildProgram failed for %s with %s: %s%n%s".formatted(
                        function, options, Cl.name(code), log(device)));
            }
            handle = Cl.create("clCreateKernel", error -> CL10.clCreateKernel(program, function, error));
            workGroup = Cl.number("clGetKernelWorkGroupInfo", (value, size) ->
                    CL10.clGetKernelWorkGroupInfo(handle, device, CL10.CL_KERNEL_WORK_GROUP_SIZE, value, size));
            made = true;
        } finally {
            if (!made) {
                CL10.clReleaseProgram(program);
            }
        }
    }

    private String log(long device) {
        return Cl.string("clGetProgramBuildInfo", (value, size) ->
                CL10.clGetProgramBuildInfo(program, device, CL10.CL_PROGRAM_BUILD_LOG, value, size));
    }

    private static String resource(String name) {
        try (InputStream in = Kernel.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the jar has no " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String function() {
        return function;
    }

    /** As it was given to the compiler. */
    String source() {
        return source;
    }

    /** As they were given to the compiler. */
    String options() {
        return options;
    }

    long handle() {
        return handle;
    }

    /** What clBuildProgram took. A driver may go on compiling when the kernel first runs, as PoCL does. */
    long buildNanos() {
        return buildNanos;
    }

    /** The largest work-group that this kernel can run in on its device. */
    long workGroup() {
        return workGroup;
    }

    @Override
    public void close() {
        Cl.check(CL10.clReleaseKernel(handle), "clReleaseKernel");
        Cl.check(CL10.clReleaseProgram(program), "clReleaseProgram");
    }
}
