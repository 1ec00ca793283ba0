package io.github.convgauge.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerPoolTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void everyPartRunsOnceAndAllAreDoneOnReturn(int threads) {
        assertTimeoutPreemptively(LIMIT, () -> {
            try (WorkerPool pool = new WorkerPool(threads)) {
                // Plain memory: only the pool's own ordering makes the writes visible.
                int[] counts = new int[threads];
                WorkerPool.Task count = (part, parts) -> counts[part] += parts;
                int rounds = 5_000;
                for (int round = 1; round <= rounds; round++) {
                    pool.run(count);
                    assertEquals(round * threads, counts[threads - 1], "round " + round);
                }
                int[] expected = new int[threads];
                Arrays.fill(expected, rounds * threads);
                assertArrayEquals(expected, counts);
            }
        });
    }

    @Test
    void aPartIsAlwaysOnTheSameThread() {
        try (WorkerPool pool = new WorkerPool(3)) {
            Thread[] first = new Thread[3];
            Thread[] second = new Thread[3];
            pool.run((part, parts) -> first[part] = Thread.currentThread());
            pool.run((part, parts) -> second[part] = Thread.currentThread());
            assertArrayEquals(first, second);
            assertSame(Thread.currentThread(), first[0]);
        }
    }

    /** Longer than the helpers spin, so that they and the caller park and have to be woken. */
    @Test
    void parkedThreadsWake() {
        assertTimeoutPreemptively(LIMIT, () -> {
            try (WorkerPool pool = new WorkerPool(3)) {
                AtomicInteger runs = new AtomicInteger();
                for (int round = 0; round < 30; round++) {
                    Thread.sleep(2);
                    pool.run((part, parts) -> {
                        if (part == parts - 1) {
                            sleep(2);
                        }
                        runs.incrementAndGet();
                    });
                }
                assertEquals(90, runs.get());
            }
        });
    }

    @Test
    void idleHelpersLeaveTheProcessorAlone() throws InterruptedException {
        try (WorkerPool pool = new WorkerPool(3)) {
            Thread[] helpers = new Thread[3];
            pool.run((part, parts) -> helpers[part] = Thread.currentThread());
            Thread.sleep(50);
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            long before = threads.getThreadCpuTime(helpers[1].threadId()) + threads.getThreadCpuTime(helpers[2].threadId());
            Thread.sleep(200);
            long after = threads.getThreadCpuTime(helpers[1].threadId()) + threads.getThreadCpuTime(helpers[2].threadId());
            assertTrue(after - before < 10_000_000, "%d ns of processor time while idle for 200 ms".formatted(after - before));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void whatAPartThrowsIsThrownWhenAllAreDone(int failing) {
        assertTimeoutPreemptively(LIMIT, () -> {
            try (WorkerPool pool = new WorkerPool(3)) {
                AtomicIntegerArray done = new AtomicIntegerArray(3);
                RuntimeException thrown = new IllegalStateException("part " + failing);
                assertSame(thrown, assertThrows(IllegalStateException.class, () -> pool.run((part, parts) -> {
                    if (part == failing) {
                        throw thrown;
                    }
                    sleep(5);
                    done.set(part, 1);
                })));
                assertEquals(2, done.get(0) + done.get(1) + done.get(2), "a part was still running");
                assertThrows(AssertionError.class, () -> pool.run((part, parts) -> {
                    throw new AssertionError();
                }));
                pool.run((part, parts) -> done.set(part, 7));
                assertEquals(21, done.get(0) + done.get(1) + done.get(2), "the pool works after a failure");
            }
        });
    }

    @Test
    void closingEndsTheThreads() {
        assertTimeoutPreemptively(LIMIT, () -> {
            WorkerPool pool = new WorkerPool(3);
            Thread[] threads = new Thread[3];
            pool.run((part, parts) -> threads[part] = Thread.currentThread());
            pool.close();
            assertFalse(threads[1].isAlive());
            assertFalse(threads[2].isAlive());
            assertThrows(IllegalStateException.class, () -> pool.run((part, parts) -> { }));
            pool.close();
        });
    }

    @Test
    void refusesNoThreads() {
        assertEquals(
                "0 threads; there must be at least 1",
                assertThrows(IllegalArgumentException.class, () -> new WorkerPool(0)).getMessage());
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
