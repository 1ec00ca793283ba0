package io.github.convgauge.tornadovm.grids;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.WorkerGrid;

class GridsTest {
    private static final int[] EXTENTS = {1, 2, 3, 7, 16, 17, 31, 64, 100, 4097, 30_000};

    @Test
    void aGroupIsWithinItsLimitsAndTheGridCoversTheLoops() {
        for (boolean cpu : new boolean[] {true, false}) {
            for (long limit : new long[] {1, 16, 256, 4096}) {
                Grids grids = new Grids(cpu, 2, limit, 0);
                for (int outer : EXTENTS) {
                    for (int inner : EXTENTS) {
                        check(grids.parallel(outer, inner), outer, inner, limit);
                    }
                }
            }
        }
    }

    private static void check(WorkerGrid grid, int outer, int inner, long limit) {
        long[] global = grid.getGlobalWork();
        long[] local = grid.getLocalWork();
        String what = "%d x %d: global %s, local %s".formatted(
                outer, inner, java.util.Arrays.toString(global), java.util.Arrays.toString(local));
        assertTrue(local[0] * local[1] * local[2] <= limit, what);
        assertTrue(global[0] >= outer && global[1] >= inner, what);
        assertEquals(0, global[0] % local[0], what);
        assertEquals(0, global[1] % local[1], what);
        // Rounding up costs less than a group in each dimension.
        assertTrue(global[0] < outer + local[0] && global[1] < inner + local[1], what);
    }

    @Test
    void aCpuGetsManyGroupsOfThem() {
        WorkerGrid grid = new Grids(true, 2, 4096, 0).parallel(1, 1500);
        assertArrayEquals(new long[] {1, 30, 1}, grid.getLocalWork());
    }

    /** Loops over more than that go round. */
    @Test
    void aGpuHasNoMoreGroupsThanCudaAllows() {
        WorkerGrid grid = new Grids(false, 132, 1024, 4).parallel(16, 3_211_264);
        assertArrayEquals(new long[] {16, 16, 1}, grid.getLocalWork());
        assertArrayEquals(new long[] {16, 16 * 65_535, 1}, grid.getGlobalWork());
        WorkerGrid first = new Grids(false, 132, 1024, 4).parallel(3_211_264, 1);
        assertArrayEquals(new long[] {3_211_264, 1, 1}, first.getGlobalWork());
        assertArrayEquals(new long[] {16, 3_211_264, 1}, new Grids(true, 2, 4096, 0).parallel(16, 3_211_264).getGlobalWork());
    }

    @Test
    void tilesAreRoundedUp() {
        WorkerGrid grid = Grids.tiles(17, 32, 3, 16);
        assertArrayEquals(new long[] {32, 32, 3}, grid.getGlobalWork());
        assertArrayEquals(new long[] {16, 16, 1}, grid.getLocalWork());
    }
}
