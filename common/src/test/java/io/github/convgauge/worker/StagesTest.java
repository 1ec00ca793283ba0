package io.github.convgauge.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.tensor.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StagesTest {
    /** Each execution takes as long, and its kernel one nanosecond more than the one before. */
    private static final class Profiled implements PreparedConv {
        private final long nanos;
        private long clock;
        private int executions;

        Profiled(long nanos) {
            this.nanos = nanos;
        }

        @Override
        public Map<String, Long> profile() {
            clock += nanos;
            executions++;
            return nanos == 0 ? Map.of() : Map.of(KERNEL_STAGE, (long) executions);
        }

        @Override
        public void execute() {
            throw new IllegalStateException("the stages are in profile()");
        }

        @Override
        public Tensor output() {
            throw new IllegalStateException("nobody asks");
        }
    }

    private static void assertExecutions(int expected, long nanos) {
        Profiled conv = new Profiled(nanos);
        Map<String, Long> medians = Stages.medians(conv, () -> conv.clock);
        assertEquals(expected, conv.executions);
        assertEquals((expected + 1) / 2, medians.get(PreparedConv.KERNEL_STAGE));
    }

    @Test
    void fastOnesAreTakenMoreOften() {
        assertExecutions(Stages.MOST, 1000);
        assertExecutions(Stages.LEAST, 1_000_000_000);
        assertExecutions(31, Stages.NANOS / 31 + 1);
    }

    @Test
    void whatShowsNoneIsAskedOnce() {
        Profiled silent = new Profiled(0);
        assertEquals(Map.of(), Stages.medians(silent, () -> silent.clock));
        assertEquals(1, silent.executions);
    }
}
