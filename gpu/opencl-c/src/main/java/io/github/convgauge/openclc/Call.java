package io.github.convgauge.openclc;

import java.util.List;
import java.util.Optional;

/**
 * A kernel with its arguments and its work items.
 *
 * @param stage which stage of {@link io.github.convgauge.backend.PreparedConv#profile} its time belongs to
 * @param arguments in order
 * @param smaller the same by smaller work-groups, for a device that cannot run this kernel in those
 *     that this call has; empty where there are none, or where this call can have any
 */
public record Call(String stage, Program program, Grid grid, List<Buffer> arguments, Optional<Call> smaller) {
    /** How the work items may be grouped. */
    @FunctionalInterface
    public interface Grid {
        /**
         * @param limit the most items in a group that the compiled kernel allows on this device
         * @return empty if the grid's groups have more than that
         */
        Optional<WorkSize> size(Target target, long limit);
    }

    public Call {
        arguments = List.copyOf(arguments);
    }

    /**
     * A call whose items do not care how they are grouped.
     *
     * @param items how many there are in each dimension; the kernel leaves out those beyond
     */
    static Call free(String stage, Program program, List<Buffer> arguments, long... items) {
        return grouped(stage, program, arguments, (target, limit) -> Optional.of(WorkSize.of(target, limit, items)));
    }

    /** A call in the groups of a grid, or in none. */
    static Call grouped(String stage, Program program, List<Buffer> arguments, Grid grid) {
        return new Call(stage, program, grid, arguments, Optional.empty());
    }

    /** A call in groups of one size. */
    static Call fixed(String stage, Program program, List<Buffer> arguments, WorkSize size, Optional<Call> smaller) {
        return new Call(
                stage, program, (target, limit) -> Optional.of(size).filter(s -> s.group() <= limit), arguments, smaller);
    }
}
