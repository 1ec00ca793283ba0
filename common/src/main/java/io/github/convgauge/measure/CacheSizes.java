package io.github.convgauge.measure;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import oshi.hardware.CentralProcessor.ProcessorCache;

/**
 * Sizes of the data caches of one core, in bytes; 0 where there is none or it is not known.
 *
 * @param l3Count how many L3 caches the machine has, each shared by some of its cores
 */
public record CacheSizes(long l1d, long l2, long l3, int l3Count) {
    static final CacheSizes UNKNOWN = new CacheSizes(0, 0, 0, 0);

    /** No first-level data cache has so few bytes, and none so many kibibytes. */
    private static final int LEAST_L1_BYTES = 4096;

    private static final int L3 = 3;

    /**
     * As Linux lists them in {@code /sys/devices/system/cpu}; the sizes are those of the first CPU.
     *
     * @return nothing where there is no such list
     */
    static Optional<CacheSizes> ofSysfs(Path cpus) {
        long[] size = new long[L3 + 1];
        int l3Count = 0;
        try (DirectoryStream<Path> indices = Files.newDirectoryStream(cpus.resolve("cpu0/cache"), "index*")) {
            for (Path index : indices) {
                int level = Integer.parseInt(read(index.resolve("level")));
                if (level <= L3 && !read(index.resolve("type")).equals("Instruction")) {
                    size[level] = bytes(read(index.resolve("size")));
                    l3Count = level == L3 ? count(cpus, index.getFileName()) : l3Count;
                }
            }
            CacheSizes sizes = new CacheSizes(size[1], size[2], size[L3], l3Count);
            return sizes.equals(UNKNOWN) ? Optional.empty() : Optional.of(sizes);
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /**
     * As OSHI reports them, in bytes on some systems and in kibibytes on others (Linux, in 6.9.1),
     * whatever its documentation says. It does not tell how many L3 caches there are; we take one.
     */
    static CacheSizes ofOshi(List<ProcessorCache> caches) {
        long l1d = largest(caches, 1);
        long unit = l1d > 0 && l1d < LEAST_L1_BYTES ? 1024 : 1;
        long l3 = unit * largest(caches, L3);
        return new CacheSizes(unit * l1d, unit * largest(caches, 2), l3, l3 > 0 ? 1 : 0);
    }

    private static long largest(List<ProcessorCache> caches, int level) {
        return caches.stream()
                .filter(cache -> cache.getLevel() == level && cache.getType() != ProcessorCache.Type.INSTRUCTION)
                .mapToLong(ProcessorCache::getCacheSize)
                .max()
                .orElse(0);
    }

    /** How many different caches the CPUs have at this index: those that share one list the same sharers. */
    private static int count(Path cpus, Path index) throws IOException {
        Set<String> sharers = new HashSet<>();
        try (DirectoryStream<Path> each = Files.newDirectoryStream(cpus, "cpu[0-9]*")) {
            for (Path cpu : each) {
                Path list = cpu.resolve("cache").resolve(index).resolve("shared_cpu_list");
                // A CPU that is off line has none.
                if (Files.isReadable(list)) {
                    sharers.add(read(list));
                }
            }
        }
        return sharers.size();
    }

    /** @param size {@code 32K} */
    private static long bytes(String size) {
        int digits = size.length() - (size.matches(".*[KMG]") ? 1 : 0);
        long unit = switch (size.substring(digits)) {
            case "K" -> 1L << 10;
            case "M" -> 1L << 20;
            case "G" -> 1L << 30;
            default -> 1;
        };
        return unit * Long.parseLong(size.substring(0, digits));
    }

    /** A file of one line. */
    private static String read(Path file) throws IOException {
        return Files.readString(file).strip();
    }
}
