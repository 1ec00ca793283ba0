package io.github.convgauge.tornadovm.graphs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BlockingTest {
    /** A kernel of more lanes than a group has channels would read and write outside the group. */
    @Test
    void aVectorIsNeverWiderThanAGroup() {
        for (int goc = 1; goc < 100; goc++) {
            for (int bytes : new int[] {Float.BYTES, Double.BYTES}) {
                int lanes = Blocking.lanes(goc, bytes);
                assertTrue(lanes <= goc && lanes * bytes <= 64, goc + " channels of " + bytes + " bytes: " + lanes);
            }
        }
    }

    @Test
    void isAsWideAsPays() {
        assertEquals(1, Blocking.lanes(3, Float.BYTES));
        assertEquals(4, Blocking.lanes(4, Float.BYTES));
        assertEquals(8, Blocking.lanes(8, Float.BYTES));
        assertEquals(16, Blocking.lanes(16, Float.BYTES));
        assertEquals(16, Blocking.lanes(128, Float.BYTES));
        assertEquals(8, Blocking.lanes(128, Double.BYTES));
    }
}
