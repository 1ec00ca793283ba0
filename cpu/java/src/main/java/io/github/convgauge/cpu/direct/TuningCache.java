package io.github.convgauge.cpu.direct;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.convgauge.cpu.kernel.KernelGenerator;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;

/**
 * The blocks that were fastest, on disk: a JSON object from processor, JDK and form of the kernels to convolution to
 * {@code "512b:7x2 265.3"}, block and GFLOP/s. A file that cannot be read or written costs a warning and
 * the timing, nothing else.
 */
final class TuningCache {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** Null for none. */
    private final Path file;
    private final Map<String, Tuning> known = new HashMap<>();
    private final Set<String> written = new HashSet<>();
    private boolean isRead;
    private boolean hasWarned;

    private TuningCache(Path file) {
        this.file = file;
    }

    static TuningCache of(Path file) {
        return new TuningCache(file);
    }

    static TuningCache none() {
        return new TuningCache(null);
    }

    /** In the user's folder for caches: {@code $XDG_CACHE_HOME}, else {@code ~/.cache}. */
    static TuningCache ofUser() {
        String caches = System.getenv("XDG_CACHE_HOME");
        Path folder = caches != null && Path.of(caches).isAbsolute() ? Path.of(caches) : Path.of(System.getProperty("user.home"), ".cache");
        return of(folder.resolve("convgauge").resolve("cpu-blocks.json"));
    }

    synchronized Optional<Tuning> get(String key) {
        if (!isRead) {
            isRead = true;
            read().getOrDefault(machine(), Map.of()).forEach((convolution, text) ->
                    parse(text).ifPresent(tuning -> known.putIfAbsent(convolution, tuning)));
        }
        return Optional.ofNullable(known.get(key));
    }

    /** Whether this JVM has timed it. */
    synchronized boolean wasWritten(String key) {
        return written.contains(key);
    }

    /** Remembers a block for this JVM only. */
    synchronized void keep(String key, Tuning tuning) {
        known.put(key, new Tuning(tuning.blocking(), "timed before", tuning.gflops()));
        written.add(key);
    }

    /** Remembers a block, in the file too, beside what others have written meanwhile. */
    synchronized void put(String key, Tuning tuning) {
        keep(key, tuning);
        if (file == null) {
            return;
        }
        try {
            Files.createDirectories(file.getParent());
            Path lock = file.resolveSibling(file.getFileName() + ".lock");
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                Map<String, Map<String, String>> all = read();
                all.computeIfAbsent(machine(), machine -> new TreeMap<>())
                        .put(key, "%s %.1f".formatted(tuning.blocking(), tuning.gflops()));
                // Another reader sees the old file or the new one, never half of it.
                Path fresh = Files.createTempFile(file.getParent(), "cpu-blocks", ".tmp");
                Files.write(fresh, JSON.writeValueAsBytes(all));
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            warn("cannot be written (" + e + ")");
        }
    }

    private Map<String, Map<String, String>> read() {
        if (file == null) {
            return new TreeMap<>();
        }
        try {
            Map<String, Map<String, String>> all = JSON.readValue(
                    Files.readString(file, StandardCharsets.UTF_8), new TypeReference<TreeMap<String, Map<String, String>>>() {});
            if (all != null && !all.containsValue(null)) {
                return all;
            }
            warn("is damaged, and written anew");
        } catch (NoSuchFileException e) {
            // Nothing was timed yet.
        } catch (JsonProcessingException e) {
            warn("is damaged, and written anew");
        } catch (IOException e) {
            warn("cannot be read (" + e + ")");
        }
        return new TreeMap<>();
    }

    private Optional<Tuning> parse(String text) {
        try {
            String[] words = text.split(" ");
            return Optional.of(new Tuning(Blocking.parse(words[0]), "timed before", Double.parseDouble(words[1])));
        } catch (RuntimeException e) {
            warn("has an entry that nobody wrote: '" + text + "'");
            return Optional.empty();
        }
    }

    private void warn(String what) {
        if (!hasWarned) {
            hasWarned = true;
            System.err.println("convgauge: " + file + " " + what + "; the blocks are timed again");
        }
    }

    /** What the blocks' speed depends on beside the convolution. */
    private static String machine() {
        return Machine.NAME;
    }

    /** Asked for once, and only when something is timed: it takes a while. */
    private static final class Machine {
        private static final String NAME = name();

        private static String name() {
            CentralProcessor.ProcessorIdentifier processor = new SystemInfo().getHardware().getProcessor().getProcessorIdentifier();
            return String.join(", ", processor.getName().strip(), processor.getIdentifier(),
                    System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                    "kernels " + KernelGenerator.FORM);
        }
    }
}
