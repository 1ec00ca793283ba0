package io.github.convgauge.jmh;

import io.github.convgauge.backend.ErrorLaw;
import io.github.convgauge.check.Checker;
import io.github.convgauge.check.Operands;
import io.github.convgauge.check.Reference;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Optional;

/** Whether what is timed is right. */
final class Answer {
    private Answer() {}

    /**
     * Runs once more, and counts the outputs outside of their error bounds.
     *
     * @param law of the algorithm, if it does not simply sum the products
     */
    static long wrong(ConvProblem problem, Operands operands, Tensor y, Optional<ErrorLaw> law, Runnable run) {
        try (Arena arena = Arena.ofShared()) {
            Checker.markUnwritten(y);
            run.run();
            Reference reference = Reference.compute(problem, operands, arena.allocate(Reference.bytes(problem), 8));
            return new Checker(problem, y.dtype(), law).compareWithinBound(operands, y, reference).wrong();
        }
    }
}
