package io.github.convgauge.cl;

import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.openclc.Buffer;
import io.github.convgauge.openclc.Plan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What computes a row, ready to be enqueued.
 *
 * @param weights what depends on the weights only: it runs anew only where those move
 * @param activations what belongs to every execution
 */
public record Assembly(List<Command> weights, List<Command> activations) {
    public Assembly {
        weights = List.copyOf(weights);
        activations = List.copyOf(activations);
    }

    /**
     * The kernels of a plan, compiled and with their arguments set.
     *
     * @param handles of all buffers of the plan
     * @throws UnsupportedConvException if a kernel, now that it is compiled, cannot have the work-groups that were asked for
     */
    public static Assembly of(Resources resources, Plan plan, Map<Buffer, Long> handles) throws UnsupportedConvException {
        return new Assembly(
                Launch.all(resources, plan.weights(), handles), Launch.all(resources, plan.activations(), handles));
    }

    /** All kernels that are ours to show, in the order in which they run. */
    List<KernelSource> sources() {
        return Stream.concat(weights.stream(), activations.stream()).map(Command::source).flatMap(Optional::stream).toList();
    }
}
