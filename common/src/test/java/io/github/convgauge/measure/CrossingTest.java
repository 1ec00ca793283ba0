package io.github.convgauge.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class CrossingTest {
    /** Standings of the batches 1, 2, 4, … as letters: F faster, S slower, U unclear. */
    private static Map<Integer, Standing> scan(String letters) {
        Map<Integer, Standing> standings = new TreeMap<>();
        for (int i = 0; i < letters.length(); i++) {
            standings.put(1 << i, standing(letters.charAt(i)));
        }
        return standings;
    }

    private static Standing standing(char letter) {
        return switch (letter) {
            case 'F' -> Standing.FASTER;
            case 'S' -> Standing.SLOWER;
            case 'U' -> Standing.UNCLEAR;
            default -> throw new IllegalArgumentException();
        };
    }

    private static String describe(String letters) {
        return Crossing.of(scan(letters)).describe();
    }

    @Test
    void saysNoMoreThanWasMeasured() {
        assertEquals("already at 1", describe("FFF"));
        assertEquals("at no batch up to 4", describe("SSS"));
        assertEquals("within noise between 1 and 4", describe("UUU"));
        assertEquals("within noise at 4", describe("SSU"));
        assertEquals("within noise between 2 and 8", describe("SUUU"));
        assertEquals("from 4 (somewhere from 3 to 4)", describe("SSFF"));
        assertEquals("from 2", describe("SF"));
        assertEquals("from 8, within noise between 2 and 4", describe("SUUFF"));
        assertThrows(IllegalArgumentException.class, () -> Crossing.of(Map.of()));
    }

    /** A claim is about every batch from there on: one that is slower in between moves it up. */
    @Test
    void aSlowerBatchAboveEndsTheClaim() {
        Crossing crossing = Crossing.of(scan("FFSFF"));
        assertEquals(8, crossing.fasterFrom());
        assertEquals(4, crossing.slowerAt());
        assertEquals(List.of(1, 2), crossing.alsoFaster());
        assertEquals(Crossing.Kind.NEVER, Crossing.of(scan("FFS")).kind());
        assertEquals(Crossing.Kind.WITHIN_NOISE, Crossing.of(scan("FFU")).kind());
    }

    @Test
    void namesTheBatchThatTheClaimIsAbout() {
        assertEquals(1, Crossing.of(scan("FFF")).named());
        assertEquals(4, Crossing.of(scan("SSF")).named());
        assertEquals(4, Crossing.of(scan("SSS")).named());
        assertEquals(4, Crossing.of(scan("SSU")).named());
    }

    private static Map<Integer, Standing> narrowed(Map<Integer, Standing> measured, IntFunction<Standing> truth, Set<Integer> vain) {
        Optional<Integer> next = Crossing.of(measured).next(measured, vain);
        for (int steps = 0; next.isPresent(); steps++) {
            assertTrue(steps < 40, "it does not end: " + measured);
            assertEquals(null, measured.put(next.get(), truth.apply(next.get())), "asked twice for " + next.get());
            next = Crossing.of(measured).next(measured, vain);
        }
        return measured;
    }

    @Test
    void bisectionFindsTheBatch() {
        for (int from : new int[] {2, 3, 13, 31, 33}) {
            Crossing found = Crossing.of(narrowed(
                    scan("SSSSSSF").entrySet().stream().collect(
                            TreeMap::new, (map, entry) -> map.put(entry.getKey(), entry.getKey() < from ? Standing.SLOWER : Standing.FASTER),
                            TreeMap::putAll),
                    batch -> batch < from ? Standing.SLOWER : Standing.FASTER, Set.of()));
            assertEquals(from, found.fasterFrom());
            assertEquals(from - 1, found.slowerAt());
            assertEquals("from " + from, found.describe());
        }
    }

    /** Large batches are told apart to one part in 32. */
    @Test
    void bisectionStopsWhereNeighboursAreAlike() {
        Map<Integer, Standing> measured = new TreeMap<>(Map.of(512, Standing.SLOWER, 1024, Standing.FASTER));
        Crossing found = Crossing.of(narrowed(measured, batch -> batch < 700 ? Standing.SLOWER : Standing.FASTER, Set.of()));
        assertTrue(found.slowerAt() < 700 && found.fasterFrom() >= 700, found.toString());
        assertTrue(found.fasterFrom() - found.slowerAt() <= found.fasterFrom() / 32, found.toString());
    }

    @Test
    void bothEdgesOfTheNoiseAreFound() {
        Map<Integer, Standing> measured = new TreeMap<>(Map.of(8, Standing.SLOWER, 16, Standing.UNCLEAR, 32, Standing.FASTER));
        Crossing found = Crossing.of(narrowed(
                measured, batch -> batch < 11 ? Standing.SLOWER : batch < 21 ? Standing.UNCLEAR : Standing.FASTER, Set.of()));
        assertEquals("from 21, within noise between 11 and 20", found.describe());
        assertEquals(10, found.slowerAt());
    }

    @Test
    void whatGivesNoTimesIsNotAskedForAgain() {
        Map<Integer, Standing> measured = new TreeMap<>(Map.of(2, Standing.SLOWER, 4, Standing.FASTER));
        assertEquals(Optional.of(3), Crossing.of(measured).next(measured, Set.of()));
        assertEquals(Optional.empty(), Crossing.of(measured).next(measured, Set.of(3)));
    }

    @Test
    void overlappingIntervalsSayNothing() {
        Interval cpu = new Interval(100, 95, 105);
        assertEquals(Standing.FASTER, Standing.of(new Interval(90, 85, 94), cpu));
        assertEquals(Standing.UNCLEAR, Standing.of(new Interval(90, 85, 95), cpu));
        assertEquals(Standing.UNCLEAR, Standing.of(new Interval(110, 105, 115), cpu));
        assertEquals(Standing.SLOWER, Standing.of(new Interval(110, 106, 115), cpu));
    }
}
