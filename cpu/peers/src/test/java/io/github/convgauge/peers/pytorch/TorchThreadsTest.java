package io.github.convgauge.peers.pytorch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.tensor.DType;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.DoublePredicate;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class TorchThreadsTest {
    /** Large enough that a second thread has work, and each of another code path in libtorch. */
    private static final List<String> PROBLEMS = List.of(
            "mb10ih32iw32ic8oc16kh3kw3n\"notebook\"",
            "mb1ih28ic128oc128kh3ph1n\"resnet-3x3\"",
            "mb1ih56ic64oc256kh1n\"resnet-1x1\"",
            "mb4ih20ic64oc64kh3dh1ph2n\"dilated\"");

    /** 60 ms of the caller's CPU time each. */
    private static final int WINDOWS = 40;

    /** Forty pauses of 4 ms behind calls each. */
    private static final int PAUSES = 10;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private static PytorchBackend backend;

    @BeforeAll
    static void start() throws Exception {
        backend = new PytorchBackend();
        backend.start();
    }

    /** One image, and a dilated convolution of a batch, are BLAS's to spread; other batches are not. */
    @Test
    void bothPoolsTakeWhatIsAsked() throws Exception {
        OpenBlas openBlas = OpenBlas.find();
        for (Prepared.Row row : Prepared.rows()) {
            for (int threads : new int[] {3, 1, 2, 1}) {
                assertPools(row, "ic3ih5oc2kh3", threads, threads, openBlas);
                assertPools(row, "mb3ic3ih5oc2kh3", threads, 1, openBlas);
                assertPools(row, "mb3ic3ih5oc2kh3dh1", threads, threads, openBlas);
            }
            assertPools(row, "mb2ic3ih5oc2kh3", 3, 3, openBlas);
        }
    }

    private static void assertPools(Prepared.Row row, String problem, int threads, int blasThreads, OpenBlas openBlas)
            throws Exception {
        try (PreparedConv conv = row.prepare(backend, problem, threads)) {
            conv.execute();
            assertEquals(threads, torch.get_num_threads(), problem + ", OpenMP, " + row);
            assertEquals(blasThreads, openBlas.threads(), problem + ", OpenBLAS, " + row);
        }
    }

    /** OpenMP's count belongs to the calling thread, and another row may have changed OpenBLAS's. */
    @Test
    void anExecutionHasItsOwnThreadsWhateverHappenedBetween() throws Exception {
        Prepared.Row row = Prepared.rows().getFirst();
        OpenBlas openBlas = OpenBlas.find();
        try (PreparedConv one = row.prepare(backend, "ic3ih5oc2kh3", 1);
                PreparedConv two = row.prepare(backend, "ic3ih5oc2kh3", 2);
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            one.execute();
            assertEquals(1, torch.get_num_threads(), "after a row of 2 was prepared");
            assertEquals(1, openBlas.threads(), "after a row of 2 was prepared");
            Callable<Integer> elsewhere = () -> {
                two.execute();
                return torch.get_num_threads();
            };
            assertEquals(2, other.submit(elsewhere).get(), "when called from another thread");
            assertEquals(2, openBlas.threads(), "when called from another thread");
            one.execute();
            assertEquals(1, torch.get_num_threads(), "again");
            assertEquals(1, openBlas.threads(), "again");
        }
    }

    @Test
    void aCountThatIsNotTakenIsAnError() throws Exception {
        TorchThreads tooMany = new TorchThreads(OpenBlas.find(), 1, 100_000);
        IllegalStateException e = assertThrows(IllegalStateException.class, tooMany::take);
        assertTrue(e.getMessage().contains("1 OpenMP threads and 100000 of OpenBLAS were asked for"), e.getMessage());
    }

    /** With one thread, only the caller works; a pool that computes or spins beside it shows here. */
    @TestFactory
    Stream<DynamicTest> oneThreadIsOneThread() {
        return cases().map(c -> DynamicTest.dynamicTest(c.toString(), () -> {
            double[] ratios = processOverCaller(c, 1, ratio -> ratio < 1.2);
            assertTrue(ratios[0] < 1.2, "the process took %s times the caller's CPU time, %s"
                    .formatted(Arrays.toString(ratios), c));
        }));
    }

    /** With two, a second thread takes its share. Its CPU time, unlike the wall's, bears a busy machine. */
    @TestFactory
    Stream<DynamicTest> twoThreadsAreTwo() {
        return cases().map(c -> DynamicTest.dynamicTest(c.toString(), () -> {
            double[] ratios = processOverCaller(c, 2, ratio -> true);
            assertTrue(ratios[1] > 1.2, "the process took %s times the caller's CPU time, %s"
                    .formatted(Arrays.toString(ratios), c));
        }));
    }

    /** Whoever is measured next finds the cores free 1 ms after a call, whichever pools it woke. */
    @TestFactory
    Stream<DynamicTest> poolsSleepAfterACall() {
        return cases().map(c -> DynamicTest.dynamicTest(c.toString(), () -> {
            double[] busy = busyCoresAfterACalls(c);
            assertTrue(busy[0] < 0.3, "%s cores are busy 1 to 5 ms after a call, %s".formatted(Arrays.toString(busy), c));
        }));
    }

    private record Case(Prepared.Row row, String problem) {}

    private static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (DType dtype : List.of(DType.F32, DType.F64)) {
            for (String problem : PROBLEMS) {
                cases.add(new Case(new Prepared.Row("notebook", Regime.EAGER, dtype), problem));
                cases.add(new Case(new Prepared.Row("channels-last", Regime.PREPARED, dtype), problem));
            }
        }
        return cases.stream();
    }

    /**
     * CPU time of the process over that of the thread that calls, in ascending order: three times, and
     * up to {@value #WINDOWS} until one is as {@code wanted}. A thread too many shows in each of them; the
     * JVM's compilers, which may be busy for half a second in a young process, do not.
     */
    private static double[] processOverCaller(Case c, int threads, DoublePredicate wanted) throws Exception {
        try (PreparedConv conv = c.row.prepare(backend, c.problem, threads)) {
            executeFor(conv, 30);
            List<Double> ratios = new ArrayList<>();
            while (ratios.size() < 3
                    || ratios.size() < WINDOWS && ratios.stream().noneMatch(wanted::test)) {
                long process = PROCESS.getProcessCpuTime();
                long caller = executeFor(conv, 60);
                ratios.add((double) (PROCESS.getProcessCpuTime() - process) / caller);
            }
            return ratios.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        }
    }

    /**
     * Cores that the process keeps busy, in ascending order: up to {@value #PAUSES} times, until they are
     * few. A pool that spins does so after each call; the JVM's compilers, which a young process has, do not.
     */
    private static double[] busyCoresAfterACalls(Case c) throws Exception {
        try (PreparedConv conv = c.row.prepare(backend, c.problem, 2)) {
            executeFor(conv, 30);
            List<Double> busy = new ArrayList<>();
            do {
                busy.add(busyCores(conv));
            } while (busy.getLast() >= 0.3 && busy.size() < PAUSES);
            return busy.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        }
    }

    /** Over many calls, since the process's CPU time advances in steps of 10 ms. */
    private static double busyCores(PreparedConv conv) throws Exception {
        long cpu = 0;
        long wall = 0;
        for (int i = 0; i < 40; i++) {
            conv.execute();
            Thread.sleep(1);
            long cpuBefore = PROCESS.getProcessCpuTime();
            long wallBefore = System.nanoTime();
            Thread.sleep(4);
            cpu += PROCESS.getProcessCpuTime() - cpuBefore;
            wall += System.nanoTime() - wallBefore;
        }
        return (double) cpu / wall;
    }

    /** Executes until the caller has used so much CPU time; returns what it used, in nanoseconds. */
    private static long executeFor(PreparedConv conv, long milliseconds) {
        long start = THREADS.getCurrentThreadCpuTime();
        long used;
        do {
            conv.execute();
            used = THREADS.getCurrentThreadCpuTime() - start;
        } while (used < milliseconds * 1_000_000);
        return used;
    }
}
