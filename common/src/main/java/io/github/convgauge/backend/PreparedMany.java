package io.github.convgauge.backend;

import io.github.convgauge.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Several convolutions of one problem, ready to be executed, all of them in one {@link #execute}. Each has
 * arrays of its own on the device, outputs above all, whichever way they are grouped, so that the two
 * groupings differ in nothing but how the work is submitted.
 */
public interface PreparedMany extends Workload {
    /** As {@link PreparedConv#uploadOutput}, for every output. */
    void uploadOutputs();

    /** The results of the last {@link #execute}, in the ys that were handed over, in their order. */
    List<Tensor> outputs();

    /**
     * What shows that the device did all of them, in words. Executes once for that. Empty where there is
     * nobody else who could have done it.
     *
     * @throws FellBackException if nothing shows it
     */
    default Optional<String> proof() {
        return Optional.empty();
    }
}
