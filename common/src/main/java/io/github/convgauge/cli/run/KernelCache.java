package io.github.convgauge.cli.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The variants that {@code tune} found fastest, in one JSON file. Each hangs on a {@link Place}, the device, driver and
 * versions that it was found with, and there on the problem's sizes, the dtype and the algorithm. A file
 * that cannot be understood, or that knows a row only from elsewhere, is ignored with one warning.
 */
final class KernelCache {
    /** The version of the file's format. */
    static final int FORMAT = 1;

    private static final String KIND = "convgauge device kernels";
    private static final ObjectMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /**
     * What a kernel's speed depends on beside the row.
     *
     * @param code checksum of the backend's own code, its kernels above all
     * @param driver what the device and its driver say of themselves: platform, driver, compute units
     * @param versions of the backend's libraries and runtimes
     */
    record Place(String backend, String code, String device, Map<String, String> driver, Map<String, String> versions) {
        Place {
            Objects.requireNonNull(backend);
            Objects.requireNonNull(code);
            Objects.requireNonNull(device);
            driver = new TreeMap<>(driver);
            versions = new TreeMap<>(versions);
        }

        private boolean isSameDevice(Place other) {
            return backend.equals(other.backend) && device.equals(other.device);
        }

        /** In which of its parts this one is another. */
        private String differencesTo(Place other) {
            List<String> differences = new ArrayList<>();
            differences(driver, other.driver, differences);
            differences(versions, other.versions, differences);
            if (!code.equals(other.code)) {
                differences.add("the backend's own code was another");
            }
            return String.join(", ", differences);
        }

        private static void differences(Map<String, String> now, Map<String, String> then, List<String> differences) {
            Set<String> names = new LinkedHashSet<>(now.keySet());
            names.addAll(then.keySet());
            for (String name : names) {
                if (!Objects.equals(now.get(name), then.get(name))) {
                    differences.add("%s was %s and is %s".formatted(
                            name, then.getOrDefault(name, "unknown"), now.getOrDefault(name, "unknown")));
                }
            }
        }
    }

    /**
     * What a search found.
     *
     * @param variant the fastest; what the backend's default stood for where that is it
     * @param isDefault whether no variant was faster than the default by more than the measurement can tell
     * @param defaultNs median time of one execution of the default
     * @param winnerNs that of the winner, in the same rounds
     * @param speedUp the first over the second, the median over the rounds
     * @param kernelPercentOfPeak what the winner's kernels reach, or null
     * @param tried variants that were timed or refused, the default included
     * @param listed variants that there were
     */
    record Winner(
            String variant, boolean isDefault, double defaultNs, double winnerNs, double speedUp, Double kernelPercentOfPeak,
            int tried, int listed) {
        Winner {
            if (variant == null || variant.isBlank()) {
                throw new IllegalArgumentException("a winner without a variant");
            }
        }
    }

    /** All winners of one place, by row. */
    private record Shelf(Place place, Map<String, Winner> winners) {
        Shelf {
            Objects.requireNonNull(place);
            winners = new TreeMap<>(winners);
            winners.forEach((row, winner) -> Objects.requireNonNull(winner, row));
        }
    }

    private record Contents(String kind, int format, List<Shelf> shelves) {
        Contents {
            Objects.requireNonNull(shelves).forEach(Objects::requireNonNull);
        }
    }

    /** @param trouble what is wrong with the file, or null; there are no shelves then */
    private record Read(List<Shelf> shelves, String trouble) {}

    private final Path file;
    private final Consumer<String> warnings;
    private Read known;
    private boolean hasWarned;

    /** @param warnings where the one warning goes, if there is one */
    KernelCache(Path file, Consumer<String> warnings) {
        this.file = file;
        this.warnings = warnings;
    }

    /** In the user's folder for caches, {@code $XDG_CACHE_HOME} or else {@code ~/.cache}, beside the CPU's blocks. */
    static Path ofUser() {
        String caches = System.getenv("XDG_CACHE_HOME");
        Path folder = caches != null && Path.of(caches).isAbsolute() ? Path.of(caches) : Path.of(System.getProperty("user.home"), ".cache");
        return folder.resolve("convgauge").resolve("device-kernels.json");
    }

    Path file() {
        return file;
    }

    /** What was found for a row in exactly this place. */
    Optional<Winner> get(Place place, ConvProblem problem, DType dtype, String algorithm) {
        if (known == null) {
            known = read();
            if (known.trouble != null) {
                warn("%s %s; it is ignored".formatted(file, known.trouble));
            }
        }
        String row = row(problem, dtype, algorithm);
        for (Shelf shelf : known.shelves) {
            if (shelf.place.equals(place) && shelf.winners.containsKey(row)) {
                return Optional.of(shelf.winners.get(row));
            }
        }
        for (Shelf shelf : known.shelves) {
            if (shelf.place.isSameDevice(place) && shelf.winners.containsKey(row)) {
                warn("%s is stale for %s on %s, and ignored there: %s; 'convgauge tune' searches anew".formatted(
                        file, place.backend, place.device, place.differencesTo(shelf.place)));
            }
        }
        return Optional.empty();
    }

    /**
     * Keeps what was found, beside what others have kept meanwhile. A file that is none of ours is moved aside, not
     * replaced.
     *
     * @throws IOException if it cannot be written
     */
    void put(Place place, ConvProblem problem, DType dtype, String algorithm, Winner winner) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path lock = file.resolveSibling(file.getFileName() + ".lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            Read before = read();
            if (before.trouble != null) {
                Files.move(file, file.resolveSibling(file.getFileName() + ".ignored"), StandardCopyOption.REPLACE_EXISTING);
            }
            List<Shelf> shelves = new ArrayList<>(before.shelves);
            Shelf own = shelves.stream().filter(shelf -> shelf.place.equals(place)).findFirst()
                    .orElse(new Shelf(place, Map.of()));
            shelves.remove(own);
            Map<String, Winner> winners = new TreeMap<>(own.winners);
            winners.put(row(problem, dtype, algorithm), winner);
            shelves.add(new Shelf(place, winners));
            // Another reader sees the old file or the new one, never half of it.
            Path fresh = Files.createTempFile(folder, "device-kernels", ".tmp");
            try {
                Files.write(fresh, JSON.writeValueAsBytes(new Contents(KIND, FORMAT, shelves)));
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(fresh);
            }
            known = new Read(shelves, null);
        }
    }

    /** The problem's name is no part of it. */
    private static String row(ConvProblem problem, DType dtype, String algorithm) {
        return String.join(" ", algorithm, dtype.label(), problem.toString().replaceFirst("_?n\".*", ""));
    }

    private Read read() {
        try {
            JsonNode json = JSON.readTree(Files.readString(file));
            if (!json.isObject() || !KIND.equals(json.path("kind").asText())) {
                return trouble("holds something else than tuned kernels");
            }
            int format = json.path("format").asInt(0);
            if (format > FORMAT) {
                return trouble("is of the newer format %d, where %d is understood".formatted(format, FORMAT));
            }
            if (format < 1) {
                return trouble("is damaged: it has no format");
            }
            return new Read(JSON.treeToValue(json, Contents.class).shelves, null);
        } catch (NoSuchFileException e) {
            return new Read(List.of(), null); // nothing was tuned yet
        } catch (JsonProcessingException | CharacterCodingException e) {
            return trouble("is damaged");
        } catch (IOException e) {
            return trouble("cannot be read: " + FileTrouble.describe(e));
        }
    }

    private static Read trouble(String what) {
        return new Read(List.of(), what);
    }

    private void warn(String what) {
        if (!hasWarned) {
            hasWarned = true;
            warnings.accept("convgauge: " + what);
        }
    }
}
