package io.github.convgauge.cli.run;

import io.github.convgauge.check.Status;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import java.util.List;

/**
 * What became of one algorithm on one device, for one problem and dtype.
 *
 * @param device null, as the algorithm is {@link Entrant#ALL_ALGORITHMS}, for a backend that is not there
 * @param status PASSED where there is a winner
 * @param reason why the status is not PASSED, or what else there is to know; or null
 * @param winner null where the status is not PASSED
 * @param fromCache whether it was known before
 * @param rejected variants that were out because of what they did
 */
record TunedRow(
        ConvProblem problem, DType dtype, String backend, String device, String algorithm, Status status, String reason,
        KernelCache.Winner winner, boolean fromCache, List<Rejected> rejected) {
    /** A variant that did not pass, and how. */
    record Rejected(String variant, Status status, String reason) {
        /** Whether it is an error, and not just something that the device cannot do. */
        boolean isWrong() {
            return status.alwaysFailsTheRun();
        }
    }

    TunedRow {
        rejected = List.copyOf(rejected);
    }

    /** Whether the algorithm is a backend's that is there to say what it has. */
    boolean backendIsHere() {
        return device != null;
    }
}
