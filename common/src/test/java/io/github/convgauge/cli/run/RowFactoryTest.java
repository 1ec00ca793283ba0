package io.github.convgauge.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class RowFactoryTest {
    /** A driver takes as many cores as it likes, and what the clock is too coarse to tell is not said. */
    @Test
    void moreCoresThanThreadsAreSaid() {
        assertEquals(Optional.of("it took 1.9 cores where it was given 1"), RowFactory.tooManyCores(1.9, 1));
        assertEquals(Optional.empty(), RowFactory.tooManyCores(1.9, 2));
        assertEquals(Optional.empty(), RowFactory.tooManyCores(1.2, 1));
        assertEquals(Optional.empty(), RowFactory.tooManyCores(null, 1));
        assertEquals(Optional.empty(), RowFactory.tooManyCores(1.9, null));
    }
}
