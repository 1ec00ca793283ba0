package io.github.convgauge.backend;

import io.github.convgauge.tensor.Tensor;
import java.util.Map;

/** A convolution with everything laid out and bound to its tensors, ready to be executed. */
public interface PreparedConv extends Workload {
    /**
     * The result of the last {@link #execute}, in the y that was handed over; a backend whose
     * library allocates its result copies it there now, outside the timing.
     */
    Tensor output();

    /**
     * Executes once with the stages timed apart, which disturbs the total: nanoseconds by stage
     * ({@code copy_in}, {@code im2col}, {@code gemm}, {@code copy_out}, {@code dispatch}, …), in
     * order. Empty where the algorithm is one stage or does not show them.
     */
    default Map<String, Long> profile() {
        return Map.of();
    }
}
