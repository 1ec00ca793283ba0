package io.github.convgauge.tornadovm.graphs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.tornadovm.grids.Grids;
import org.junit.jupiter.api.Test;

class BlockingTest {
    private static final Grids CPU = new Grids(true, 2, 4096, 64);
    private static final Grids GPU = new Grids(false, 20, 256, 4);

    /** A kernel of more lanes than a group has channels would read and write outside the group. */
    @Test
    void aVectorIsNeverWiderThanAGroup() {
        for (int goc = 1; goc < 100; goc++) {
            for (int bytes : new int[] {Float.BYTES, Double.BYTES}) {
                int lanes = Blocking.lanes(CPU, goc, bytes);
                assertTrue(lanes <= goc && lanes * bytes <= 64, goc + " channels of " + bytes + " bytes: " + lanes);
                assertTrue(Blocking.lanes(GPU, goc, bytes) <= Math.min(goc, 4), goc + " channels on a GPU");
            }
        }
    }

    @Test
    void isAsWideAsPays() {
        assertEquals(1, Blocking.lanes(CPU, 3, Float.BYTES));
        assertEquals(4, Blocking.lanes(CPU, 4, Float.BYTES));
        assertEquals(8, Blocking.lanes(CPU, 8, Float.BYTES));
        assertEquals(16, Blocking.lanes(CPU, 16, Float.BYTES));
        assertEquals(16, Blocking.lanes(CPU, 128, Float.BYTES));
        assertEquals(8, Blocking.lanes(CPU, 128, Double.BYTES));
        assertEquals(4, Blocking.lanes(GPU, 128, Float.BYTES));
    }
}
