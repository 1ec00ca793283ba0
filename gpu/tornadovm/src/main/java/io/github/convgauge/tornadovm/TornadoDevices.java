package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.openclc.Target;
import io.github.convgauge.tornadovm.graphs.Libraries;
import io.github.convgauge.tornadovm.grids.Grids;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/**
 * The devices that TornadoVM's backends list. Backends are told apart by name: the constants of
 * TornadoVM's enum come and go between its versions.
 */
final class TornadoDevices {
    /** As TornadoVM's CUDA backend writes a compute capability. */
    private static final Pattern CAPABILITY = Pattern.compile("(?mi)^Device version\\s*:\\s*CUDA (\\d+)\\.(\\d)\\s*$");
    private static final Pattern DRIVER = Pattern.compile("(?mi)^Driver version\\s*:\\s*(.+)$");

    private static final List<String> NVIDIA = List.of(Libraries.DRIVER, "PTX");

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /**
     * @param driver name of TornadoVM's backend: OPENCL, PTX, CUDA
     * @param index as TornadoVM's own tools count, {@code 0:0}
     * @param profiledIndex what its profiler calls the device: it does not tell devices of one
     *     platform and name apart, and names the first of them
     */
    record Entry(
            String id, String hardware, String name, TornadoDevice tornado, String driver, String index, String profiledIndex) {
        Device device() {
            return new Device(id, hardware, name, facts(this));
        }

        TornadoTargetDevice physical() {
            return tornado.getPhysicalDevice();
        }

        /** Only OpenCL devices may be without; TornadoVM's API does not tell, their list of extensions does. */
        boolean hasF64() {
            return !driver.equals(CompilerFlags.OPENCL) || physical().getDeviceInfo().contains("cl_khr_fp64");
        }

        /** Of an NVIDIA device, times ten: 8.6 is 86. Empty where TornadoVM does not say. */
        OptionalInt capability() {
            return capability(physical().getDeviceInfo());
        }

        static OptionalInt capability(String info) {
            Matcher version = CAPABILITY.matcher(info);
            return version.find()
                    ? OptionalInt.of(10 * Integer.parseInt(version.group(1)) + Integer.parseInt(version.group(2)))
                    : OptionalInt.empty();
        }

        /** Whether TornadoVM reaches it through a driver of NVIDIA's own, and not through OpenCL. */
        boolean isNvidia() {
            return NVIDIA.contains(driver);
        }

        /** What all buffers must fit in, in bytes. */
        long globalBytes() {
            return physical().getDeviceGlobalMemorySize();
        }

        long largestAllocationBytes() {
            return physical().getDeviceMaxAllocationSize();
        }

        /**
         * What hand-written kernels are specialised for.
         *
         * @throws UnsupportedConvException if this device takes no OpenCL C, or does not say enough
         */
        Target target() throws UnsupportedConvException {
            if (!driver.equals(CompilerFlags.OPENCL)) {
                throw new UnsupportedConvException(
                        "its kernels are OpenCL C, which TornadoVM's %s backend does not take".formatted(driver));
            }
            int vectorBytes = vectors().orElseThrow(() -> new UnsupportedConvException(
                    "neither TornadoVM nor OpenCL's loader says how wide the vectors of %s are".formatted(name)));
            return new Target(
                    isCpu(), physical().getDeviceMaxComputeUnits(), vectorBytes, physical().getDeviceLocalMemorySize(),
                    maxWorkGroup(physical()), Arrays.stream(physical().getDeviceMaxWorkItemSizes()).boxed().toList());
        }

        Grids grids() {
            return new Grids(isCpu(), physical().getDeviceMaxComputeUnits(), maxWorkGroup(physical()), vectors().orElse(0));
        }

        boolean isCpu() {
            return tornado.getDeviceType().name().equals("CPU");
        }

        /** Bytes of a vector of its own, as far as that is known. */
        private OptionalInt vectors() {
            // What is no processor has no vectors that matter.
            return !isCpu() ? OptionalInt.of(Float.BYTES)
                    : driver.equals(CompilerFlags.OPENCL) ? NativeVectors.bytes(physical().getDeviceInfo()) : OptionalInt.empty();
        }
    }

    private TornadoDevices() {}

    /** @throws BackendUnavailableException if TornadoVM finds none */
    static TornadoDevices find() throws BackendUnavailableException {
        TornadoDevices found = new TornadoDevices();
        TornadoRuntime runtime = runtime();
        int drivers = runtime.getNumBackends();
        for (int b = 0; b < drivers; b++) {
            TornadoBackend backend = runtime.getBackend(b);
            Map<String, List<String>> alike = new HashMap<>();
            for (int d = 0; d < backend.getNumDevices(); d++) {
                found.add(backend.getDevice(d), b, d, drivers > 1, alike);
            }
        }
        if (found.entries.isEmpty()) {
            throw noDevice(null);
        }
        return found;
    }

    private static TornadoRuntime runtime() throws BackendUnavailableException {
        try {
            return TornadoRuntimeProvider.getTornadoRuntime();
        } catch (RuntimeException | LinkageError e) {
            // TornadoVM wraps whatever its drivers throw, often several times over.
            throw noDevice(e);
        }
    }

    /** @param cause what TornadoVM threw, or null; one of several drivers that does not start keeps it from all devices */
    private static BackendUnavailableException noDevice(Throwable cause) {
        Throwable root = cause;
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        return new BackendUnavailableException(
                "TornadoVM finds no device for the backends of this SDK" + (root == null ? "" : " (" + Plans.summary(root) + ")"),
                "install a driver that it can use, for a CPU with OpenCL 'sudo apt-get install pocl-opencl-icd',"
                        + " and see what \"$TORNADOVM_HOME/bin/tornado\" --devices says",
                cause);
    }

    /** @param alike indices of the devices so far, by platform and name */
    private void add(
            TornadoDevice tornado, int backendIndex, int deviceIndex, boolean severalDrivers, Map<String, List<String>> alike) {
        String driver = tornado.getTornadoVMBackend().name();
        String name = tornado.getPhysicalDevice().getDeviceName().strip().replaceAll("\\s+", " ");
        String index = backendIndex + ":" + deviceIndex;
        List<String> indices = alike.computeIfAbsent(tornado.getPlatformName() + "/" + name, key -> new ArrayList<>());
        indices.add(index);
        String id = "%s-%d-%d".formatted(driver.toLowerCase(Locale.ROOT), backendIndex, deviceIndex);
        entries.put(id, new Entry(
                id, Device.hardware(name, indices.size() - 1), severalDrivers ? name + " through " + driver : name,
                tornado, driver, index, indices.getFirst()));
    }

    private static Map<String, String> facts(Entry entry) {
        TornadoTargetDevice physical = entry.physical();
        Map<String, String> facts = new TreeMap<>();
        facts.put("backend", entry.driver + " " + entry.index);
        facts.put("platform", entry.tornado.getPlatformName());
        facts.put("type", entry.tornado.getDeviceType().name());
        facts.put("compute units", Integer.toString(physical.getDeviceMaxComputeUnits()));
        facts.put("memory", DeviceMemory.describe(entry.globalBytes()));
        facts.put("largest allocation", DeviceMemory.describe(entry.largestAllocationBytes()));
        facts.put("local memory", DeviceMemory.describe(physical.getDeviceLocalMemorySize()));
        facts.put("max work-group", Long.toString(maxWorkGroup(physical)));
        facts.put("f64", entry.hasF64() ? "yes" : "no");
        entry.capability().ifPresent(
                capability -> facts.put("compute capability", capability / 10 + "." + capability % 10));
        Matcher driver = DRIVER.matcher(physical.getDeviceInfo());
        if (driver.find()) {
            facts.put("driver", driver.group(1).strip());
        }
        return facts;
    }

    private static long maxWorkGroup(TornadoTargetDevice physical) {
        // Some backends tell a limit for each dimension, others one for all.
        return Arrays.stream(physical.getDeviceMaxWorkGroupSize()).max().orElse(1);
    }

    /** Ids of those that algorithms by NVIDIA's libraries are made for, perhaps none. */
    List<String> nvidia() {
        return entries.values().stream().filter(Entry::isNvidia).map(Entry::id).toList();
    }

    /** Ids of those that are no processors, perhaps none. */
    List<String> gpus() {
        return entries.values().stream().filter(entry -> !entry.isCpu()).map(Entry::id).toList();
    }

    List<Device> all() {
        return entries.values().stream().map(Entry::device).toList();
    }

    /** @throws IllegalArgumentException if there is none of that id */
    Entry get(String id) {
        Entry entry = entries.get(id);
        if (entry == null) {
            throw new IllegalArgumentException("unknown device '%s'; TornadoVM has %s".formatted(id, String.join(", ", entries.keySet())));
        }
        return entry;
    }
}
