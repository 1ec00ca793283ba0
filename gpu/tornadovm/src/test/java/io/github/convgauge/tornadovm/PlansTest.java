package io.github.convgauge.tornadovm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PlansTest {
    /** What is left of a message is one line, for a table. */
    @Test
    void aSummaryHasNoColoursAndNoStackTrace() {
        RuntimeException thrown = new RuntimeException(
                "\u001B[31mUnable to compile\u001B[0m\n  task conv.direct \nStacktrace: at a.b.C\n at d");
        assertEquals("Unable to compile task conv.direct", Plans.summary(thrown));
    }
}
