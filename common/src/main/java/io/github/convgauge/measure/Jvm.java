package io.github.convgauge.measure;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The virtual machine that this process runs on. Workers have flags that the command line's process
 * does not, so each tells its own.
 *
 * @param vendor who built the JDK
 * @param version of the JDK, with its build: {@code 25.0.1+8-LTS}
 * @param vm name of the virtual machine
 * @param flags as they were given, in order, without what the scripts pass on to this program
 * @param collectors names of the garbage collectors in use
 */
public record Jvm(String vendor, String version, String vm, List<String> flags, List<String> collectors) {
    /** Where this program lies on a disk: it changes no time, and is nobody's business. */
    private static final String OWN_FLAG = "-Dconvgauge.home=";

    public Jvm {
        flags = List.copyOf(flags);
        collectors = List.copyOf(collectors);
    }

    /** Of this process. */
    public static Jvm capture() {
        return new Jvm(
                System.getProperty("java.vendor"),
                Runtime.version().toString(),
                System.getProperty("java.vm.name"),
                ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(flag -> !flag.startsWith(OWN_FLAG)).toList(),
                ManagementFactory.getGarbageCollectorMXBeans().stream().map(GarbageCollectorMXBean::getName).toList());
    }

    /** For a result line, part of {@link Environment#toMap}; a worker's own replaces the one there. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("jdk_vendor", vendor);
        map.put("jdk_version", version);
        map.put("vm", vm);
        map.put("jvm_flags", flags);
        map.put("gc", collectors);
        return map;
    }
}
