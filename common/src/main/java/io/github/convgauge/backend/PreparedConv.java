package io.github.convgauge.backend;

import io.github.convgauge.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A convolution with everything laid out and bound to its tensors, ready to be executed. */
public interface PreparedConv extends Workload {
    /** The stage that is the time of all kernels on the device together, by the device's own clock. */
    String KERNEL_STAGE = "kernel";

    /**
     * Takes what y holds now to wherever executions write it, so that an element which the next
     * execution leaves out shows as what it was, and no former answer passes for a new one. Nothing
     * to do where executions write y itself, or all of a fresh output.
     */
    default void uploadOutput() {}

    /**
     * The result of the last {@link #execute}, in the y that was handed over; a backend whose
     * library allocates its result, or whose device holds it, copies it there now, outside the timing.
     */
    Tensor output();

    /**
     * What shows that the device did it, in words: its name, and a time that it took by its own
     * clock. Executes once for that. Empty where there is nobody else who could have done it.
     *
     * @throws FellBackException if nothing shows it
     */
    default Optional<String> proof() {
        return Optional.empty();
    }

    /**
     * Executes once with the stages timed apart, which disturbs the total: nanoseconds by stage
     * ({@code copy_in}, {@code im2col}, {@code gemm}, {@code direct}, {@code copy_out},
     * {@code dispatch}, {@link #KERNEL_STAGE}, {@code graal_compile}, {@code driver_compile}, …), in
     * order. Compilation is no part of that execution: it is what compiling the row's kernels took when
     * it was measured, while the row was laid out or in a compilation of its own, which need not be
     * what its first execution took. What {@code dispatch} counts is up to the runtime. Empty where the
     * algorithm is one stage or does not show them.
     */
    default Map<String, Long> profile() {
        return Map.of();
    }

    /** The device kernels as they were compiled, in the order in which they run; empty where there are none to show. */
    default List<KernelSource> kernels() {
        return List.of();
    }
}
