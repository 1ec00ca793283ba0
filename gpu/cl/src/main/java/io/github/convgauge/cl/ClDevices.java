package io.github.convgauge.cl;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.UnsupportedConvException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.lwjgl.Version;

/** All devices of all platforms, each made ready when something is first prepared on it. */
public final class ClDevices implements AutoCloseable {
    private final List<ClDevice> devices;
    private final Map<String, ClContext> contexts = new HashMap<>();

    private ClDevices(List<ClDevice> devices) {
        this.devices = devices;
    }

    /** Those of a backend that has not started. */
    public static ClDevices none() {
        return new ClDevices(List.of());
    }

    /**
     * @param limits makes other limits of those that a device states
     * @throws BackendUnavailableException if there is no loader, no platform or no device
     */
    public static ClDevices find(UnaryOperator<ClDevice.Limits> limits) throws BackendUnavailableException {
        return new ClDevices(
                ClPlatform.devices().stream().map(device -> device.with(limits.apply(device.limits()))).toList());
    }

    public List<Device> toDevices() {
        return devices.stream().map(ClDevice::toDevice).toList();
    }

    /** Of the binding and of all platforms. */
    public Map<String, String> versions() {
        Map<String, String> versions = new TreeMap<>();
        versions.put("LWJGL", Version.getVersion());
        devices.forEach(device -> versions.put(device.platform().name(), device.platform().version()));
        return versions;
    }

    /** @throws IllegalArgumentException if there is no such device */
    public ClDevice get(String id) {
        return devices.stream()
                .filter(device -> device.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown device '%s'; there are %s".formatted(
                        id, String.join(", ", devices.stream().map(ClDevice::id).toList()))));
    }

    /**
     * The device of a row.
     *
     * @param algorithms that there are
     * @param who for people, what computes there: {@code the kernels}
     * @throws IllegalArgumentException if there is no such device or no such algorithm
     * @throws UnsupportedConvException if the algorithm does not have the regime, or the device not the dtype
     */
    public ClDevice require(ConvSpec spec, List<Algorithm> algorithms, String who) throws UnsupportedConvException {
        ClDevice device = get(spec.deviceId());
        Algorithm algorithm = algorithms.stream()
                .filter(a -> a.name().equals(spec.algorithm()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown algorithm '%s'; there are %s".formatted(
                        spec.algorithm(), String.join(", ", algorithms.stream().map(Algorithm::name).toList()))));
        if (!algorithm.regimes().contains(spec.regime())) {
            throw new UnsupportedConvException("a device's rows are resident, weights_resident and end_to_end, not "
                    + spec.regime().label());
        }
        device.requireComputes(spec.dtype(), who);
        return device;
    }

    public ClContext context(ClDevice device) {
        return contexts.computeIfAbsent(device.id(), id -> new ClContext(device));
    }

    /** Ids of those that are no processors, perhaps none. */
    public List<String> gpus() {
        return devices.stream().filter(device -> !device.isCpu()).map(ClDevice::id).toList();
    }

    /** Whether something was prepared on any of them. */
    public boolean isUsed() {
        return !contexts.isEmpty();
    }

    /** What was prepared before can no longer be executed. */
    @Override
    public void close() {
        contexts.values().forEach(ClContext::close);
        contexts.clear();
    }
}
