package io.github.convgauge.cpu.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The order of the work and its cuts; what the parts compute is the contract test's. */
class WalkTest {
    /** Tiles of 2, 2 and 1 lines, panels of 3 and 1 vectors, 2 blocks in a line. */
    @Test
    void tileByTilePanelByPanelBlockByBlock() {
        Walk walk = new Walk(new int[] {3, 1}, 5, 2, 3);
        assertEquals(20, walk.units());
        List<String> order = IntStream.range(0, 20).mapToObj(unit -> walk.panel(unit) + ":" + walk.block(unit)).toList();
        assertEquals(List.of(
                "0:0", "0:1", "0:2", "0:3", "1:0", "1:1", "1:2", "1:3",
                "0:4", "0:5", "0:6", "0:7", "1:4", "1:5", "1:6", "1:7",
                "0:8", "0:9", "1:8", "1:9"), order);
        assertEquals(List.of(4L, 4L, 4L, 4L, 8L, 8L, 8L, 8L, 12L, 12L, 12L, 12L, 16L, 16L, 16L, 16L, 18L, 18L, 20L, 20L),
                IntStream.range(0, 20).mapToObj(walk::end).toList());
        // Of 40 vectors 16 are in the first tile, 12 in the second one's first panel and 4 in its second.
        assertEquals(9, walk.begin(1, 2));
        assertEquals(12, walk.begin(7, 10));
        assertEquals(13, walk.begin(29, 40));
        assertEquals(16, walk.begin(4, 5));
    }

    /** Panels of 3, 3 and 2 vectors; of 3 and 1; of one width; and tiles of lines, as many as threads at least. */
    @ParameterizedTest
    @CsvSource({
        "ic32ih16oc32kh3,128b:7x3,1,1", "ic32ih11oc16kh3,128b:5x3,2,1", "ic32ih16oc32kh3,128b:7x2,1,1", "ic4ih40oc32kh3,128b:7x3,1,1",
        "ic4ih40oc32kh3,128b:7x3,3,3", "ic4ih6oc8kh1sh2,128b:3x2,16,3", "ic4ih6oc8kh1,128b:5x2,16,8", "ic64ih96oc32kh1,128b:7x3,2,4"})
    void partsAreCutByWhatTheyCompute(String text, String block, int threads, int tiles) {
        ConvProblem problem = ConvProblem.parse(text);
        Blocking blocking = Blocking.parse(block);
        DirectPlan plan = new DirectPlan(
                problem, DType.F32, blocking, threads, Layout.contiguous(problem.xSizes()),
                Layout.contiguous(problem.wSizes()), Layout.contiguous(problem.ySizes()));
        assertEquals(text.startsWith("ic32"), plan.panelsOuter());
        Walk walk = plan.walk();
        assertEquals(tiles, IntStream.range(0, (int) walk.units()).filter(unit -> walk.panel(unit) == 0 && (unit == 0 || walk.end(unit) != walk.end(unit - 1))).count());
        for (int parts : new int[] {1, 2, 3, 4, 5, 100}) {
            assertEquals(0, walk.begin(0, parts));
            assertEquals(walk.units(), walk.begin(parts, parts));
            double sum = 0;
            for (int part = 0; part < parts; part++) {
                assertTrue(walk.begin(part, parts) <= walk.begin(part + 1, parts));
                // A cut falls between two units, a unit has 3 vectors at most and 2 on average or more.
                assertEquals(1.0 / parts, walk.share(part, parts), 1.5 / walk.units(), part + " of " + parts);
                sum += walk.share(part, parts);
            }
            assertEquals(1, sum, 1e-12);
        }
    }

    /** Each unit once, whatever the sizes. */
    @Test
    void eachBlockMeetsEachPanelOnce() {
        for (int lines = 1; lines <= 7; lines++) {
            for (int tiles = 1; tiles <= 25; tiles++) {
                Walk walk = new Walk(new int[] {2, 2, 1}, lines, 3, tiles);
                List<Long> seen = new ArrayList<>();
                long next;
                for (long at = 0; at < walk.units(); at = next) {
                    next = walk.end(at);
                    assertTrue(next > at);
                    for (long unit = at; unit < next; unit++) {
                        assertEquals(walk.panel(at), walk.panel(unit));
                        assertEquals(walk.block(at) + unit - at, walk.block(unit));
                        seen.add(walk.panel(unit) * 1000L + walk.block(unit));
                    }
                }
                assertEquals(3L * lines * 3, seen.stream().distinct().count());
                assertEquals(3 * lines * 3, seen.size());
            }
        }
    }
}
