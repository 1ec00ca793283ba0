package io.github.convgauge.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import oshi.hardware.CentralProcessor.ProcessorCache;
import oshi.hardware.CentralProcessor.ProcessorCache.Type;

class CacheSizesTest {
    @TempDir
    private Path cpus;

    private void cache(int cpu, int index, int level, String type, String size, String sharers) throws IOException {
        Path folder = Files.createDirectories(cpus.resolve("cpu" + cpu).resolve("cache").resolve("index" + index));
        Files.writeString(folder.resolve("level"), level + "\n");
        Files.writeString(folder.resolve("type"), type + "\n");
        Files.writeString(folder.resolve("size"), size + "\n");
        Files.writeString(folder.resolve("shared_cpu_list"), sharers + "\n");
    }

    private void core(int cpu, String l3Sharers) throws IOException {
        cache(cpu, 0, 1, "Data", "48K", "" + cpu);
        cache(cpu, 1, 1, "Instruction", "64K", "" + cpu);
        cache(cpu, 2, 2, "Unified", "2M", "" + cpu);
        cache(cpu, 3, 3, "Unified", "32768K", l3Sharers);
    }

    @Test
    void sysfsIsRead() throws IOException {
        core(0, "0-1");
        core(1, "0-1");
        assertEquals(Optional.of(new CacheSizes(48 << 10, 2 << 20, 32 << 20, 1)), CacheSizes.ofSysfs(cpus));
    }

    @Test
    void thirdLevelCachesAreCounted() throws IOException {
        core(0, "0-1");
        core(1, "0-1");
        core(2, "2-3");
        core(3, "2-3");
        core(10, "10");
        Files.createDirectories(cpus.resolve("cpu11"));
        Files.createDirectories(cpus.resolve("cpufreq"));
        assertEquals(3, CacheSizes.ofSysfs(cpus).orElseThrow().l3Count());
    }

    @Test
    void aFourthLevelIsLeftOut() throws IOException {
        core(0, "0");
        cache(0, 4, 4, "Unified", "1G", "0");
        assertEquals(32 << 20, CacheSizes.ofSysfs(cpus).orElseThrow().l3());
    }

    @Test
    void withoutAThirdLevelThereIsNone() throws IOException {
        cache(0, 0, 1, "Data", "64K", "0");
        cache(0, 1, 2, "Unified", "1024K", "0-3");
        assertEquals(Optional.of(new CacheSizes(64 << 10, 1 << 20, 0, 0)), CacheSizes.ofSysfs(cpus));
    }

    @Test
    void whatIsMissingOrGarbledIsUnknown() throws IOException {
        assertEquals(Optional.empty(), CacheSizes.ofSysfs(cpus));
        assertEquals(Optional.empty(), CacheSizes.ofSysfs(cpus.resolve("none")));
        Files.createDirectories(cpus.resolve("cpu0/cache"));
        assertEquals(Optional.empty(), CacheSizes.ofSysfs(cpus));
        cache(0, 0, 1, "Data", "K", "0");
        assertEquals(Optional.empty(), CacheSizes.ofSysfs(cpus));
        cache(0, 0, 1, "Data", "", "0");
        assertEquals(Optional.empty(), CacheSizes.ofSysfs(cpus));
    }

    @Test
    void oshiIsReadInBytesAndInKibibytes() {
        CacheSizes expected = new CacheSizes(32 << 10, 1 << 20, 32 << 20, 1);
        assertEquals(expected, CacheSizes.ofOshi(oshi(1)));
        assertEquals(expected, CacheSizes.ofOshi(oshi(1024)));
        assertEquals(CacheSizes.UNKNOWN, CacheSizes.ofOshi(List.of()));
    }

    private static List<ProcessorCache> oshi(int unit) {
        return List.of(
                new ProcessorCache(3, 16, 64, (32L << 20) / unit, Type.UNIFIED),
                new ProcessorCache(2, 8, 64, (1L << 20) / unit, Type.UNIFIED),
                new ProcessorCache(1, 8, 64, (64L << 10) / unit, Type.INSTRUCTION),
                new ProcessorCache(1, 8, 64, (32L << 10) / unit, Type.DATA));
    }
}
