package io.github.convgauge.measure;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * From which batch size on a device is faster than the CPU, as far as the batch sizes that were measured
 * tell. A claim holds for every batch that was measured from there on, not only for the first.
 *
 * @param kind what can be said at all
 * @param fasterFrom the smallest measured batch from which on the device is faster at every one
 *     measured; null where it is not faster at the largest
 * @param slowerAt the largest measured batch below that (or of all) at which it is slower; null where it is at none
 * @param noise the measured batches between these two, at which the intervals overlap: first and last; empty for none
 * @param largest the largest batch that was measured
 * @param alsoFaster smaller batches at which it was faster, too, with others in between at which it was not
 */
public record Crossing(
        Kind kind, Integer fasterFrom, Integer slowerAt, List<Integer> noise, int largest, List<Integer> alsoFaster) {
    /** Closer than this share of a batch, its neighbours are not told apart: their times differ by as little. */
    private static final int RESOLUTION = 32;

    /** What can be said. */
    public enum Kind {
        /** It overtakes the CPU at a batch that was found. */
        FROM,
        /** It is faster at every batch that was measured, 1 among them. */
        ALREADY_AT_ONE,
        /** It is slower at the largest batch. */
        NEVER,
        /** At the largest batch the intervals overlap. */
        WITHIN_NOISE
    }

    /** @throws IllegalArgumentException if nothing was measured */
    public static Crossing of(Map<Integer, Standing> measured) {
        if (measured.isEmpty()) {
            throw new IllegalArgumentException("no batch was measured");
        }
        NavigableMap<Integer, Standing> by = new TreeMap<>(measured);
        int largest = by.lastKey();
        Integer fasterFrom = null;
        for (Map.Entry<Integer, Standing> entry : by.descendingMap().entrySet()) {
            if (entry.getValue() != Standing.FASTER) {
                break;
            }
            fasterFrom = entry.getKey();
        }
        NavigableMap<Integer, Standing> below = fasterFrom == null ? by : by.headMap(fasterFrom, false);
        Integer slowerAt = below.descendingMap().entrySet().stream()
                .filter(entry -> entry.getValue() == Standing.SLOWER)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
        List<Integer> unclear = below.entrySet().stream()
                .filter(entry -> entry.getValue() == Standing.UNCLEAR && (slowerAt == null || entry.getKey() > slowerAt))
                .map(Map.Entry::getKey)
                .toList();
        List<Integer> alsoFaster = below.entrySet().stream()
                .filter(entry -> entry.getValue() == Standing.FASTER)
                .map(Map.Entry::getKey)
                .toList();
        return new Crossing(
                kind(by, fasterFrom), fasterFrom, slowerAt,
                unclear.isEmpty() ? List.of() : List.of(unclear.getFirst(), unclear.getLast()), largest, alsoFaster);
    }

    private static Kind kind(NavigableMap<Integer, Standing> by, Integer fasterFrom) {
        if (fasterFrom == null) {
            return by.lastEntry().getValue() == Standing.SLOWER ? Kind.NEVER : Kind.WITHIN_NOISE;
        }
        return fasterFrom == 1 ? Kind.ALREADY_AT_ONE : Kind.FROM;
    }

    /** The batch that a claim is about: where the device overtakes the CPU, or the largest that was measured. */
    public int named() {
        return fasterFrom == null ? largest : fasterFrom;
    }

    /**
     * The batch whose measurement would narrow this down most, if it can be narrowed further: halfway
     * between the smallest batch that is faster and the one below it that is not, and then between the
     * largest that is slower and the one above it that is not. (Bisection in whole numbers; with noise there are two
     * edges, since in between nothing can be told.)
     *
     * @param measured what this was made of
     * @param vain batches that gave no time, so that they are not asked for again
     */
    public Optional<Integer> next(Map<Integer, Standing> measured, Set<Integer> vain) {
        NavigableMap<Integer, Standing> by = new TreeMap<>(measured);
        if (fasterFrom != null) {
            Integer below = by.lowerKey(fasterFrom);
            Optional<Integer> middle = between(below == null ? 0 : below, fasterFrom, vain);
            if (middle.isPresent()) {
                return middle;
            }
        }
        if (noise.isEmpty()) {
            return Optional.empty();
        }
        Integer below = by.lowerKey(noise.getFirst());
        return between(below == null ? 0 : below, noise.getFirst(), vain);
    }

    private static Optional<Integer> between(int low, int high, Set<Integer> vain) {
        int middle = (low + high) >>> 1;
        boolean close = high - low <= Math.max(1, high / RESOLUTION);
        return close || middle < 1 || vain.contains(middle) ? Optional.empty() : Optional.of(middle);
    }

    /** For people: {@code from 13}, {@code at no batch up to 1024}. */
    public String describe() {
        String clear = switch (kind) {
            case ALREADY_AT_ONE -> "already at 1";
            case NEVER -> "at no batch up to " + largest;
            case WITHIN_NOISE -> "";
            case FROM -> "from " + fasterFrom;
        };
        String noisy = noise.isEmpty() ? "" : noise.getFirst().equals(noise.getLast())
                ? "within noise at " + noise.getFirst()
                : "within noise between " + noise.getFirst() + " and " + noise.getLast();
        String open = "";
        int after = slowerAt == null ? 1 : slowerAt + 1;
        int first = noise.isEmpty() ? after : Math.min(after, noise.getFirst());
        if (kind == Kind.FROM && first < fasterFrom && noise.isEmpty()) {
            open = " (somewhere from %d to %d)".formatted(first, fasterFrom);
        }
        return clear + open + (clear.isEmpty() || noisy.isEmpty() ? "" : ", ") + noisy;
    }
}
