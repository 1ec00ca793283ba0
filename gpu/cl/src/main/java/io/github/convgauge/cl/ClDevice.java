package io.github.convgauge.cl;

import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.openclc.Target;
import io.github.convgauge.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lwjgl.opencl.CL10;
import org.lwjgl.opencl.CL11;
import org.lwjgl.opencl.CL12;

/**
 * One device of one platform, and what its driver says of it.
 *
 * @param id the platform's short name and the device's number among those of that name: {@code pocl-0}
 * @param ordinal its number among the devices of its platform that have the same name
 * @param version of OpenCL on the device: {@code OpenCL 3.0 …}
 * @param usable CL_DEVICE_AVAILABLE and CL_DEVICE_COMPILER_AVAILABLE
 * @param vectorBytes bytes in a native vector register, as far as OpenCL shows; 4 where there are none
 */
public record ClDevice(
        long handle, ClPlatform platform, String id, int ordinal, String name, String driver, String version,
        String type, boolean usable, int computeUnits, int vectorBytes, Limits limits) {

    /**
     * What rows must respect.
     *
     * @param memory in bytes
     * @param largestAllocation of one buffer, in bytes
     * @param localMemory of one work-group, in bytes
     * @param workGroup work items in a group
     * @param workItems the same for each dimension
     */
    public record Limits(
            long memory, long largestAllocation, long localMemory, long workGroup, List<Long> workItems, boolean f64) {
        public Limits {
            workItems = List.copyOf(workItems);
        }
    }

    static ClDevice of(long handle, ClPlatform platform, String id, int ordinal) {
        int floats = (int) number(handle, CL11.CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT);
        return new ClDevice(
                handle, platform, id, ordinal,
                name(handle),
                string(handle, CL10.CL_DRIVER_VERSION),
                string(handle, CL10.CL_DEVICE_VERSION),
                type(number(handle, CL10.CL_DEVICE_TYPE)),
                number(handle, CL10.CL_DEVICE_AVAILABLE) != 0 && number(handle, CL10.CL_DEVICE_COMPILER_AVAILABLE) != 0,
                (int) number(handle, CL10.CL_DEVICE_MAX_COMPUTE_UNITS),
                Math.max(1, floats) * Float.BYTES,
                new Limits(
                        number(handle, CL10.CL_DEVICE_GLOBAL_MEM_SIZE),
                        number(handle, CL10.CL_DEVICE_MAX_MEM_ALLOC_SIZE),
                        number(handle, CL10.CL_DEVICE_LOCAL_MEM_SIZE),
                        number(handle, CL10.CL_DEVICE_MAX_WORK_GROUP_SIZE),
                        Arrays.stream(Cl.sizes("clGetDeviceInfo",
                                (value, size) -> CL10.clGetDeviceInfo(handle, CL10.CL_DEVICE_MAX_WORK_ITEM_SIZES, value, size)))
                                .boxed().toList(),
                        hasF64(handle)));
    }

    static String name(long handle) {
        return string(handle, CL10.CL_DEVICE_NAME);
    }

    /** OpenCL 1.2 has the query; what has only 1.1 does not know it, and is refused later for that. */
    private static boolean hasF64(long handle) {
        return string(handle, CL10.CL_DEVICE_EXTENSIONS).contains("cl_khr_fp64")
                || (atLeast12(string(handle, CL10.CL_DEVICE_VERSION)) && number(handle, CL12.CL_DEVICE_DOUBLE_FP_CONFIG) != 0);
    }

    private static String type(long bits) {
        if ((bits & CL10.CL_DEVICE_TYPE_CPU) != 0) {
            return "CPU";
        }
        if ((bits & CL10.CL_DEVICE_TYPE_GPU) != 0) {
            return "GPU";
        }
        return (bits & CL10.CL_DEVICE_TYPE_ACCELERATOR) != 0 ? "accelerator" : "custom";
    }

    private static boolean atLeast12(String version) {
        // "OpenCL <major>.<minor> <what the maker likes>", by the standard.
        String[] parts = version.replaceFirst("^OpenCL ", "").split("[. ]");
        int major = Integer.parseInt(parts[0]);
        return major > 1 || (major == 1 && Integer.parseInt(parts[1]) >= 2);
    }

    public boolean hasOpenCl12() {
        return atLeast12(version);
    }

    /** Whether its compute units are cores, which want long loops and vectors, and not lanes of a GPU. */
    public boolean isCpu() {
        return type.equals("CPU");
    }

    /** What kernels are specialised for. */
    public Target target() {
        return new Target(
                isCpu(), computeUnits, vectorBytes, limits.localMemory, limits.workGroup, limits.workItems);
    }

    ClDevice with(Limits other) {
        return new ClDevice(
                handle, platform, id, ordinal, name, driver, version, type, usable, computeUnits, vectorBytes, other);
    }

    /**
     * @param who for people, what computes there: {@code the kernels}
     * @throws UnsupportedConvException if that cannot compute in the dtype on this device
     */
    void requireComputes(DType dtype, String who) throws UnsupportedConvException {
        if (!dtype.isFloating()) {
            throw new UnsupportedConvException("%s compute in f32 and f64, not in %s".formatted(who, dtype.label()));
        }
        if (!hasOpenCl12()) {
            throw new UnsupportedConvException("%s has %s, and %s need OpenCL 1.2".formatted(name, version, who));
        }
        if (!usable) {
            throw new UnsupportedConvException(name + " is there, but its driver says that it, or its compiler, is not available");
        }
        if (dtype == DType.F64 && !limits.f64) {
            throw new UnsupportedConvException(name + " does not compute in f64");
        }
    }

    Device toDevice() {
        Map<String, String> facts = new TreeMap<>();
        facts.put("platform", platform.name() + ", " + platform.version());
        facts.put("driver", driver);
        facts.put("type", type);
        facts.put("compute units", Integer.toString(computeUnits));
        facts.put("memory", DeviceMemory.describe(limits.memory));
        facts.put("largest allocation", DeviceMemory.describe(limits.largestAllocation));
        facts.put("local memory", DeviceMemory.describe(limits.localMemory));
        facts.put("f64", limits.f64 ? "yes" : "no");
        facts.put("max work-group", Long.toString(limits.workGroup));
        return new Device(id, Device.hardware(name, ordinal), name, facts);
    }

    private static String string(long handle, int what) {
        return Cl.string("clGetDeviceInfo", (value, size) -> CL10.clGetDeviceInfo(handle, what, value, size));
    }

    private static long number(long handle, int what) {
        return Cl.number("clGetDeviceInfo", (value, size) -> CL10.clGetDeviceInfo(handle, what, value, size));
    }
}
