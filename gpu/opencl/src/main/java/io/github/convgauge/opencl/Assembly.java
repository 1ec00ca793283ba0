package io.github.convgauge.opencl;

import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.openclc.Buffer;
import io.github.convgauge.openclc.Call;
import io.github.convgauge.openclc.Plan;
import io.github.convgauge.openclc.Target;
import io.github.convgauge.openclc.WorkSize;
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
    /** @param buffers the handles of all buffers of the plan */
    static Assembly of(Resources resources, Plan plan, Map<Buffer, Long> buffers) {
        return new Assembly(
                plan.weights().stream().map(call -> launch(resources, call, buffers)).toList(),
                plan.activations().stream().map(call -> launch(resources, call, buffers)).toList());
    }

    private static Launch launch(Resources resources, Call call, Map<Buffer, Long> buffers) {
        Target target = resources.context().device().target();
        Kernel kernel = resources.kernel(call.program());
        Optional<WorkSize> size = call.grid().size(target, kernel.workGroup());
        if (size.isPresent()) {
            long[] handles = call.arguments().stream().mapToLong(buffers::get).toArray();
            return new Launch(call.stage(), kernel, size.get(), handles);
        }
        Call smaller = call.smaller().orElseThrow(() -> new IllegalStateException(
                "%s runs in no work-group on %s".formatted(kernel.function(), resources.context().device().name())));
        return launch(resources, smaller, buffers);
    }

    /** All kernels, in the order in which they run. */
    List<KernelSource> sources() {
        return Stream.concat(weights.stream(), activations.stream()).map(Launch::source).toList();
    }
}
