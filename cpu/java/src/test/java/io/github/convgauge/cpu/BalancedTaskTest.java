package io.github.convgauge.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BalancedTaskTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Chunks so short that owners and takers meet at the last one all the time. */
    @ParameterizedTest
    @CsvSource({"1, 1", "1, 5", "2, 1", "2, 2", "2, 3", "2, 16", "3, 7", "7, 2", "2, 1000"})
    void everyChunkIsDoneOnceAndAllAreDoneOnReturn(int threads, int chunksPerThread) {
        assertTimeoutPreemptively(LIMIT, () -> {
            try (WorkerPool pool = new WorkerPool(threads)) {
                int chunks = threads == 1 ? 1 : threads * chunksPerThread;
                AtomicIntegerArray counts = new AtomicIntegerArray(chunks);
                // Plain memory: only the pool's own ordering makes the writes visible.
                int[] seen = new int[chunks];
                BalancedTask task = new BalancedTask(pool, chunksPerThread, (thread, chunk, all) -> {
                    assertEquals(chunks, all);
                    counts.incrementAndGet(chunk);
                    seen[chunk]++;
                });
                int rounds = 400_000 / chunks / threads;
                for (int round = 1; round <= rounds; round++) {
                    task.run();
                    for (int chunk = 0; chunk < chunks; chunk++) {
                        if (counts.get(chunk) != round || seen[chunk] != round) {
                            assertEquals(round, counts.get(chunk), "chunk %d of %d".formatted(chunk, chunks));
                            assertEquals(round, seen[chunk], "what chunk %d of %d wrote".formatted(chunk, chunks));
                        }
                    }
                }
            }
        });
    }

    /** Its own chunks first, in order; then, of a thread that is stuck in its first one, the last ones first. */
    @Test
    void aThreadThatIsThroughTakesFromTheEndOfAnother() {
        assertTimeoutPreemptively(LIMIT, () -> {
            try (WorkerPool pool = new WorkerPool(2)) {
                CountDownLatch stuck = new CountDownLatch(1);
                CountDownLatch others = new CountDownLatch(7);
                List<Integer> order = new ArrayList<>();
                new BalancedTask(pool, 4, (thread, chunk, chunks) -> {
                    if (thread == 0) {
                        assertEquals(0, chunk);
                        stuck.countDown();
                        await(others);
                        return;
                    }
                    await(stuck);
                    order.add(chunk);
                    others.countDown();
                }).run();
                assertEquals(List.of(4, 5, 6, 7, 3, 2, 1), order);
            }
        });
    }

    /** The thread in the middle is the one that is stuck: both others help. */
    @Test
    void allHelpWhoIsSlow() {
        assertTimeoutPreemptively(LIMIT, () -> {
            try (WorkerPool pool = new WorkerPool(3)) {
                CountDownLatch others = new CountDownLatch(14);
                new BalancedTask(pool, 5, (thread, chunk, chunks) -> {
                    if (chunk == 5) {
                        await(others);
                    } else {
                        others.countDown();
                    }
                }).run();
                assertEquals(0, others.getCount());
            }
        });
    }

    @Test
    void whatAChunkThrowsIsThrownAndTheNextRunIsWhole() {
        try (WorkerPool pool = new WorkerPool(2)) {
            IllegalStateException thrown = new IllegalStateException("chunk 3");
            boolean[] fails = {true};
            AtomicIntegerArray counts = new AtomicIntegerArray(8);
            BalancedTask task = new BalancedTask(pool, 4, (thread, chunk, chunks) -> {
                if (fails[0] && chunk == 3) {
                    throw thrown;
                }
                counts.incrementAndGet(chunk);
            });
            assertSame(thrown, assertThrows(IllegalStateException.class, task::run));
            fails[0] = false;
            IntStream.range(0, 8).forEach(chunk -> counts.set(chunk, 0));
            task.run();
            assertArrayEquals(new int[] {1, 1, 1, 1, 1, 1, 1, 1}, IntStream.range(0, 8).map(counts::get).toArray());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, BalancedTask.MOST + 1})
    void soManyChunksAreRefused(int chunksPerThread) {
        try (WorkerPool pool = new WorkerPool(1)) {
            assertThrows(IllegalArgumentException.class, () -> new BalancedTask(pool, chunksPerThread, (thread, chunk, chunks) -> { }));
        }
    }

    @Test
    void workIsCutIntoChunksThatAreWorthIt() {
        assertEquals(1, BalancedTask.chunksPerThread(5.9e6, 3e6, 1000, 2));
        assertEquals(3, BalancedTask.chunksPerThread(18e6, 3e6, 1000, 2));
        assertEquals(2, BalancedTask.chunksPerThread(18e6, 3e6, 5, 2));
        assertEquals(1, BalancedTask.chunksPerThread(18e6, 3e6, 1, 7));
        assertEquals(16, BalancedTask.chunksPerThread(1e12, 3e6, 1000, 2));
    }

    @Test
    void theMostChunksAreCountedRight() {
        try (WorkerPool pool = new WorkerPool(2)) {
            AtomicIntegerArray counts = new AtomicIntegerArray(2 * BalancedTask.MOST);
            new BalancedTask(pool, BalancedTask.MOST, (thread, chunk, chunks) -> counts.incrementAndGet(chunk)).run();
            for (int chunk = 0; chunk < counts.length(); chunk++) {
                assertEquals(1, counts.get(chunk), "chunk " + chunk);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(20, TimeUnit.SECONDS), "nobody did what the others had not begun");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
