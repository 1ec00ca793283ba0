package io.github.convgauge.measure;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where a result comes from: the machine, the system and the program that measured it.
 *
 * @param gitRevision of the sources, or "unknown"
 * @param gitDirty whether they were changed since that revision; empty where unknown
 * @param version of convgauge, or "unknown" where it does not run from its jar
 * @param jvm of the process that captured this
 * @param cpu what the processor calls itself
 * @param physicalCores of the machine; in a virtual machine, those that it is shown
 * @param logicalCores the same, hardware threads counted one by one
 * @param availableCores those that this process may use
 * @param caches of one core
 * @param memoryTotalBytes of the machine, or what the control group may use if that is less
 * @param memoryAvailableBytes what new allocations may take without swapping
 * @param os name and version of the system
 * @param kernel its version
 * @param governor what sets the clock frequency; empty where it cannot be read, as in most virtual
 *     machines
 * @param smt whether several hardware threads share a core, as far as the machine shows it
 * @param load1min processes that ran or waited to run, on average over the last minute; empty where
 *     the system keeps no such figure
 */
public record Environment(
        String gitRevision, Optional<Boolean> gitDirty, String version, Jvm jvm,
        String cpu, int physicalCores, int logicalCores, int availableCores, CacheSizes caches,
        long memoryTotalBytes, long memoryAvailableBytes,
        String os, String kernel, Optional<String> governor, boolean smt, Optional<Double> load1min) {
    private static final long UNKNOWN_LAST_LEVEL_BYTES = 32L << 20;
    private static final double BUSY_LOAD = 0.5;

    /** Looks at this machine now; takes a few tenths of a second the first time. */
    public static Environment capture() {
        return EnvironmentProbe.capture();
    }

    /** First-level data cache of one core; 0 where unknown. */
    public long l1dBytes() {
        return caches.l1d();
    }

    /** Second-level cache of one core; 0 where unknown. */
    public long l2Bytes() {
        return caches.l2();
    }

    /** One third-level cache; 0 where there is none or it is not known. */
    public long l3Bytes() {
        return caches.l3();
    }

    /**
     * One last-level cache. Where no third level is known, there may be one all the same (virtual
     * machines hide it, Apple's system cache is not listed): then the second level, but at least 32 MiB,
     * since an eviction may be too thorough but not too weak.
     */
    public long lastLevelCacheBytes() {
        return caches.l3() > 0 ? caches.l3() : Math.max(caches.l2(), UNKNOWN_LAST_LEVEL_BYTES);
    }

    /** How many last-level caches the machine has; 1 where unknown. */
    public int lastLevelCaches() {
        return Math.max(1, caches.l3Count());
    }

    /** A sentence if something else kept the machine busy shortly before. */
    public Optional<String> busy() {
        return load1min.filter(load -> load > BUSY_LOAD * logicalCores)
                .map(load -> String.format(
                        Locale.ROOT,
                        "the machine is busy: its load over the last minute was %.2f on %d cores, so times may be too long",
                        load, logicalCores));
    }

    /** For a result line: text, numbers, booleans and lists of text; null for what is unknown. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("git_revision", gitRevision);
        map.put("git_dirty", gitDirty.orElse(null));
        map.put("version", version);
        map.putAll(jvm.toMap());
        map.put("cpu", cpu);
        map.put("physical_cores", physicalCores);
        map.put("logical_cores", logicalCores);
        map.put("available_cores", availableCores);
        map.put("l1d_bytes", known(l1dBytes()));
        map.put("l2_bytes", known(l2Bytes()));
        map.put("l3_bytes", known(l3Bytes()));
        map.put("l3_count", known(caches.l3Count()));
        map.put("memory_total_bytes", memoryTotalBytes);
        map.put("memory_available_bytes", memoryAvailableBytes);
        map.put("os", os);
        map.put("kernel", kernel);
        map.put("governor", governor.orElse(null));
        map.put("smt", smt);
        map.put("load_1min", load1min.orElse(null));
        map.put("busy", busy().orElse(null));
        return map;
    }

    private static Long known(long value) {
        return value > 0 ? value : null;
    }
}
