package io.github.convgauge.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Random layouts and the dumb model that they are held against: a list of places, index by index. */
final class Views {
    private Views() {}

    /** A random permutation of 0 … rank − 1. */
    static int[] order(int rank, Random random) {
        List<Integer> order = new ArrayList<>();
        for (int d = 0; d < rank; d++) {
            order.add(d);
        }
        Collections.shuffle(order, random);
        return order.stream().mapToInt(Integer::intValue).toArray();
    }

    /** A few random permutations, slices, expansions and selections of a contiguous layout. */
    static Layout random(Random random) {
        long[] sizes = random.longs(random.nextInt(4), 0, 5).toArray();
        if (random.nextInt(4) > 0) {
            for (int d = 0; d < sizes.length; d++) {
                sizes[d] = Math.max(1, sizes[d]);
            }
        }
        Layout layout = random.nextBoolean() ? Layout.contiguous(sizes) : Layout.fortran(sizes);
        for (int steps = random.nextInt(4); steps > 0; steps--) {
            layout = changed(layout, random);
        }
        return layout;
    }

    private static Layout changed(Layout layout, Random random) {
        int rank = layout.rank();
        if (rank == 0) {
            return layout.expand(random.longs(random.nextInt(3), 1, 4).toArray());
        }
        int dim = random.nextInt(rank);
        long size = layout.size(dim);
        return switch (random.nextInt(4)) {
            case 0 -> layout.permute(order(rank, random));
            case 1 -> size == 0 ? layout : random.nextBoolean()
                    ? layout.slice(dim, size - 1, -1, -1 - random.nextInt(2))
                    : layout.slice(dim, random.nextLong(size), size, 1 + random.nextInt(2));
            case 2 -> size == 0 ? layout : layout.select(dim, random.nextLong(size));
            default -> {
                long[] more = new long[rank + 1];
                more[0] = 1 + random.nextInt(2);
                for (int d = 0; d < rank; d++) {
                    more[d + 1] = layout.size(d) == 1 ? random.nextInt(3) : layout.size(d);
                }
                yield layout.expand(more);
            }
        };
    }

    /** Every index in C order. */
    static List<long[]> indices(long... sizes) {
        List<long[]> indices = new ArrayList<>();
        indices.add(new long[0]);
        for (long size : sizes) {
            List<long[]> longer = new ArrayList<>();
            for (long[] index : indices) {
                for (long i = 0; i < size; i++) {
                    long[] next = Arrays.copyOf(index, index.length + 1);
                    next[index.length] = i;
                    longer.add(next);
                }
            }
            indices = longer;
        }
        return indices;
    }

    /** The place of every element in C order, by the definition. */
    static List<Long> places(Layout layout) {
        List<Long> places = new ArrayList<>();
        for (long[] index : indices(layout.sizes())) {
            long place = layout.offset();
            for (int d = 0; d < index.length; d++) {
                place += index[d] * layout.stride(d);
            }
            places.add(place);
        }
        return places;
    }
}
