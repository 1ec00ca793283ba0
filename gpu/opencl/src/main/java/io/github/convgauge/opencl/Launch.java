package io.github.convgauge.opencl;

import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.openclc.WorkSize;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.lwjgl.BufferUtils;
import org.lwjgl.PointerBuffer;
import org.lwjgl.opencl.CL10;

/** A kernel with its arguments and its sizes. */
final class Launch implements Command {
    private final String stage;
    private final Kernel kernel;
    private final WorkSize size;
    private final PointerBuffer global;
    private final PointerBuffer local;

    /** @param buffers its arguments, in order */
    Launch(String stage, Kernel kernel, WorkSize size, long... buffers) {
        this.stage = stage;
        this.kernel = kernel;
        this.size = size;
        global = pointers(size.global());
        local = pointers(size.local());
        for (int i = 0; i < buffers.length; i++) {
            Cl.check(CL10.clSetKernelArg1p(kernel.handle(), i, buffers[i]), "clSetKernelArg");
        }
    }

    private static PointerBuffer pointers(long[] values) {
        return BufferUtils.createPointerBuffer(values.length).put(values).flip();
    }

    @Override
    public String stage() {
        return stage;
    }

    @Override
    public boolean isKernel() {
        return true;
    }

    @Override
    public void enqueue(long queue, PointerBuffer event) {
        Cl.check(
                CL10.clEnqueueNDRangeKernel(queue, kernel.handle(), global.remaining(), null, global, local, null, event),
                "clEnqueueNDRangeKernel");
    }

    /** Under the name of its stage, since one function serves several. */
    KernelSource source() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("function", kernel.function());
        facts.put("options", kernel.options());
        facts.put("global", text(size.global()));
        facts.put("local", text(size.local()));
        return new KernelSource(stage, "cl", kernel.source(), facts);
    }

    private static String text(long[] sizes) {
        return Arrays.stream(sizes).mapToObj(Long::toString).collect(Collectors.joining(" x "));
    }
}
