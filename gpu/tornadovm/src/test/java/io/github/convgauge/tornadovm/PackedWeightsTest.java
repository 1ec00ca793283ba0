package io.github.convgauge.tornadovm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Grouping;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.PreparedMany;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.check.Checker;
import io.github.convgauge.check.Comparison;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.check.Reference;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import io.github.convgauge.tornadovm.graphs.ConvGraph;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Weights that are packed for blocks of several vectors, as processors with 512-bit registers get them: once where they
 * stay on the device, at each execution where they move, from any strides, and for many convolutions in one graph.
 */
@RequiresTornado
class PackedWeightsTest {
    private static final long SEED = 7;
    private static final ConvProblem PROBLEM = ConvProblem.parse("mb2ic3ih4iw15oc64kh2kw3ph1");

    private static TornadoBackend backend;
    private static String device;

    @BeforeAll
    static void start() {
        backend = Backends.start();
        device = backend.devices().getFirst().id();
    }

    private static ConvSpec spec(DType dtype, Regime regime) {
        return new ConvSpec(PROBLEM, dtype, device, ConvGraph.DIRECT_BLOCKED, regime, Output.REUSED, 1);
    }

    /** Output channels first in memory, or last: only the latter are vectors as they are. */
    private static Operands operands(DType dtype, boolean ordered) {
        Operands dense = Fill.INTEGER.operands(PROBLEM, dtype, SEED);
        if (ordered) {
            return dense;
        }
        long[] s = dense.w().sizes();
        return new Operands(dense.x(), Tensor.allocate(dtype, s[3], s[0], s[1], s[2]).permute(1, 2, 3, 0).copyFrom(dense.w()));
    }

    @ParameterizedTest
    @CsvSource({
        "F32, RESIDENT, false", "F64, RESIDENT, true", "F32, WEIGHTS_RESIDENT, false", "F64, WEIGHTS_RESIDENT, false",
        "F32, END_TO_END, true", "F32, END_TO_END, false", "F64, END_TO_END, false"
    })
    void ofAnyStridesInEachRegime(DType dtype, Regime regime, boolean ordered) throws Exception {
        Operands operands = operands(dtype, ordered);
        Tensor y = Tensor.allocate(dtype, PROBLEM.ySizes());
        Checker.markUnwritten(y);
        try (Row row = new Row(PROBLEM, dtype, operands, y, backend.prepare(spec(dtype, regime), operands.x(), operands.w(), y))) {
            for (int execution = 0; execution < 2; execution++) {
                row.conv().uploadOutput();
                row.conv().execute();
                assertEquals("", row.complaint(), "execution " + execution);
            }
        }
    }

    @Test
    void ofManyInOneGraph() throws Exception {
        Operands operands = operands(DType.F32, false);
        Reference reference = Reference.compute(PROBLEM, operands, Arena.ofAuto().allocate(Reference.bytes(PROBLEM), 8));
        Checker checker = new Checker(PROBLEM, DType.F32, Optional.empty());
        List<Tensor> ys = IntStream.range(0, 3).mapToObj(i -> Tensor.allocate(DType.F32, PROBLEM.ySizes())).toList();
        try (PreparedMany many = backend
                .prepareMany(spec(DType.F32, Regime.RESIDENT), Grouping.TOGETHER, operands.x(), operands.w(), ys).orElseThrow()) {
            for (int execution = 0; execution < 2; execution++) {
                ys.forEach(Checker::markUnwritten);
                many.uploadOutputs();
                many.execute();
                for (Tensor output : many.outputs()) {
                    Comparison comparison = checker.compareExactly(operands, output, reference);
                    assertEquals(0, comparison.wrong(), "execution %d: %s".formatted(execution, comparison.firstWrong()));
                }
            }
        }
    }
}
