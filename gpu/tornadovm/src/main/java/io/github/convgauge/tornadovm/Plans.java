package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.FellBackException;
import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;

/** Execution plans of task graphs, the last two of which mark outputs on the device and convolve. */
final class Plans {
    /** The order of the graphs in a plan that has only these. */
    static final int MARK = 0;
    static final int CONV = 1;

    private Plans() {}

    /**
     * @param bytes what its graphs allocate on the device
     * @param openClFlags what its kernels are compiled with, if the device is one of OpenCL
     */
    static TornadoExecutionPlan of(
            List<TaskGraph> graphs, GridScheduler scheduler, long bytes, String openClFlags, TornadoDevices.Entry device) {
        TornadoExecutionPlan fresh = new TornadoExecutionPlan(
                graphs.stream().map(TaskGraph::snapshot).toArray(ImmutableTaskGraph[]::new));
        fresh.withDevice(device.tornado());
        fresh.withGridScheduler(scheduler);
        fresh.withMemoryLimit(limit(bytes));
        if (device.driver().equals(CompilerFlags.OPENCL)) {
            fresh.withCompilerFlags(device.tornado().getTornadoVMBackend(), openClFlags);
        }
        return fresh;
    }

    /** In TornadoVM's megabytes, of 10^6 bytes; the default, 4 GB, is no fact about any device. */
    private static String limit(long bytes) {
        return Math.ceilDiv(bytes, 1_000_000) + 1 + "MB";
    }

    /** @throws FellBackException if TornadoVM would have gone on in Java */
    static TornadoExecutionResult run(TornadoExecutionPlan plan, TornadoDevices.Entry device) {
        try {
            return plan.execute();
        } catch (TornadoOutOfMemoryException e) {
            throw e;
        } catch (RuntimeException e) {
            // Whatever goes wrong while TornadoVM compiles or launches is what it would recover from in Java.
            throw new FellBackException(
                    "TornadoVM could not run it on %s and would have gone on in Java (%s)"
                            .formatted(device.name(), summary(e)),
                    e);
        }
    }

    /** TornadoVM writes whole stack traces into its messages, and the colours of a terminal. */
    static String summary(Throwable e) {
        String message = String.valueOf(e.getMessage()).replaceFirst("(?s)\\s*Stacktrace:.*", "").replaceAll("\\x1B\\[[0-9;]*m", "");
        return message.strip().replaceAll("\\s+", " ");
    }
}
