package io.github.convgauge.cli.run;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import java.io.IOException;
import java.util.List;

/** What of a plan is still to be done, as a runner goes through its groups of one problem and thread count. */
interface Agenda {
    /** Everything, once. */
    Agenda ALL = new Agenda() {};

    /** Whether a group has anything to do. */
    default boolean wants(ConvProblem problem, int threads) {
        return true;
    }

    /**
     * Who takes part.
     *
     * @param all that the plan has for this problem, dtype and thread count
     */
    default List<Entrant> lineUp(ConvProblem problem, DType dtype, int threads, List<Entrant> all) {
        return all;
    }

    /** A group is over, and its rows are written. */
    default void finished(ConvProblem problem, int threads) throws IOException {}

    /** Whether groups that the time budget does not reach are left out, instead of having rows that say so. */
    default boolean endsWithBudget() {
        return false;
    }
}
