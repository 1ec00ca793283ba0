package io.github.convgauge.cl;

import io.github.convgauge.backend.BackendUnavailableException;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.lwjgl.PointerBuffer;
import org.lwjgl.opencl.CL;
import org.lwjgl.opencl.CL10;
import org.lwjgl.opencl.KHRICD;
import org.lwjgl.system.Configuration;
import org.lwjgl.system.Library;
import org.lwjgl.system.MemoryStack;

/** An OpenCL driver, as the loader lists it. */
public record ClPlatform(long handle, String name, String version) {
    private static final String MEND =
            "install a driver: sudo apt-get install pocl-opencl-icd for one that computes on the processor, or the one of"
                    + " the GPU's maker (clinfo lists what there is)";

    /** LWJGL loads it once a process, and does not say whether it has. */
    private static boolean loaded;

    /**
     * All devices of all platforms, in the loader's order.
     *
     * @throws BackendUnavailableException if there is no loader, no platform or no device
     */
    public static List<ClDevice> devices() throws BackendUnavailableException {
        load();
        List<ClPlatform> platforms = all();
        List<ClDevice> devices = new ArrayList<>();
        Map<String, Integer> suffixes = new HashMap<>();
        for (ClPlatform platform : platforms) {
            Map<String, Integer> names = new HashMap<>();
            String suffix = platform.shortName();
            for (long handle : platform.deviceHandles()) {
                String id = suffix + "-" + (suffixes.merge(suffix, 1, Integer::sum) - 1);
                int ordinal = names.merge(ClDevice.name(handle), 1, Integer::sum) - 1;
                devices.add(ClDevice.of(handle, platform, id, ordinal));
            }
        }
        if (devices.isEmpty()) {
            throw new BackendUnavailableException(
                    "OpenCL lists no device (platforms: %s)".formatted(
                            String.join(", ", platforms.stream().map(ClPlatform::name).toList())),
                    MEND, null);
        }
        return devices;
    }

    private static synchronized void load() throws BackendUnavailableException {
        try {
            // Else LWJGL takes sun.misc.Unsafe, of which the JVM warns.
            Configuration.MEMORY_BACKEND.set("ffm");
            Library.initialize();
            // Else the class initializer loads OpenCL, and what goes wrong there is an error that nothing can mend.
            Configuration.OPENCL_EXPLICIT_INIT.set(true);
            bindingIsThere();
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError e) {
            throw new BackendUnavailableException(
                    "LWJGL, the Java binding of OpenCL, does not load on this platform",
                    "build convgauge on this very platform (%s, %s), so that LWJGL's native library lies beside its jar"
                            .formatted(System.getProperty("os.name"), System.getProperty("os.arch")),
                    e);
        }
        try {
            if (!loaded) {
                CL.create();
                loaded = true;
            }
        } catch (UnsatisfiedLinkError e) {
            throw new BackendUnavailableException("this machine has no OpenCL loader (libOpenCL)", MEND, e);
        }
    }

    /** @throws NoClassDefFoundError if the binding's jar is not on the class path */
    private static void bindingIsThere() {
        Objects.requireNonNull(CL.class);
    }

    private static List<ClPlatform> all() throws BackendUnavailableException {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer count = stack.callocInt(1);
            int code = CL10.clGetPlatformIDs(null, count);
            if (code == KHRICD.CL_PLATFORM_NOT_FOUND_KHR || (code == 0 && count.get(0) == 0)) {
                throw new BackendUnavailableException("no OpenCL platform is installed on this machine", MEND, null);
            }
            Cl.check(code, "clGetPlatformIDs");
            PointerBuffer handles = PointerBuffer.allocateDirect(count.get(0));
            Cl.check(CL10.clGetPlatformIDs(handles, (IntBuffer) null), "clGetPlatformIDs");
            List<ClPlatform> platforms = new ArrayList<>();
            for (int i = 0; i < handles.capacity(); i++) {
                long handle = handles.get(i);
                platforms.add(new ClPlatform(
                        handle, string(handle, CL10.CL_PLATFORM_NAME), string(handle, CL10.CL_PLATFORM_VERSION)));
            }
            return platforms;
        }
    }

    /**
     * The suffix that the maker's extensions bear ({@code pocl}, {@code nv}, {@code amd}, {@code intel}),
     * else the name without what an identifier cannot have. Unlike the platform's number it stays what
     * it is when another driver is installed.
     */
    private String shortName() {
        String text = name;
        if (string(handle, CL10.CL_PLATFORM_EXTENSIONS).contains("cl_khr_icd")) {
            String suffix = string(handle, KHRICD.CL_PLATFORM_ICD_SUFFIX_KHR);
            text = suffix.isBlank() ? name : suffix;
        }
        return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }

    private long[] deviceHandles() {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer count = stack.callocInt(1);
            int code = CL10.clGetDeviceIDs(handle, CL10.CL_DEVICE_TYPE_ALL, null, count);
            if (code == CL10.CL_DEVICE_NOT_FOUND) {
                return new long[0];
            }
            Cl.check(code, "clGetDeviceIDs");
            PointerBuffer handles = PointerBuffer.allocateDirect(count.get(0));
            Cl.check(CL10.clGetDeviceIDs(handle, CL10.CL_DEVICE_TYPE_ALL, handles, (IntBuffer) null), "clGetDeviceIDs");
            long[] devices = new long[handles.capacity()];
            handles.get(devices);
            return devices;
        }
    }

    private static String string(long handle, int what) {
        return Cl.string("clGetPlatformInfo", (value, size) -> CL10.clGetPlatformInfo(handle, what, value, size));
    }
}
