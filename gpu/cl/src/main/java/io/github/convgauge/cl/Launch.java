package io.github.convgauge.cl;

import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.openclc.Buffer;
import io.github.convgauge.openclc.Call;
import io.github.convgauge.openclc.WorkSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.lwjgl.BufferUtils;
import org.lwjgl.PointerBuffer;
import org.lwjgl.opencl.CL10;

/** A kernel with its arguments and its sizes. */
public final class Launch implements Command {
    private final String stage;
    private final Kernel kernel;
    private final WorkSize size;
    private final PointerBuffer global;
    private final PointerBuffer local;

    /** @param buffers its arguments, in order */
    public Launch(String stage, Kernel kernel, WorkSize size, long... buffers) {
        this.stage = stage;
        this.kernel = kernel;
        this.size = size;
        global = pointers(size.global());
        local = pointers(size.local());
        for (int i = 0; i < buffers.length; i++) {
            Cl.check(CL10.clSetKernelArg1p(kernel.handle(), i, buffers[i]), "clSetKernelArg");
        }
    }

    /**
     * A call's kernel, compiled and with its arguments set.
     *
     * @param handles of the buffers that are its arguments
     * @throws UnsupportedConvException if the kernel, now that it is compiled, cannot have the work-groups that were asked for
     */
    static Launch of(Resources resources, Call call, Map<Buffer, Long> handles) throws UnsupportedConvException {
        ClDevice device = resources.context().device();
        Kernel kernel = resources.kernel(call.program());
        Optional<WorkSize> size = call.grid().size(device.target(), kernel.workGroup());
        if (size.isPresent()) {
            return new Launch(call.stage(), kernel, size.get(), call.arguments().stream().mapToLong(handles::get).toArray());
        }
        Call smaller = call.smaller().orElseThrow(() -> new UnsupportedConvException(
                "%s runs in groups of up to %d items on %s, and others were asked for".formatted(
                        kernel.function(), kernel.workGroup(), device.name())));
        return of(resources, smaller, handles);
    }

    /** One for each call, in order. */
    public static List<Command> all(Resources resources, List<Call> calls, Map<Buffer, Long> handles) throws UnsupportedConvException {
        List<Command> launches = new ArrayList<>();
        for (Call call : calls) {
            launches.add(of(resources, call, handles));
        }
        return launches;
    }

    private static PointerBuffer pointers(long[] values) {
        return BufferUtils.createPointerBuffer(values.length).put(values).flip();
    }

    @Override
    public String stage() {
        return stage;
    }

    @Override
    public Kind kind() {
        return Kind.KERNEL;
    }

    @Override
    public void enqueue(long queue, PointerBuffer event) {
        Cl.check(
                CL10.clEnqueueNDRangeKernel(queue, kernel.handle(), global.remaining(), null, global, local, null, event),
                "clEnqueueNDRangeKernel");
    }

    /** Under the name of its stage, since one function serves several. */
    @Override
    public Optional<KernelSource> source() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("function", kernel.function());
        facts.put("options", kernel.options());
        facts.put("global", text(size.global()));
        facts.put("local", text(size.local()));
        return Optional.of(new KernelSource(stage, "cl", kernel.source(), facts));
    }

    private static String text(long[] sizes) {
        return Arrays.stream(sizes).mapToObj(Long::toString).collect(Collectors.joining(" x "));
    }
}
