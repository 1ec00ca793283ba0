package io.github.convgauge.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Every operation against the list of places that it should give, made index by index. */
class LayoutTest {
    private static Layout of(long[] sizes, long[] strides) {
        return Layout.of(sizes, strides, 0);
    }

    private static long[] longs(long... values) {
        return values;
    }

    private static String message(Class<? extends Throwable> type, Executable call) {
        return assertThrows(type, call).getMessage();
    }

    @Property
    void knowsItsPlaces(@ForAll Random random) {
        Layout layout = Views.random(random);
        List<Long> places = Views.places(layout);
        List<Long> at = Views.indices(layout.sizes()).stream().map(layout::at).toList();
        assertEquals(places, at, layout.toString());
        assertEquals(places.size(), layout.size(), layout.toString());
        if (!places.isEmpty()) {
            assertEquals(Collections.min(places), layout.lowest(), layout.toString());
            assertEquals(Collections.max(places), layout.highest(), layout.toString());
        }
        List<Long> counted = LongStream.range(0, layout.size()).map(i -> places.get(0) + i).boxed().toList();
        assertEquals(places.equals(counted), layout.isContiguous(), layout.toString());
    }

    @Property
    void findsTheFirstIndexOutside(@ForAll Random random, @ForAll @IntRange(max = 40) int capacity) {
        Layout inside = Views.random(random);
        Layout layout = Layout.of(inside.sizes(), inside.strides(), inside.offset() + random.nextInt(-9, 9));
        Optional<long[]> expected = Views.indices(layout.sizes()).stream()
                .filter(index -> layout.at(index) < 0 || layout.at(index) >= capacity)
                .findFirst();
        assertEquals(
                expected.map(Layout::tuple), layout.firstOutside(capacity).map(Layout::tuple),
                layout + " in " + capacity);
    }

    @Property
    void permutes(@ForAll Random random) {
        Layout layout = Views.random(random);
        int[] order = Views.order(layout.rank(), random);
        Layout permuted = layout.permute(order);
        for (long[] index : Views.indices(permuted.sizes())) {
            long[] old = new long[order.length];
            for (int d = 0; d < order.length; d++) {
                old[order[d]] = index[d];
            }
            assertEquals(layout.at(old), permuted.at(index), layout + " permuted " + Arrays.toString(order));
        }
        assertEquals(layout.size(), permuted.size());
    }

    @Property
    void slices(
            @ForAll @IntRange(max = 7) int size,
            @ForAll @LongRange(min = -3, max = 9) long from,
            @ForAll @LongRange(min = -3, max = 9) long to,
            @ForAll @LongRange(min = -4, max = 4) long step) {
        Layout layout = of(longs(2, size, 2), longs(100, 7, 1));
        if (step == 0) {
            assertEquals("slice with a step of 0",
                    message(IllegalArgumentException.class, () -> layout.slice(1, from, to, 0)));
            return;
        }
        List<Long> taken = new ArrayList<>();
        for (long i = from; step > 0 ? i < to : i > to; i += step) {
            taken.add(i);
        }
        String what = "%d:%d:%d of %d".formatted(from, to, step, size);
        if (taken.stream().anyMatch(i -> i < 0 || i >= size)) {
            assertEquals("slice %d:%d:%d of dimension 1, whose size is %d".formatted(from, to, step, size),
                    message(IndexOutOfBoundsException.class, () -> layout.slice(1, from, to, step)), what);
            return;
        }
        Layout sliced = layout.slice(1, from, to, step);
        assertArrayEquals(longs(2, taken.size(), 2), sliced.sizes(), what);
        for (long[] index : Views.indices(sliced.sizes())) {
            assertEquals(layout.at(index[0], taken.get((int) index[1]), index[2]), sliced.at(index), what);
        }
    }

    @Test
    void slicesWithExtremeBounds() {
        Layout layout = Layout.contiguous(5);
        for (long step : longs(1, 2, Long.MAX_VALUE - 1, -1, -2, Long.MIN_VALUE)) {
            for (long from : longs(Long.MIN_VALUE, -1, 0, 4, 5, Long.MAX_VALUE)) {
                for (long to : longs(Long.MIN_VALUE, -1, 0, 4, 5, Long.MAX_VALUE)) {
                    try {
                        Layout sliced = layout.slice(0, from, to, step);
                        assertTrue(sliced.firstOutside(5).isEmpty(), "%d:%d:%d".formatted(from, to, step));
                    } catch (IndexOutOfBoundsException e) {
                        assertTrue(e.getMessage().startsWith("slice " + from), e.getMessage());
                    }
                }
            }
        }
        assertEquals(1, layout.slice(0, 2, Long.MAX_VALUE, Long.MAX_VALUE).size());
        assertEquals(0, layout.slice(0, 9, 9).offset(), "an empty slice stays where it is");
    }

    @Property
    void selects(@ForAll Random random) {
        Layout layout = Views.random(random);
        for (int dim = 0; dim < layout.rank(); dim++) {
            int d = dim;
            assertThrows(IndexOutOfBoundsException.class, () -> layout.select(d, -1));
            assertThrows(IndexOutOfBoundsException.class, () -> layout.select(d, layout.size(d)));
            for (long i = 0; i < layout.size(dim); i++) {
                long chosen = i;
                List<Long> expected = Views.indices(layout.sizes()).stream()
                        .filter(index -> index[d] == chosen).map(layout::at).toList();
                assertEquals(expected, Views.places(layout.select(dim, i)), layout + " at " + i + " of " + dim);
            }
        }
    }

    @Test
    void expands() {
        Layout row = of(longs(1, 3), longs(9, 2));
        assertEquals(of(longs(4, 3), longs(0, 2)), row.expand(4, 3));
        assertEquals(of(longs(2, 1, 3), longs(0, 9, 2)), row.expand(2, 1, 3));
        assertEquals(of(longs(0, 3), longs(0, 2)), row.expand(0, 3));
        assertEquals(of(longs(5), longs(0)), Layout.contiguous().expand(5));
        assertEquals("cannot expand (1, 3) to (1, 6): size 3 of dimension 1 is not 1",
                message(IllegalArgumentException.class, () -> row.expand(1, 6)));
        assertEquals("cannot expand (1, 3) to (3,): fewer dimensions",
                message(IllegalArgumentException.class, () -> row.expand(3)));
        assertThrows(IllegalArgumentException.class, () -> Layout.contiguous(0).expand(1));
    }

    /** All sizes whose product is n, with up to three dimensions and some more of size 1. */
    private static long[] sizesOf(long n, Random random) {
        List<Long> sizes = new ArrayList<>();
        long rest = n;
        for (int parts = random.nextInt(3); parts > 0 && rest > 0; parts--) {
            long left = rest;
            long[] divisors = LongStream.rangeClosed(1, rest).filter(d -> left % d == 0).toArray();
            long divisor = divisors[random.nextInt(divisors.length)];
            sizes.add(divisor);
            rest /= divisor;
        }
        if (rest != 1 || sizes.isEmpty()) {
            sizes.add(rest);
        }
        while (random.nextInt(3) == 0) {
            sizes.add(random.nextInt(sizes.size() + 1), 1L);
        }
        return sizes.stream().mapToLong(Long::longValue).toArray();
    }

    /** Whether there are strides at all that give these places: each follows from one neighbour. */
    private static boolean viewable(List<Long> places, long[] sizes) {
        if (places.isEmpty()) {
            return true;
        }
        long[] strides = new long[sizes.length];
        int step = 1;
        for (int d = sizes.length - 1; d >= 0; d--) {
            strides[d] = sizes[d] > 1 ? places.get(step) - places.get(0) : 0;
            step *= (int) sizes[d];
        }
        return places.equals(Views.places(Layout.of(sizes, strides, places.get(0))));
    }

    @Property(tries = 3000)
    void viewsExactlyWhereStridesCan(@ForAll Random random) {
        Layout layout = Views.random(random);
        List<Long> places = Views.places(layout);
        long[] sizes = sizesOf(layout.size(), random);
        String what = layout + " as " + Layout.tuple(sizes);
        if (viewable(places, sizes)) {
            Layout view = layout.view(sizes);
            assertArrayEquals(sizes, view.sizes(), what);
            assertEquals(places, Views.places(view), what);
        } else {
            assertTrue(layout.tryView(sizes).isEmpty(), what);
            assertTrue(message(IllegalArgumentException.class, () -> layout.view(sizes))
                    .startsWith("cannot view sizes %s, strides %s as %s: the strides do not run through"
                            .formatted(Layout.tuple(layout.sizes()), Layout.tuple(layout.strides()), Layout.tuple(sizes))), what);
        }
    }

    @Test
    void viewsTheNotebooksWindowsNotAtAll() {
        Layout windows = of(longs(3, 3, 3, 3), longs(5, 1, 5, 1));
        assertEquals("cannot view sizes (3, 3, 3, 3), strides (5, 1, 5, 1) as (9, 9): the strides do not run through"
                        + " those dimensions; reshape() or contiguous().view() copies",
                message(IllegalArgumentException.class, () -> windows.view(9, 9)));
        assertEquals("cannot view (3, 3, 3, 3) (81 elements) as (9, 8) (72 elements)",
                message(IllegalArgumentException.class, () -> windows.view(9, 8)));
    }

    /** Sizes of 1 could have any strides; these are PyTorch's. */
    @Test
    void givesSizesOfOneTheStridesOfTheirRun() {
        assertEquals(of(longs(2, 1, 3), longs(10, 3, 1)), of(longs(2, 3), longs(10, 1)).view(2, 1, 3));
        assertEquals(of(longs(1, 6, 1), longs(6, 1, 1)), Layout.contiguous(2, 3).view(1, 6, 1));
    }

    @Test
    void viewsScalars() {
        Layout scalar = Layout.of(longs(), longs(), 4);
        assertEquals(1, scalar.size());
        assertEquals(4, scalar.at());
        assertEquals(4, scalar.view(1, 1).at(0, 0));
        assertEquals(scalar, scalar.view(1, 1).view());
        assertTrue(scalar.isContiguous());
        assertEquals(scalar, scalar.permute());
    }

    @Test
    void viewsTheEmpty() {
        Layout empty = Layout.contiguous(3, 0, 2).slice(2, 0, 1);
        assertEquals(0, empty.size());
        assertTrue(empty.isContiguous());
        assertArrayEquals(longs(7, 0), empty.view(7, 0).sizes());
        assertThrows(IllegalArgumentException.class, () -> empty.view(1));
        assertThrows(IndexOutOfBoundsException.class, () -> empty.at(0, 0, 0));
    }

    @Test
    void stridesAreThoseOfNumpy() {
        assertArrayEquals(longs(27, 9, 3, 1), Layout.contiguous(3, 3, 3, 3).strides());
        assertArrayEquals(longs(1, 2, 6), Layout.fortran(2, 3, 5).strides());
        assertArrayEquals(longs(3, 3, 1), Layout.contiguous(2, 0, 3).strides());
        assertArrayEquals(longs(), Layout.contiguous().strides());
    }

    @Test
    void refusesWhatOverflows() {
        long big = 1L << 32;
        String message = "the sizes (4294967296, 4294967296) hold more than 2^63 elements";
        assertEquals(message, message(IllegalArgumentException.class, () -> Layout.contiguous(big, big)));
        assertEquals(message, message(IllegalArgumentException.class, () -> Layout.fortran(big, big)));
        assertEquals(message, message(IllegalArgumentException.class, () -> Layout.contiguous(1, 1).expand(big, big)));
        assertEquals("the extent of (3,):(9223372036854775807,) overflows 63 bits",
                message(IndexOutOfBoundsException.class, () -> of(longs(3), longs(Long.MAX_VALUE)).highest()));
        assertEquals(0, Layout.contiguous(big, big, 0).size());
    }

    @Test
    void refusesWhatIsNoLayout() {
        assertEquals("negative size in (2, -1)", message(IllegalArgumentException.class, () -> Layout.contiguous(2, -1)));
        assertEquals("negative size in (2, -1)", message(IllegalArgumentException.class, () -> Layout.fortran(2, -1)));
        assertEquals("2 sizes but 1 strides",
                message(IllegalArgumentException.class, () -> of(longs(2, 3), longs(1))));
        Layout layout = Layout.contiguous(2, 3);
        assertEquals("permute([1, 1]) names dimension 1 twice",
                message(IllegalArgumentException.class, () -> layout.permute(1, 1)));
        assertEquals("permute([0]) of 2 dimensions", message(IllegalArgumentException.class, () -> layout.permute(0)));
        assertEquals("dimension 2 of a layout of 2 dimensions",
                message(IllegalArgumentException.class, () -> layout.permute(0, 2)));
        assertEquals("dimension -1 of a layout of 2 dimensions",
                message(IllegalArgumentException.class, () -> layout.stride(-1)));
        assertEquals("index (1,) has 1 dimensions, the layout 2",
                message(IndexOutOfBoundsException.class, () -> layout.at(1)));
        assertEquals("index (1, 3) is outside sizes (2, 3)",
                message(IndexOutOfBoundsException.class, () -> layout.at(1, 3)));
        assertThrows(IndexOutOfBoundsException.class, () -> layout.at(-1, 0));
    }

    @Test
    void equalsByItsNumbers() {
        Layout layout = Layout.of(longs(2, 3), longs(3, 1), 5);
        Layout same = Layout.contiguous(4, 3).slice(0, 1, 3).permute(1, 0).permute(1, 0);
        assertEquals(Layout.of(longs(2, 3), longs(3, 1), 3), same);
        assertEquals(Layout.of(longs(2, 3), longs(3, 1), 3).hashCode(), same.hashCode());
        assertNotEquals(layout, Layout.of(longs(2, 3), longs(3, 1), 4));
        assertNotEquals(layout, Layout.of(longs(2, 3), longs(1, 3), 5));
        assertNotEquals(layout, Layout.of(longs(3, 2), longs(3, 1), 5));
        assertNotEquals(layout, Layout.of(longs(2), longs(3), 5));
        assertFalse(layout.equals(null));
    }

    @Test
    void keepsItsNumbersToItself() {
        long[] sizes = {2, 3};
        long[] strides = {3, 1};
        Layout layout = Layout.of(sizes, strides, 0);
        sizes[0] = 9;
        strides[0] = 9;
        layout.sizes()[0] = 9;
        layout.strides()[0] = 9;
        assertEquals(Layout.contiguous(2, 3), layout);
    }

    @Test
    void printsItself() {
        assertEquals("(3, 3):(5, 1)+2", Layout.of(longs(3, 3), longs(5, 1), 2).toString());
        assertEquals("(9,):(1,)", Layout.contiguous(9).toString());
        assertEquals("(3,):(-1,)-2", Layout.of(longs(3), longs(-1), -2).toString());
        assertEquals("():()", Layout.contiguous().toString());
    }
}
