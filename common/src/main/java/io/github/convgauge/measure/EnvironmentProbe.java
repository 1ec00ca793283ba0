package io.github.convgauge.measure;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;
import oshi.hardware.CentralProcessor.ProcessorIdentifier;
import oshi.hardware.GlobalMemory;
import oshi.software.os.OperatingSystem;

/** Gathers the {@link Environment}. */
final class EnvironmentProbe {
    private static final String UNKNOWN = "unknown";
    private static final String GIT = "/io/github/convgauge/git.properties";
    private static final Path CPUS = Path.of("/sys/devices/system/cpu");

    private EnvironmentProbe() {}

    static Environment capture() {
        Hardware hardware = hardware();
        Properties git = gitProperties(Environment.class.getResourceAsStream(GIT));
        Optional<OperatingSystemMXBean> bean =
                ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean sun
                        ? Optional.of(sun)
                        : Optional.empty();
        Memory memory = bean.map(b -> hardware.memory().within(b.getTotalMemorySize(), b.getFreeMemorySize()))
                .orElse(hardware.memory());
        return new Environment(
                git.getProperty("git.commit.id", UNKNOWN),
                Optional.ofNullable(git.getProperty("git.dirty")).map(Boolean::valueOf),
                Optional.ofNullable(Environment.class.getPackage().getImplementationVersion()).orElse(UNKNOWN),
                Jvm.capture(),
                hardware.cpu(),
                hardware.physicalCores(),
                hardware.logicalCores(),
                Runtime.getRuntime().availableProcessors(),
                CacheSizes.ofSysfs(CPUS).orElse(hardware.caches()),
                memory.total(),
                memory.available(),
                hardware.os(),
                System.getProperty("os.version"),
                line(CPUS.resolve("cpu0/cpufreq/scaling_governor")),
                smt(line(CPUS.resolve("smt/active")), hardware.physicalCores(), hardware.logicalCores()),
                load(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
    }

    /** What OSHI tells. */
    private record Hardware(
            String cpu, int physicalCores, int logicalCores, CacheSizes caches, Memory memory, String os) {}

    /** In bytes; 0 for unknown. */
    record Memory(long total, long available) {
        /** Under the limit of a control group, which the JDK's figures respect and OSHI's do not. */
        Memory within(long limit, long free) {
            if (total > 0 && limit >= total) {
                // No limit. The JDK then counts as free only what caches nothing, which is far too little.
                return this;
            }
            return new Memory(limit, total > 0 ? Math.min(available, free) : free);
        }
    }

    /**
     * Asks OSHI, whose native half may not load (a temporary folder that forbids execution): the
     * record is then poorer, and the run goes on.
     */
    private static Hardware hardware() {
        try {
            SystemInfo info = new SystemInfo();
            CentralProcessor processor = info.getHardware().getProcessor();
            GlobalMemory memory = info.getHardware().getMemory();
            return new Hardware(
                    cpuName(processor.getProcessorIdentifier()),
                    processor.getPhysicalProcessorCount(),
                    processor.getLogicalProcessorCount(),
                    CacheSizes.ofOshi(processor.getProcessorCaches()),
                    new Memory(memory.getTotal(), memory.getAvailable()),
                    osName(info.getOperatingSystem()));
        } catch (LinkageError | RuntimeException e) {
            int cores = Runtime.getRuntime().availableProcessors();
            return new Hardware(
                    System.getProperty("os.arch"), cores, cores, CacheSizes.UNKNOWN, new Memory(0, 0),
                    System.getProperty("os.name"));
        }
    }

    private static String cpuName(ProcessorIdentifier id) {
        return cpuName(id.getName(), id.getVendor(), id.getFamily(), id.getModel(), id.getStepping());
    }

    /**
     * The processor's own name. Virtual machines often cut it to the family ("AMD EPYC"), which spans
     * generations of very different speed; the numbers that tell them apart are then added.
     */
    static String cpuName(String name, String vendor, String family, String model, String stepping) {
        String own = name == null ? "" : name.strip().replaceAll("\\s+", " ");
        if (own.chars().anyMatch(Character::isDigit)) {
            return own;
        }
        String base = own.isEmpty() ? String.valueOf(vendor).strip() : own;
        return "%s (family %s, model %s, stepping %s)".formatted(base.isEmpty() ? UNKNOWN : base, family, model, stepping);
    }

    private static String osName(OperatingSystem os) {
        OperatingSystem.OSVersionInfo version = os.getVersionInfo();
        String codeName = version.getCodeName();
        return os.getFamily() + " " + version.getVersion()
                + (codeName == null || codeName.isBlank() ? "" : " (" + codeName + ")");
    }

    /** Empty if there is no such file, as in a build from a source archive. */
    static Properties gitProperties(InputStream file) {
        Properties properties = new Properties();
        if (file != null) {
            try (file) {
                properties.load(file);
            } catch (IOException | IllegalArgumentException e) {
                properties.clear();
            }
        }
        return properties;
    }

    /** Linux says so itself; elsewhere it shows in the counts. */
    static boolean smt(Optional<String> active, int physicalCores, int logicalCores) {
        return active.map("1"::equals).orElse(logicalCores > physicalCores);
    }

    /** The JDK's figure is negative where the system keeps none. */
    static Optional<Double> load(double average) {
        return average < 0 ? Optional.empty() : Optional.of(average);
    }

    private static Optional<String> line(Path file) {
        try {
            return Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
