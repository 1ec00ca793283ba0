package io.github.convgauge.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheEvictorTest {
    @ParameterizedTest
    @CsvSource({"1, 1, 0", "64, 1, 0", "65, 1, 0", "100003, 1, 0", "100003, 3, 0", "4096, 4, 1000", "1, 5, 7"})
    void everyEvictionWritesEveryLine(long bytes, int threads, long l2) {
        try (CacheEvictor evictor = new CacheEvictor(bytes, threads, l2)) {
            for (int i = 0; i < 3; i++) {
                evictor.evict();
            }
            assertEquals(threads, evictor.shares().size());
            long total = 0;
            for (MemorySegment share : evictor.shares()) {
                total += share.byteSize();
                assertTrue(share.byteSize() >= 4 * l2, share.byteSize() + " bytes are less than 4 x L2");
                assertEquals(0, share.address() % 64);
                for (long line = 0; line < share.byteSize(); line += 64) {
                    assertEquals(3, share.get(ValueLayout.JAVA_LONG, line), "line at " + line);
                }
            }
            assertTrue(total >= bytes, total + " of " + bytes + " bytes");
            assertTrue(total <= Math.max(bytes, 4 * l2 * threads) + 128L * threads, "far too many bytes: " + total);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // L3 bytes, L3 caches, L2 bytes, threads, bytes of the buffer
        "1048576, 1, 65536, 1, 3145728",
        "1048576, 1, 65536, 2, 3145728",
        "1048576, 2, 65536, 2, 6291456",
        "1048576, 8, 65536, 2, 6291456",
        "1048576, 1, 524288, 2, 4194304",
    })
    void sizesFollowTheMachine(long l3, int caches, long l2, int threads, long bytes) {
        Environment machine = EnvironmentTest.machine(new CacheSizes(32768, l2, l3, caches), 0);
        try (CacheEvictor evictor = CacheEvictor.forMachine(machine, threads)) {
            assertEquals(bytes, evictor.shares().stream().mapToLong(MemorySegment::byteSize).sum());
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "-1, 1", "1, 0"})
    void nothingIsRefused(long bytes, int threads) {
        assertThrows(IllegalArgumentException.class, () -> new CacheEvictor(bytes, threads));
    }

    @Test
    void closedOnesDoNotEvict() {
        CacheEvictor evictor = new CacheEvictor(64, 1);
        evictor.close();
        assertThrows(IllegalStateException.class, evictor::evict);
    }
}
