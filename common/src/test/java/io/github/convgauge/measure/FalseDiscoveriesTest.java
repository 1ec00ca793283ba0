package io.github.convgauge.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class FalseDiscoveriesTest {
    /** The example of Benjamini and Hochberg, 1995, section 3.2, shuffled; adjusted values of SciPy 1.17's false_discovery_control. */
    @Test
    void agreesWithThePapersExample() {
        double[] p = {.3240, .0001, .0004, .0019, .0095, 1.0, .0201, .0278, .0298, .0344, .0459, .4262, .5719, .6528, .7590};
        double[] expected = {
            0.486, 0.0015, 0.003, 0.0095, 0.035625, 1.0, 0.0603, 0.06385714285714286, 0.06385714285714286, 0.0645, 0.0765,
            0.5811818181818181, 0.7148749999999999, 0.7532307692307693, 0.8132142857142857};
        assertArrayEquals(expected, FalseDiscoveries.adjust(p), 1e-12);
    }

    @Test
    void oneTestAloneIsAsItIs() {
        assertArrayEquals(new double[] {0.03}, FalseDiscoveries.adjust(new double[] {0.03}));
        assertArrayEquals(new double[0], FalseDiscoveries.adjust(new double[0]));
    }
}
