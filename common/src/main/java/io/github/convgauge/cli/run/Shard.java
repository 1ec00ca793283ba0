package io.github.convgauge.cli.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of several parts of a sweep, each of which runs on a machine of its own. What belongs to which depends on the sweep alone, and not on
 * the order in which its problems or thread counts are given.
 *
 * @param index from 1
 */
record Shard(int index, int count) {
    static final Shard WHOLE = new Shard(1, 1);
    private static final Pattern TEXT = Pattern.compile("(\\d{1,6})/(\\d{1,6})");

    /** @throws InputException if it is no part of a whole */
    static Shard parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        if (matcher.matches()) {
            Shard shard = new Shard(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
            if (shard.index >= 1 && shard.index <= shard.count) {
                return shard;
            }
        }
        throw new InputException("--shard '%s' is not I/N with I from 1 to N, such as 2/8".formatted(text));
    }

    /**
     * Its part, in the order that it was given in. They are dealt out one by one from a sorted list, those of one thread count after those of
     * another, so that each part gets its share of every thread count.
     */
    List<SweepUnit> of(List<SweepUnit> all) {
        List<SweepUnit> sorted = new ArrayList<>(all);
        sorted.sort(Comparator.comparingInt(SweepUnit::threads).thenComparing(unit -> unit.problem().toString()));
        return all.stream().filter(unit -> sorted.indexOf(unit) % count == index - 1).toList();
    }

    /** {@code 2/8}. */
    @Override
    public String toString() {
        return index + "/" + count;
    }
}
