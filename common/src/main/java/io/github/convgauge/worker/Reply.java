package io.github.convgauge.worker;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.check.Agreement;
import io.github.convgauge.check.Status;
import java.util.List;
import java.util.Map;

/** What a worker answers to a {@link Request}: one JSON object a line, in the order of the requests. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
@JsonSubTypes({
    @JsonSubTypes.Type(Reply.Welcome.class),
    @JsonSubTypes.Type(Reply.Variants.class),
    @JsonSubTypes.Type(Reply.Opened.class),
    @JsonSubTypes.Type(Reply.PeakOpened.class),
    @JsonSubTypes.Type(Reply.Copied.class),
    @JsonSubTypes.Type(Reply.Checked.class),
    @JsonSubTypes.Type(Reply.Warmed.class),
    @JsonSubTypes.Type(Reply.Sampled.class),
    @JsonSubTypes.Type(Reply.Verified.class),
    @JsonSubTypes.Type(Reply.Profiled.class),
    @JsonSubTypes.Type(Reply.Kernels.class),
    @JsonSubTypes.Type(Reply.Released.class),
    @JsonSubTypes.Type(Reply.Unsupported.class),
    @JsonSubTypes.Type(Reply.FellBack.class),
    @JsonSubTypes.Type(Reply.Unavailable.class),
    @JsonSubTypes.Type(Reply.Broke.class)
})
public sealed interface Reply {
    @JsonTypeName("welcome")
    record Welcome(
            String backend, Map<String, String> versions, List<DeviceInfo> devices, List<AlgorithmInfo> algorithms,
            List<String> jvmFlags) implements Reply {}

    record DeviceInfo(String id, String hardware, String name, Map<String, String> facts) {
        /** Whether it is the processor that the JVM runs on, reached as such. */
        public boolean onHost() {
            return hardware.equals(Device.HOST_ID);
        }
    }

    /**
     * @param kernelsOf see {@link io.github.convgauge.backend.Algorithm}; null where its kernels are its own
     * @param madeFor ids of devices, see there; null where it is made for all
     */
    record AlgorithmInfo(
            String name, String description, List<String> regimes, List<String> outputs, boolean exactOnIntegers,
            String kernelsOf, List<String> madeFor) {
        /** Whether a run that does not name it has it on this device. */
        public boolean isMadeFor(DeviceInfo device) {
            return madeFor == null || madeFor.contains(device.id());
        }
    }

    /** @param variants the default first; empty where there is nothing to choose */
    @JsonTypeName("variants")
    record Variants(List<String> variants) implements Reply {}

    /** @param prepareNanos what laying out took, kernel compilation at that stage included */
    @JsonTypeName("opened")
    record Opened(long prepareNanos) implements Reply {}

    /** @param flops of one execution of the peak loop, or 0 where the backend has none for the device */
    @JsonTypeName("peak_opened")
    record PeakOpened(double flops) implements Reply {}

    /** @param gbytes billions of bytes read and written in a second, or 0 where the backend has no such copy for the device, or no room */
    @JsonTypeName("copied")
    record Copied(double gbytes) implements Reply {}

    /**
     * @param reason of anything but PASSED, else null
     * @param proof what shows that the device did it, or null where there is no such thing or a tier failed
     */
    @JsonTypeName("checked")
    record Checked(long firstNanos, Status status, String reason, Agreement agreement, String proof) implements Reply {}

    @JsonTypeName("warmed")
    record Warmed(boolean settled, int executions) implements Reply {}

    /** @see io.github.convgauge.measure.Slice */
    @JsonTypeName("sampled")
    record Sampled(double[] nanos, int block, long cpuNanos, long wallNanos) implements Reply {}

    /** @param same whether the output had the bits of the one that was checked */
    @JsonTypeName("verified")
    record Verified(boolean same) implements Reply {}

    @JsonTypeName("profiled")
    record Profiled(Map<String, Long> stages) implements Reply {}

    /** @param kernels in the order in which they run, perhaps none */
    @JsonTypeName("kernels")
    record Kernels(List<KernelSource> kernels) implements Reply {}

    @JsonTypeName("released")
    record Released() implements Reply {}

    /** In place of any answer: the algorithm does not do this. */
    @JsonTypeName("unsupported")
    record Unsupported(String reason) implements Reply {}

    /** In place of any answer: the runtime did something else than was asked. */
    @JsonTypeName("fell_back")
    record FellBack(String reason) implements Reply {}

    /** In place of {@link Welcome}: the backend cannot work on this machine. */
    @JsonTypeName("unavailable")
    record Unavailable(String reason, String mend) implements Reply {}

    /** In place of any answer: the implementation threw. */
    @JsonTypeName("broke")
    record Broke(String reason) implements Reply {}
}
