package io.github.convgauge.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.ProblemSet;
import io.github.convgauge.tensor.DType;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the benchmarks time gives the right answers, and what checks them would see wrong ones. */
class AnswersTest {
    private static final ConvProblem PADDED = ConvProblem.parse("mb2ic3ih5iw7oc5kh3kw2sh2ph1pw1");

    private static List<ConvProblem> problems() {
        return Stream.concat(ProblemSet.TINY.problems().stream(), Stream.of(
                PADDED,
                ConvProblem.parse("g3mb2ic6ih7iw5oc3kh2kw3sw2ph1dh1"),
                ConvProblem.parse("mb3ic17ih1iw1oc33kh1"),
                // One under and one over a vector of 16, a block of 8 rows and a tile of 256 terms.
                ConvProblem.parse("ic257ih3iw5oc17kh1"),
                ConvProblem.parse("mb2ic5ih4iw6oc15kh4kw6"))).toList();
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void copiesAreRight(DType dtype) {
        for (ConvProblem problem : problems()) {
            for (CopyRun.Pattern pattern : CopyRun.Pattern.values()) {
                CopyRun run = new CopyRun(pattern, problem, dtype);
                run.execute();
                assertEquals(0, run.wrong(), pattern + " of " + problem);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void productsAreRight(DType dtype) {
        for (ConvProblem problem : problems()) {
            try (GemmRun run = new GemmRun(problem, dtype)) {
                run.execute();
                assertEquals(0, run.wrong(), problem.toString());
            }
        }
    }

    @Test
    void kernelsAreRight() throws Exception {
        for (String algorithm : Choice.fastAlgorithms()) {
            Subject subject = new Subject(algorithm, DType.F32, ConvProblem.parse("mb2ic3ih5iw7oc5kh3ph1pw1"));
            try (KernelRun run = new KernelRun(subject)) {
                run.execute();
                assertEquals(0, run.wrong(), subject.name());
                run.operands().w().fill(i -> i % 2 + 1);
                assertTrue(run.wrong() > 0, subject.name());
            }
        }
    }

    @Test
    void aProductOfOtherWeightsIsSeen() {
        try (GemmRun run = new GemmRun(PADDED, DType.F32)) {
            run.operands().w().fill(i -> i % 2 + 1);
            assertTrue(run.wrong() > 0);
        }
    }

    /** The frame keeps the old one. */
    @Test
    void windowsOfAnotherInputAreSeen() {
        CopyRun run = new CopyRun(CopyRun.Pattern.IM2COL, PADDED, DType.F32);
        double old = run.x().getDouble(1, 2, 3, 1);
        run.x().fill(i -> 2 + i);
        assertTrue(run.wrong() > 0);
        assertTrue(old < 1);
    }

    @Test
    void amountsAreThoseOfTheTensors() {
        ConvProblem problem = ConvProblem.parse("g2mb2ic4ih5iw6oc6kh3kw2ph1pw0");
        long x = 2 * 5 * 6 * 4;
        long places = 2 * 5 * 5;
        long terms = 3 * 2 * 2;
        assertEquals(2.0 * x * 4, Subject.copy(CopyRun.Pattern.NCHW, DType.F32, problem).amount());
        assertEquals(2.0 * x * 8, Subject.copy(CopyRun.Pattern.NHWC, DType.F64, problem).amount());
        assertEquals(new Yardstick.PlainCopy(x * 4), Subject.copy(CopyRun.Pattern.NCHW, DType.F32, problem).yardstick());
        // Each of the two groups fills the column matrix.
        assertEquals(2.0 * 2 * places * terms * 4, Subject.copy(CopyRun.Pattern.IM2COL, DType.F32, problem).amount());
        assertEquals(new Yardstick.PlainCopy(places * terms * 4), Subject.copy(CopyRun.Pattern.IM2COL, DType.F32, problem).yardstick());
        assertEquals(2.0 * places * terms * 3, Subject.gemm(DType.F32, problem).amount());
        assertEquals(new Yardstick.Peak(DType.F32), Subject.gemm(DType.F32, problem).yardstick());
    }

    @Test
    void whatCannotBeMeasuredIsRefused() {
        ConvProblem pointwise = ConvProblem.parse("ic4ih5oc6kh1");
        assertTrue(Subject.copy(CopyRun.Pattern.IM2COL, DType.F32, pointwise).refusal(1L << 40).isPresent());
        assertTrue(new Subject("winograd-f2", DType.F32, pointwise).refusal(1L << 40).isPresent());
        assertTrue(new Subject("direct", DType.F32, pointwise).refusal(1L << 40).isEmpty());
        String memory = new Subject("direct", DType.F32, pointwise).refusal(1L << 30).orElseThrow();
        assertTrue(memory.matches("it needs 1\\.5 GiB of memory, and this machine has 1\\.0 GiB"), memory);
        ConvProblem many = ConvProblem.parse("mb4096ic64ih224oc64kh3ph1");
        assertTrue(Subject.gemm(DType.F32, many).refusal(64L << 30).isPresent());
        assertTrue(Subject.copy(CopyRun.Pattern.NCHW, DType.F32, ConvProblem.parse("ic64ih224oc64kh3ph1")).refusal(4L << 30).isEmpty());
        assertThrows(IllegalArgumentException.class, () -> Subject.Kind.ofLabel("kernels"));
        assertThrows(IllegalArgumentException.class, () -> CopyRun.Pattern.ofLabel("chwn"));
    }
}
