package io.github.convgauge.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.CopyLoop;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BandwidthTest {
    private static final long MIB = 1L << 20;

    private static Environment machine(long l3, int count, long available) {
        return new Environment(
                "unknown", Optional.empty(), "unknown", new Jvm("vendor", "25", "vm", List.of(), List.of()), "cpu", 4, 4, 4,
                new CacheSizes(32 << 10, MIB, l3, count), available, available, "os", "kernel", Optional.empty(), false, Optional.empty());
    }

    @Test
    void noCacheHoldsTheArrays() {
        long much = 1L << 40;
        assertEquals(64 * MIB, Bandwidth.arrayBytes(machine(MIB, 1, much)).orElseThrow());
        assertEquals(4 * 32 * MIB, Bandwidth.arrayBytes(machine(32 * MIB, 1, much)).orElseThrow());
        assertEquals(8 * 32 * MIB * 4, Bandwidth.arrayBytes(machine(32 * MIB, 8, much)).orElseThrow());
        // Not more than needed: beyond a gibibyte twice the caches must do.
        assertEquals(2 * 1152 * MIB, Bandwidth.arrayBytes(machine(96 * MIB, 12, much)).orElseThrow());
        assertTrue(Bandwidth.arrayBytes(machine(32 * MIB, 1, 2048 * MIB - 1)).isEmpty());
        assertTrue(Bandwidth.arrayBytes(machine(32 * MIB, 1, 2048 * MIB)).isPresent());
    }

    @Test
    void bytesOverTime() {
        double gbytes = Bandwidth.gbytesPerSecond(new CopyLoop() {
            @Override
            public double bytes() {
                return 1e6;
            }

            @Override
            public void execute() {
                long end = System.nanoTime() + 100_000;
                while (System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
            }
        }, 1);
        assertTrue(gbytes > 1 && gbytes <= 10, gbytes + " GB/s");
    }
}
