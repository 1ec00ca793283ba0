package io.github.convgauge.cpu.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.kernel.BlockSpec;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which kernels a plan has; the order of the work is {@link WalkTest}'s, and what it computes the contract test's. */
class DirectPlanTest {
    /** A panel of 590 kB meets its lines in slices, unless a block is moved back to end with its line, or panels are small or not the outer loop. */
    @ParameterizedTest
    @CsvSource({
        "ic512ih7oc64kh3ph1,512b:7x2,true", "ic512ih7oc64kh3ph1,512b:6x2,false", "ic64ih7oc64kh3ph1,512b:7x2,false",
        "ic512ih40oc32kh3ph1,512b:8x2,false", "ic512ih7oc64kh1,512b:7x2,false"})
    void largePanelsMeetTheirLinesInSlices(String text, String block, boolean slices) {
        ConvProblem problem = ConvProblem.parse(text);
        DirectPlan plan = new DirectPlan(
                problem, DType.F32, Blocking.parse(block), 1, Layout.contiguous(problem.xSizes()),
                Layout.contiguous(problem.wSizes()), Layout.contiguous(problem.ySizes()));
        assertEquals(slices, plan.specs().stream().anyMatch(BlockSpec::accumulate));
    }
}
