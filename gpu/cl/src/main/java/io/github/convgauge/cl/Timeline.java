package io.github.convgauge.cl;

import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import org.lwjgl.PointerBuffer;
import org.lwjgl.opencl.CL10;
import org.lwjgl.opencl.CL12;
import org.lwjgl.system.MemoryStack;

/**
 * Commands that were executed once, and what each took.
 *
 * @param wallNanos by the host's clock, from the first call to the return of clFinish
 * @param nanos of each command by the device's clock, from its start to its end. A library gives the event of the last
 *     of its kernels only, so where it launches several their time begins with a marker in front of them: what the
 *     device waited between them is in it.
 */
public record Timeline(long wallNanos, List<Long> nanos) {
    /** Executes the commands on the queue that takes times. */
    public static Timeline of(ClContext context, List<? extends Command> commands) {
        long queue = context.profilingQueue();
        PointerBuffer events = PointerBuffer.allocateDirect(2 * commands.size());
        List<Span> spans = new ArrayList<>();
        int made = 0;
        try {
            long start = System.nanoTime();
            for (Command command : commands) {
                boolean several = command.kind() == Command.Kind.KERNELS;
                if (several) {
                    Cl.check(
                            CL12.clEnqueueMarkerWithWaitList(queue, null, events.slice(made, 1)),
                            "clEnqueueMarkerWithWaitList");
                    made++;
                }
                command.enqueue(queue, events.slice(made, 1));
                spans.add(new Span(several ? made - 1 : made, made));
                made++;
            }
            ClContext.finish(queue);
            long wall = System.nanoTime() - start;
            return new Timeline(wall, spans.stream().map(span -> span.nanos(events)).toList());
        } finally {
            for (int i = 0; i < made; i++) {
                Cl.check(CL10.clReleaseEvent(events.get(i)), "clReleaseEvent");
            }
        }
    }

    /** Which events a command's time lies between. */
    private record Span(int first, int last) {
        long nanos(PointerBuffer events) {
            return time(events.get(last), CL10.CL_PROFILING_COMMAND_END) - time(
                    events.get(first), first == last ? CL10.CL_PROFILING_COMMAND_START : CL10.CL_PROFILING_COMMAND_END);
        }
    }

    private static long time(long event, int what) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            LongBuffer value = stack.mallocLong(1);
            Cl.check(CL10.clGetEventProfilingInfo(event, what, value, null), "clGetEventProfilingInfo");
            return value.get(0);
        }
    }
}
