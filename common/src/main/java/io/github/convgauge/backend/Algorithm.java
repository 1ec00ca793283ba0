package io.github.convgauge.backend;

import java.util.List;
import java.util.Optional;

/**
 * One way to compute a convolution, which each backend names as the field does.
 *
 * @param description one line for people
 * @param regimes those it is timed in; each is a row
 * @param exactOnIntegers whether small integers give the exact answer (false for Winograd, whose
 *     transforms divide)
 * @param ownLaw its error bound where that is not γ(n)·Σ|x||w|
 */
public record Algorithm(
        String name, String description, List<Regime> regimes, boolean exactOnIntegers, Optional<ErrorLaw> ownLaw) {
    public Algorithm {
        regimes = List.copyOf(regimes);
    }

    /** An algorithm that sums the products of the definition in some order, in the given regimes. */
    public static Algorithm summing(String name, String description, Regime... regimes) {
        return new Algorithm(name, description, List.of(regimes), true, Optional.empty());
    }
}
