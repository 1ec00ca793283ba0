package io.github.convgauge.backend;

import java.util.List;
import java.util.Optional;

/**
 * One way to compute a convolution, which each backend names as the field does.
 *
 * @param description one line for people
 * @param regimes those it is timed in; each is a row
 * @param outputs where the results go; each regime is a row with each of them
 * @param exactOnIntegers whether small integers give the exact answer (false for Winograd, whose
 *     transforms divide)
 * @param ownLaw its error bound where that is not γ(n)·Σ|x||w|
 * @param kernelsOf the algorithm of the backend's twin whose very kernels this one launches through its own
 *     runtime; its rows are compared with that one's, not with those of its own name, and show what the
 *     runtime costs
 * @param madeFor ids of the backend's devices that it is made for, perhaps none, where that is not all of
 *     them. On the others a run leaves it out, unless it is asked for by name: then it is UNSUPPORTED there,
 *     with the reason that {@link Backend#prepare} gives
 */
public record Algorithm(
        String name, String description, List<Regime> regimes, List<Output> outputs, boolean exactOnIntegers,
        Optional<ErrorLaw> ownLaw, Optional<String> kernelsOf, Optional<List<String>> madeFor) {
    public Algorithm {
        regimes = List.copyOf(regimes);
        outputs = List.copyOf(outputs);
        madeFor = madeFor.map(List::copyOf);
    }

    /** One that has its own kernels. */
    public Algorithm(
            String name, String description, List<Regime> regimes, List<Output> outputs, boolean exactOnIntegers,
            Optional<ErrorLaw> ownLaw) {
        this(name, description, regimes, outputs, exactOnIntegers, ownLaw, Optional.empty(), Optional.empty());
    }

    /**
     * An algorithm that sums the products of the definition in some order, in the given regimes, and
     * writes into a buffer that it is given.
     */
    public static Algorithm summing(String name, String description, Regime... regimes) {
        return new Algorithm(name, description, List.of(regimes), List.of(Output.REUSED), true, Optional.empty());
    }

    /** The same, writing elsewhere. */
    public Algorithm writing(Output... where) {
        return new Algorithm(name, description, regimes, List.of(where), exactOnIntegers, ownLaw, kernelsOf, madeFor);
    }

    /** The same, by the kernels of the twin's algorithm of that name. */
    public Algorithm withKernelsOf(String twins) {
        return new Algorithm(name, description, regimes, outputs, exactOnIntegers, ownLaw, Optional.of(twins), madeFor);
    }

    /** The same, within an error bound of its own. */
    public Algorithm within(ErrorLaw law) {
        return new Algorithm(name, description, regimes, outputs, exactOnIntegers, Optional.of(law), kernelsOf, madeFor);
    }

    /** The same, made for these devices only. */
    public Algorithm madeFor(List<String> deviceIds) {
        return new Algorithm(name, description, regimes, outputs, exactOnIntegers, ownLaw, kernelsOf, Optional.of(deviceIds));
    }

    /** Whether it is made for a device. */
    public boolean isMadeFor(String deviceId) {
        return madeFor.isEmpty() || madeFor.get().contains(deviceId);
    }
}
