package io.github.convgauge.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.ProblemSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardTest {
    private static List<SweepUnit> units(int... threads) {
        List<SweepUnit> units = new ArrayList<>();
        for (ConvProblem problem : ProblemSet.RESNET50.problems()) {
            IntStream.of(threads).forEach(count -> units.add(new SweepUnit(problem, count)));
        }
        return units;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 46, 47, 100})
    void everyUnitIsInOneOfThem(int count) {
        List<SweepUnit> all = units(1, 2);
        List<SweepUnit> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, new Random(count));
        List<SweepUnit> seen = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            Shard shard = Shard.parse(i + "/" + count);
            List<SweepUnit> part = shard.of(all);
            assertTrue(part.size() == all.size() / count || part.size() == all.size() / count + 1, part.toString());
            // Whatever the order that they come in; and each part is in that order.
            assertEquals(new HashSet<>(part), new HashSet<>(shard.of(shuffled)));
            assertEquals(part, all.stream().filter(part::contains).toList());
            seen.addAll(part);
        }
        assertEquals(all.size(), seen.size());
        assertEquals(new HashSet<>(all), new HashSet<>(seen));
    }

    /** A thread count takes longer than another, so none of them falls to one machine. */
    @Test
    void eachHasItsShareOfEveryThreadCount() {
        for (int i = 1; i <= 2; i++) {
            Set<Integer> threads = new HashSet<>();
            new Shard(i, 2).of(units(1, 2)).forEach(unit -> threads.add(unit.threads()));
            assertEquals(Set.of(1, 2), threads);
        }
    }
}
