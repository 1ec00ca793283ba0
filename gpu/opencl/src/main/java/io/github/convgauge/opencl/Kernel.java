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
    private final long device;
    private final long program;
    private final long handle;
    private final long buildNanos;
    private final long workGroup;
    private final boolean ownsProgram;

    /**
     * @param function its name in the source
     * @param files resources, the kernel's own last
     */
    Kernel(ClContext context, String function, Constants constants, List<String> files) {
        this.function = function;
        ownsProgram = true;
        StringBuilder text = new StringBuilder();
        for (String file : files) {
            text.append(resource(file)).append('\n');
        }
        String options = FLAGS + " " + constants.options();
        device = context.device().handle();
        program = Cl.create("clCreateProgramWithSource", code ->
                CL10.clCreateProgramWithSource(context.handle(), text, code));
        boolean made = false;
        try {
            long start = System.nanoTime();
            int code = CL10.clBuildProgram(program, device, options, null, 0);
            buildNanos = System.nanoTime() - start;
            if (code != 0) {
                throw new IllegalStateException("clBuildProgram failed for %s with %s: %s%n%s".formatted(
                        function, options, Cl.name(code), log()));
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

    /** Another one of the same program, with arguments of its own; nothing is compiled. */
    Kernel(Kernel other) {
        function = other.function;
        device = other.device;
        program = other.program;
        buildNanos = 0;
        workGroup = other.workGroup;
        ownsProgram = false;
        handle = Cl.create("clCreateKernel", error -> CL10.clCreateKernel(program, function, error));
    }

    private String log() {
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

    /** The source, as the driver has it. */
    String source() {
        return Cl.string("clGetProgramInfo", (value, size) ->
                CL10.clGetProgramInfo(program, CL10.CL_PROGRAM_SOURCE, value, size));
    }

    /** The compiler's options, as the driver has them. */
    String options() {
        return Cl.string("clGetProgramBuildInfo", (value, size) ->
                CL10.clGetProgramBuildInfo(program, device, CL10.CL_PROGRAM_BUILD_OPTIONS, value, size));
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
        if (ownsProgram) {
            Cl.check(CL10.clReleaseProgram(program), "clReleaseProgram");
        }
    }
}
