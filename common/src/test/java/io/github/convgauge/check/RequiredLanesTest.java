package io.github.convgauge.check;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RequiredLanesTest {
    @Test
    void lanesAreWholeWordsBetweenCommas() {
        assertTrue(RequiredLanes.lists("opencl", "opencl"));
        assertTrue(RequiredLanes.lists("opencl,tornadovm", "tornadovm"));
        assertTrue(RequiredLanes.lists(" opencl , tornadovm ", "tornadovm"));
        assertFalse(RequiredLanes.lists("opencl2", "opencl"));
        assertFalse(RequiredLanes.lists("", "opencl"));
        assertFalse(RequiredLanes.lists(null, "opencl"));
    }
}
