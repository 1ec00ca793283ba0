package io.github.convgauge.cpu.winograd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.check.Checker;
import io.github.convgauge.check.Comparison;
import io.github.convgauge.check.Operands;
import io.github.convgauge.check.Reference;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.WorkerPool;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** What the tests of this package run. */
final class Trial {
    static final List<DType> DTYPES = List.of(DType.F32, DType.F64);

    /** Tiles of one, cut in the last row and column, more than a run of them; channels under, at and over a vector. */
    static final List<String> PROBLEMS = List.of(
            "ic1ih3oc1kh3", // one output
            "ic1ih1oc1kh3ph1", // one input, the rest is padding
            "ic3ih5iw7oc17kh3ph1",
            "mb2ic17ih6iw9oc3kh3ph0pw2",
            "ic5ih9iw6oc16kh3ph2pw1",
            "mb3ic16ih8iw4oc33kh3", // 6 rows and 2 columns of outputs
            "ic2ih4iw5oc3oh6ow4kh3ph2pw1", // padding 2 at the top, 2 at the bottom; 1 at the left, 0 at the right
            "ic3ih6iw6oc5oh5ow6kh3ph0pw2", // 0 and 1; 2 and 0
            "ic2ih3iw70oc4kh3ph1", // several runs of tiles in a row
            "mb2ic70ih9iw10oc70kh3ph1",
            "g2mb2ic6ih7iw9oc10kh3ph1",
            "g5ic5ih6iw5oc5kh3ph1", // one channel a group
            "mb2ic16ih40iw37oc20kh3ph1", // several blocks for each thread
            "g2ic200ih5oc200kh3ph1", // staged where there are more threads than groups
            "ic300ih7oc90kh3ph1", // staged; several chunks of channels
            "ic130ih3iw4oc150kh3ph2"); // padding wider than the kernel needs

    private Trial() {}

    /** The answer of one execution, into a y that was marked as unwritten. */
    static Tensor answer(
            Winograd variant, Transforms transforms, Regime regime, ConvProblem problem, Operands operands, Tensor y,
            int threads, Product.Maker maker) throws Exception {
        Checker.markUnwritten(y);
        try (WorkerPool pool = new WorkerPool(threads);
                WinogradConv conv = new WinogradConv(
                        variant, transforms, regime, Output.REUSED, problem, operands.x(), operands.w(), y, pool, Long.MAX_VALUE, maker)) {
            conv.execute();
            return conv.output();
        }
    }

    static Tensor answer(Winograd variant, ConvProblem problem, Operands operands, int threads) throws Exception {
        DType dtype = operands.x().dtype();
        return answer(
                variant, variant.transforms(dtype), Regime.EAGER, problem, operands,
                Tensor.allocate(dtype, problem.ySizes()), threads, PlainProduct::of);
    }

    static Reference reference(ConvProblem problem, Operands operands) {
        return Reference.compute(
                problem, operands, Arena.ofAuto().allocate(Reference.bytes(problem), Double.BYTES));
    }

    /** An answer held against the algorithm's own bound. */
    static Comparison compare(Winograd variant, ConvProblem problem, Operands operands, Tensor y) {
        DType dtype = operands.x().dtype();
        return new Checker(problem, dtype, variant.algorithm().ownLaw())
                .compareWithinBound(operands, y, reference(problem, operands));
    }

    static void assertWithinBound(Winograd variant, ConvProblem problem, Operands operands, Tensor y, String what) {
        Comparison comparison = compare(variant, problem, operands, y);
        assertEquals(0, comparison.wrong(), () -> "%s of %s, %s: %s".formatted(
                variant, problem, what, comparison.firstWrong()));
    }

    /**
     * A product that uses all that it may: it reads whole blocks of rows, and leaves NaN behind the last
     * row of C, where nobody must look.
     */
    record WholeBlocks(DType dtype, Product plain) implements Product {
        private static final int ROWS = 5;

        static Product of(DType dtype, int depth, int columns) {
            return new WholeBlocks(dtype, PlainProduct.of(dtype, depth, columns));
        }

        @Override
        public int panel() {
            return plain.panel();
        }

        @Override
        public int rows() {
            return ROWS;
        }

        @Override
        public void run(
                MemorySegment a, long aAt, long aRow, MemorySegment b, long bAt,
                MemorySegment c, long cAt, long cRow, int rows, int panels) {
            int whole = Math.ceilDiv(rows, ROWS) * ROWS;
            plain.run(a, aAt, aRow, b, bAt, c, cAt, cRow, whole, panels);
            for (int row = rows; row < whole; row++) {
                for (int column = 0; column < panels * panel(); column++) {
                    long at = cAt + row * cRow + (long) column * dtype.bytes();
                    if (dtype == DType.F64) {
                        c.set(ValueLayout.JAVA_DOUBLE, at, Double.NaN);
                    } else {
                        c.set(ValueLayout.JAVA_FLOAT, at, Float.NaN);
                    }
                }
            }
        }
    }
}
