package io.github.convgauge.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class ShareTest {
    @Property
    void partsAreEvenAndCoverAll(
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long total, @ForAll @IntRange(min = 1, max = 70) int parts) {
        assertEquals(0, Share.begin(total, 0, parts));
        assertEquals(total, Share.begin(total, parts, parts));
        assertEquals(Math.ceilDiv(total, parts), Share.begin(total, 1, parts));
        for (int part = 0; part < parts; part++) {
            long length = Share.begin(total, part + 1, parts) - Share.begin(total, part, parts);
            assertTrue(length == total / parts || length == total / parts + 1, "part %d has %d".formatted(part, length));
        }
    }

    /** Of 14 lines two threads with three parts each have 7, not 8 and 6. */
    @Property
    void neighbouringPartsAreEvenTogether(
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long total, @ForAll @IntRange(min = 1, max = 70) int parts,
            @ForAll @IntRange(min = 1, max = 16) int smaller) {
        for (int part = 0; part <= parts; part++) {
            assertEquals(Share.begin(total, part, parts), Share.begin(total, part * smaller, parts * smaller));
        }
    }
}
