package io.github.convgauge.cpu.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.kernel.BlockSpec;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the work is cut into parts; what the parts compute is the contract test's. */
class DirectPlanTest {
    /** Panels of 3, 3 and 2 vectors; of 3 and 1; of one width; and a cut by lines, where all panels are in each part. */
    @ParameterizedTest
    @CsvSource({"ic32ih16oc32kh3,128b:7x3", "ic32ih11oc16kh3,128b:5x3", "ic32ih16oc32kh3,128b:7x2", "ic4ih40oc32kh3,128b:7x3"})
    void partsAreCutByWhatTheyCompute(String text, String block) {
        ConvProblem problem = ConvProblem.parse(text);
        DirectPlan plan = new DirectPlan(
                problem, DType.F32, Blocking.parse(block), Layout.contiguous(problem.xSizes()),
                Layout.contiguous(problem.wSizes()), Layout.contiguous(problem.ySizes()));
        assertEquals(!text.startsWith("ic4"), plan.panelsOuter());
        for (int parts : new int[] {1, 2, 3, 4, 5, 100}) {
            assertEquals(0, plan.begin(0, parts));
            assertEquals(plan.units(), plan.begin(parts, parts));
            double sum = 0;
            for (int part = 0; part < parts; part++) {
                assertTrue(plan.begin(part, parts) <= plan.begin(part + 1, parts));
                // A cut falls between two units, a unit has 3 vectors at most and 2 on average or more.
                assertEquals(1.0 / parts, plan.share(part, parts), 1.5 / plan.units(), part + " of " + parts);
                sum += plan.share(part, parts);
            }
            assertEquals(1, sum, 1e-12);
        }
    }

    /** A panel of 590 kB meets its lines in slices, unless a block is moved back to end with its line, or panels are small or not the outer loop. */
    @ParameterizedTest
    @CsvSource({
        "ic512ih7oc64kh3ph1,512b:7x2,true", "ic512ih7oc64kh3ph1,512b:6x2,false", "ic64ih7oc64kh3ph1,512b:7x2,false",
        "ic512ih40oc32kh3ph1,512b:8x2,false", "ic512ih7oc64kh1,512b:7x2,false"})
    void largePanelsMeetTheirLinesInSlices(String text, String block, boolean slices) {
        ConvProblem problem = ConvProblem.parse(text);
        DirectPlan plan = new DirectPlan(
                problem, DType.F32, Blocking.parse(block), Layout.contiguous(problem.xSizes()),
                Layout.contiguous(problem.wSizes()), Layout.contiguous(problem.ySizes()));
        assertEquals(slices, plan.specs().stream().anyMatch(BlockSpec::accumulate));
    }
}
