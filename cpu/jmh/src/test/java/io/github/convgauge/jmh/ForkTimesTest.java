package io.github.convgauge.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForkTimesTest {
    private static ForkTimes of(String rawData) throws Exception {
        return ForkTimes.of(new ObjectMapper().readTree(rawData));
    }

    @Test
    void eachForkCountsOnce() throws Exception {
        ForkTimes times = of("[[1, 3], [100, 100], [4, 4]]");
        assertEquals(List.of(2.0, 100.0, 4.0), times.nanos());
        assertEquals(4, times.median());
        assertEquals(3, times.forks());
    }

    /** The t quantiles are those of printed tables: 4.303 with 2 degrees of freedom, 12.706 with one. */
    @Test
    void theIntervalIsThatOfForks() throws Exception {
        assertEquals(4.303 * 2 / Math.sqrt(3), of("[[8, 8], [10, 10], [9, 15]]").halfWidth(), 1e-3);
        // Iterations count for nothing where there are forks, however many they are.
        assertEquals(12.706 / Math.sqrt(2) * Math.sqrt(2), of("[[9, 9, 9, 9, 9], [11, 11, 11, 11, 11]]").halfWidth(), 1e-3);
        assertEquals(4.303 * 2 / Math.sqrt(3), of("[[8, 10, 12]]").halfWidth(), 1e-3);
        assertTrue(Double.isNaN(of("[[8]]").halfWidth()));
    }

    @Test
    void refusesWhatIsNoTime() {
        for (String bad : new String[] {"[]", "null", "[[]]", "[[1], []]", "[[1, 0]]", "[[1, -1]]", "[[1, \"NaN\"]]", "[[1, null]]", "[1, 2]"}) {
            assertThrows(IllegalArgumentException.class, () -> of(bad), bad);
        }
    }
}
