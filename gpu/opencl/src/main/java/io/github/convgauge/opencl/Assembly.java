package io.github.convgauge.opencl;

import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.openclc.Buffer;
import io.github.convgauge.openclc.Call;
import io.github.convgauge.openclc.Plan;
import io.github.convgauge.openclc.Target;
import io.github.convgauge.openclc.WorkSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The kernels of a row, compiled and with their arguments set.
 *
 * @param weights those that depend on the weights only: they run anew only where those move
 * @param activations those of every execution
 */
record Assembly(List<Launch> weights, List<Launch> activations) {
    /**
     * @param buffers the handles of all buffers of the plan
     * @throws UnsupportedConvException if a kernel, now that it is compiled, cannot have the work-groups that were asked for
     */
    static Assembly of(Resources resources, Plan plan, Map<Buffer, Long> buffers) throws UnsupportedConvException {
        return new Assembly(launches(resources, plan.weights(), buffers), launches(resources, plan.activations(), buffers));
    }

    private static List<Launch> launches(Resources resources, List<Call> calls, Map<Buffer, Long> buffers)
            throws UnsupportedConvException {
        List<Launch> launches = new ArrayList<>();
        for (Call call : calls) {
            launches.add(launch(resources, call, buffers));
        }
        return launches;
    }

    private static Launch launch(Resources resources, Call call, Map<Buffer, Long> buffers) throws UnsupportedConvException {
        Target target = resources.context().device().target();
        Kernel kernel = resources.kernel(call.program());
        Optional<WorkSize> size = call.grid().size(target, kernel.workGroup());
        if (size.isPresent()) {
            long[] handles = call.arguments().stream().mapToLong(buffers::get).toArray();
            return new Launch(call.stage(), kernel, size.get(), handles);
        }
        Call smaller = call.smaller().orElseThrow(() -> new UnsupportedConvException(
                "%s runs in groups of up to %d items on %s, and others were asked for".formatted(
                        kernel.function(), kernel.workGroup(), resources.context().device().name())));
        return launch(resources, smaller, buffers);
    }

    /** All kernels, in the order in which they run. */
    List<KernelSource> sources() {
        return Stream.concat(weights.stream(), activations.stream()).map(Launch::source).toList();
    }
}
