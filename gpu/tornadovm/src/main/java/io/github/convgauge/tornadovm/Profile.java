package io.github.convgauge.tornadovm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.convgauge.backend.FellBackException;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.tornadovm.graphs.RowGraph;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.TornadoProfilerResult;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;

/**
 * What TornadoVM's profiler says of one execution. Times are nanoseconds.
 *
 * @param tasks the profiler's record of each task, by the task's name
 */
record Profile(
        long kernel, long copyIn, long copyOut, long dispatch, long graalCompile, long driverCompile,
        Map<String, JsonNode> tasks) {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    /** The profiler is on while this is open. */
    record Session(TornadoExecutionPlan plan) implements AutoCloseable {
        Profile of(TornadoExecutionResult result) {
            TornadoProfilerResult times = result.getProfilerResult();
            return new Profile(
                    times.getDeviceKernelTime(), times.getDeviceWriteTime(), times.getDeviceReadTime(),
                    times.getKernelDispatchTime() + times.getDataTransferDispatchTime(),
                    times.getTornadoCompilerTime(), times.getDriverInstallTime(), tasks(times.getProfileLog()));
        }

        @Override
        public void close() {
            plan.withoutProfiler();
            // What is left in the log would come again with the next execution.
            plan.clearProfiles();
        }
    }

    static Session on(TornadoExecutionPlan plan) {
        plan.withProfiler(ProfilerMode.SILENT);
        return new Session(plan);
    }

    /** The log holds one object an execution, the last one last. */
    private static Map<String, JsonNode> tasks(String log) {
        Map<String, JsonNode> tasks = new LinkedHashMap<>();
        try (MappingIterator<JsonNode> executions = JSON.readerFor(JsonNode.class).readValues(log)) {
            JsonNode execution = null;
            while (executions.hasNext()) {
                execution = executions.next();
            }
            if (execution != null) {
                execution.path(RowGraph.NAME).properties().forEach(entry -> {
                    if (entry.getValue().isObject()) {
                        tasks.put(entry.getKey().substring(RowGraph.NAME.length() + 1), entry.getValue());
                    }
                });
            }
        } catch (IOException e) {
            throw new UncheckedIOException("TornadoVM's profiler log is no JSON", e);
        }
        return tasks;
    }

    /**
     * What shows that the device ran every task, in words.
     *
     * @throws FellBackException if nothing does
     */
    String proof(TornadoDevices.Entry device, List<String> taskNames) {
        for (String name : taskNames) {
            JsonNode task = tasks.get(name);
            if (task == null) {
                throw new FellBackException("TornadoVM's profiler saw no task %s on a device, so Java ran it".formatted(name));
            }
            String backend = task.path("BACKEND").asText();
            String index = task.path("DEVICE_ID").asText();
            if (!backend.equals(device.driver()) || !index.equals(device.profiledIndex())) {
                throw new FellBackException("task %s ran on %s %s, not on %s %s".formatted(
                        name, backend, index, device.driver(), device.index()));
            }
            if (kernelNanos(task) <= 0) {
                throw new FellBackException("task %s took no time on the device, so Java ran it".formatted(name));
            }
        }
        return String.format(
                Locale.ROOT, "%s %s, %s, %d task%s, kernel time %.3f ms", device.driver(), device.index(),
                tasks.get(taskNames.getFirst()).path("DEVICE").asText(), taskNames.size(),
                taskNames.size() == 1 ? "" : "s", kernel / 1e6);
    }

    /**
     * Nanoseconds by stage; compilation is that of another profile, if there is one.
     *
     * @param moves whether arrays go in and out. Where they do not, the profiler still sees the
     *     arguments of the kernels go in, some bytes that belong to the launch
     */
    Map<String, Long> stages(List<String> taskNames, boolean moves, Optional<Profile> compiling) {
        Map<String, Long> stages = new LinkedHashMap<>();
        if (moves) {
            stages.put("copy_in", copyIn);
        }
        for (String name : taskNames) {
            stages.put(name, kernelNanos(tasks.get(name)));
        }
        if (moves) {
            stages.put("copy_out", copyOut);
        }
        stages.put("dispatch", dispatch);
        stages.put(PreparedConv.KERNEL_STAGE, kernel);
        compiling.ifPresent(profile -> {
            stages.put("graal_compile", profile.graalCompile);
            stages.put("driver_compile", profile.driverCompile);
        });
        return stages;
    }

    private static long kernelNanos(JsonNode task) {
        return task.path("TASK_KERNEL_TIME").asLong();
    }
}
