package io.github.convgauge.cl;

import io.github.convgauge.openclc.Program;
import org.lwjgl.opencl.CL10;

/** A kernel compiled for one problem, in a program of its own. */
public final class Kernel implements AutoCloseable {
    private final Program source;
    private final long device;
    private final long program;
    private final long handle;
    private final long buildNanos;
    private final long workGroup;
    private final boolean ownsProgram;

    Kernel(ClContext context, Program source) {
        this.source = source;
        ownsProgram = true;
        String options = Program.FLAGS + " " + source.options();
        device = context.device().handle();
        program = Cl.create("clCreateProgramWithSource", code ->
                CL10.clCreateProgramWithSource(context.handle(), source.text(), code));
        boolean made = false;
        try {
            long start = System.nanoTime();
            int code = CL10.clBuildProgram(program, device, options, null, 0);
            buildNanos = System.nanoTime() - start;
            if (code != 0) {
                throw new IllegalStateException("clBuildProgram failed for %s with %s: %s%n%s".formatted(
                        source.function(), options, Cl.name(code), log()));
            }
            handle = Cl.create("clCreateKernel", error -> CL10.clCreateKernel(program, source.function(), error));
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
        source = other.source;
        device = other.device;
        program = other.program;
        buildNanos = 0;
        workGroup = other.workGroup;
        ownsProgram = false;
        handle = Cl.create("clCreateKernel", error -> CL10.clCreateKernel(program, source.function(), error));
    }

    private String log() {
        return Cl.string("clGetProgramBuildInfo", (value, size) ->
                CL10.clGetProgramBuildInfo(program, device, CL10.CL_PROGRAM_BUILD_LOG, value, size));
    }

    String function() {
        return source.function();
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

    public long handle() {
        return handle;
    }

    /** What clBuildProgram took. A driver may go on compiling when the kernel first runs, as PoCL does. */
    long buildNanos() {
        return buildNanos;
    }

    /** The largest work-group that this kernel can run in on its device. */
    public long workGroup() {
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
