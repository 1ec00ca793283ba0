package io.github.convgauge.tensor;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * Where the elements of an n-dimensional array lie in a flat storage: element (i0, i1, …) is at
 * {@code offset + i0·stride0 + i1·stride1 + …}. Sizes, strides and the offset count elements, not
 * bytes. A layout knows no storage; {@link Tensor} checks a layout against one.
 *
 * <p>Two dimensions may share elements (a stride of 0, or overlapping windows): that is what makes
 * im2col a view.
 */
public final class Layout {
    private final long[] sizes;
    private final long[] strides;
    private final long offset;
    private final long size;

    private Layout(long[] sizes, long[] strides, long offset) {
        if (sizes.length != strides.length) {
            throw new IllegalArgumentException(
                    "%d sizes but %d strides".formatted(sizes.length, strides.length));
        }
        long product = 1;
        boolean empty = false;
        for (long s : sizes) {
            if (s < 0) {
                throw new IllegalArgumentException("negative size in " + tuple(sizes));
            }
            empty |= s == 0;
        }
        for (long s : sizes) {
            try {
                product = empty ? 0 : Math.multiplyExact(product, s);
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException(
                        "the sizes " + tuple(sizes) + " hold more than 2^63 elements", e);
            }
        }
        this.sizes = sizes;
        this.strides = strides;
        this.offset = offset;
        this.size = product;
    }

    /** The C-ordered layout of these sizes: the last index moves fastest, nothing lies between. */
    public static Layout contiguous(long... sizes) {
        return new Layout(sizes.clone(), cOrderStrides(sizes), 0);
    }

    /** The Fortran-ordered layout of these sizes: the first index moves fastest. */
    public static Layout fortran(long... sizes) {
        long[] strides = new long[sizes.length];
        long step = 1;
        for (int d = 0; d < sizes.length; d++) {
            strides[d] = step;
            // May wrap around; the constructor then refuses the sizes, with a sentence.
            step *= Math.max(1, sizes[d]);
        }
        return new Layout(sizes.clone(), strides, 0);
    }

    /** Any layout at all. */
    public static Layout of(long[] sizes, long[] strides, long offset) {
        return new Layout(sizes.clone(), strides.clone(), offset);
    }

    public int rank() {
        return sizes.length;
    }

    public long size(int dim) {
        return sizes[checkDim(dim)];
    }

    public long stride(int dim) {
        return strides[checkDim(dim)];
    }

    public long[] sizes() {
        return sizes.clone();
    }

    public long[] strides() {
        return strides.clone();
    }

    /** The place of element (0, 0, …) in the storage. */
    public long offset() {
        return offset;
    }

    /** How many indices there are: the product of the sizes. Overlapping elements count each time. */
    public long size() {
        return size;
    }

    /** The place of one element in the storage. */
    public long at(long... index) {
        if (index.length != sizes.length) {
            throw new IndexOutOfBoundsException(
                    "index %s has %d dimensions, the layout %d"
                            .formatted(tuple(index), index.length, sizes.length));
        }
        long place = offset;
        for (int d = 0; d < index.length; d++) {
            if (index[d] < 0 || index[d] >= sizes[d]) {
                throw new IndexOutOfBoundsException(
                        "index %s is outside sizes %s".formatted(tuple(index), tuple(sizes)));
            }
            place += index[d] * strides[d];
        }
        return place;
    }

    /** The lowest place that any element takes; meaningless if {@link #size()} is 0. */
    public long lowest() {
        return extent(-1);
    }

    /** The highest place that any element takes; meaningless if {@link #size()} is 0. */
    public long highest() {
        return extent(1);
    }

    private long extent(int sign) {
        try {
            long place = offset;
            for (int d = 0; d < sizes.length; d++) {
                if (Long.signum(strides[d]) == sign) {
                    place = Math.addExact(place, Math.multiplyExact(sizes[d] - 1, strides[d]));
                }
            }
            return place;
        } catch (ArithmeticException e) {
            throw new IndexOutOfBoundsException("the extent of " + this + " overflows 63 bits");
        }
    }

    /**
     * The first index, in C order, whose place is not in 0 … capacity − 1, or nothing if all are. The
     * places of a box of indices have their extremes at its corners, so each dimension's part of the
     * answer follows from a division, without a walk.
     */
    Optional<long[]> firstOutside(long capacity) {
        if (size == 0 || (lowest() >= 0 && highest() < capacity)) {
            return Optional.empty();
        }
        long below = lowest() - offset;
        long above = highest() - offset;
        long place = offset;
        long[] index = new long[sizes.length];
        for (int d = 0; d < sizes.length; d++) {
            long reach = (sizes[d] - 1) * strides[d];
            below -= Math.min(0, reach);
            above -= Math.max(0, reach);
            if (place + below < 0 || place + above >= capacity) {
                continue; // with index 0 here, a later dimension leaves the storage
            }
            long step = strides[d];
            long i = sizes[d];
            if (step > 0) {
                i = Math.ceilDiv(capacity - (place + above), step);
            } else if (step < 0) {
                i = (place + below) / -step + 1;
            }
            index[d] = i;
            place += i * step;
        }
        return Optional.of(index);
    }

    /** The same elements with the dimensions in another order, as NumPy's {@code transpose(order)}. */
    public Layout permute(int... order) {
        if (order.length != sizes.length) {
            throw new IllegalArgumentException(
                    "permute(%s) of %d dimensions".formatted(Arrays.toString(order), sizes.length));
        }
        long[] newSizes = new long[order.length];
        long[] newStrides = new long[order.length];
        boolean[] seen = new boolean[order.length];
        for (int d = 0; d < order.length; d++) {
            int from = checkDim(order[d]);
            if (seen[from]) {
                throw new IllegalArgumentException(
                        "permute(%s) names dimension %d twice".formatted(Arrays.toString(order), from));
            }
            seen[from] = true;
            newSizes[d] = sizes[from];
            newStrides[d] = strides[from];
        }
        return new Layout(newSizes, newStrides, offset);
    }

    /**
     * The elements {@code from, from+step, …} of one dimension, the last below {@code to}, as
     * Python's {@code [from:to:step]} with all three given. A step of -1 needs {@code from} above
     * {@code to}; {@code to} = -1 then takes the element 0 too. Unlike Python, negative numbers do
     * not count from the end, and elements that are not there are refused, not left out.
     *
     * @throws IndexOutOfBoundsException if an element of the slice is outside the dimension
     */
    public Layout slice(int dim, long from, long to, long step) {
        checkDim(dim);
        if (step == 0) {
            throw new IllegalArgumentException("slice with a step of 0");
        }
        boolean empty = step > 0 ? from >= to : from <= to;
        long count = 0;
        if (!empty) {
            // With from inside, only a bound near -2^63 could overflow the difference.
            boolean startsInside = from >= 0 && from < sizes[dim];
            count = startsInside ? Math.ceilDiv(Math.max(to, from - Long.MAX_VALUE) - from, step) : 0;
            long last = from + (count - 1) * step;
            if (!startsInside || last < 0 || last >= sizes[dim]) {
                throw new IndexOutOfBoundsException(
                        "slice %d:%d:%d of dimension %d, whose size is %d"
                                .formatted(from, to, step, dim, sizes[dim]));
            }
        }
        long[] newSizes = sizes.clone();
        long[] newStrides = strides.clone();
        newSizes[dim] = count;
        // Cannot wrap where it matters: with two elements or more the step is below the size.
        newStrides[dim] = strides[dim] * step;
        return new Layout(newSizes, newStrides, empty ? offset : offset + from * strides[dim]);
    }

    /** {@link #slice(int, long, long, long)} with a step of 1. */
    public Layout slice(int dim, long from, long to) {
        return slice(dim, from, to, 1);
    }

    /** One index of a dimension, which disappears: NumPy's {@code x[:, i]}. */
    public Layout select(int dim, long index) {
        checkDim(dim);
        Objects.checkIndex(index, sizes[dim]);
        return new Layout(without(sizes, dim), without(strides, dim), offset + index * strides[dim]);
    }

    /**
     * Sizes of 1 repeated without a copy (stride 0), and new dimensions in front, as PyTorch's
     * {@code expand} and NumPy's {@code broadcast_to}.
     */
    public Layout expand(long... newSizes) {
        int added = newSizes.length - sizes.length;
        if (added < 0) {
            throw new IllegalArgumentException(
                    "cannot expand %s to %s: fewer dimensions".formatted(tuple(sizes), tuple(newSizes)));
        }
        long[] newStrides = new long[newSizes.length];
        for (int d = 0; d < newSizes.length; d++) {
            if (d < added) {
                continue;
            }
            long old = sizes[d - added];
            if (old == newSizes[d]) {
                newStrides[d] = strides[d - added];
            } else if (old != 1) {
                throw new IllegalArgumentException(
                        "cannot expand %s to %s: size %d of dimension %d is not 1"
                                .formatted(tuple(sizes), tuple(newSizes), old, d - added));
            }
        }
        return new Layout(newSizes.clone(), newStrides, offset);
    }

    /**
     * The same elements in the same order under other sizes, without a copy, as PyTorch's
     * {@code view}.
     *
     * @throws IllegalArgumentException if the sizes hold another number of elements, or if no
     *     strides can say it; the message says which dimensions stand in the way
     */
    public Layout view(long... newSizes) {
        Layout target = contiguous(newSizes);
        if (target.size != size) {
            throw new IllegalArgumentException(
                    "cannot view %s (%d elements) as %s (%d elements)"
                            .formatted(tuple(sizes), size, tuple(newSizes), target.size));
        }
        return tryView(target.sizes).orElseThrow(() -> new IllegalArgumentException(
                "cannot view sizes %s, strides %s as %s: the strides do not run through those dimensions;"
                                .formatted(tuple(sizes), tuple(strides), tuple(newSizes))
                        + " reshape() or contiguous().view() copies"));
    }

    /**
     * {@link #view} where strides can carry it. Old dimensions that lie behind one another without a
     * gap form runs; each run must be filled exactly by new dimensions (the algorithm of PyTorch's
     * {@code computeStride}, aten/src/ATen/TensorUtils.cpp).
     */
    Optional<Layout> tryView(long[] newSizes) {
        if (size == 0) {
            return Optional.of(new Layout(newSizes.clone(), cOrderStrides(newSizes), offset));
        }
        long[] newStrides = new long[newSizes.length];
        int newDim = newSizes.length - 1;
        long runBase = sizes.length == 0 ? 1 : strides[sizes.length - 1];
        long runSize = 1;
        long filled = 1;
        for (int d = sizes.length - 1; d >= 0; d--) {
            runSize *= sizes[d];
            boolean runEnds = d == 0
                    || (sizes[d - 1] != 1 && strides[d - 1] != runSize * runBase);
            if (!runEnds) {
                continue;
            }
            while (newDim >= 0 && (filled < runSize || newSizes[newDim] == 1)) {
                newStrides[newDim] = filled * runBase;
                filled *= newSizes[newDim];
                newDim--;
            }
            if (filled != runSize) {
                return Optional.empty();
            }
            if (d > 0) {
                runBase = strides[d - 1];
                runSize = 1;
                filled = 1;
            }
        }
        for (; newDim >= 0; newDim--) {
            newStrides[newDim] = 1; // only sizes of 1 are left, for which any stride will do
        }
        return Optional.of(new Layout(newSizes.clone(), newStrides, offset));
    }

    /** Whether the elements follow each other in C order without a gap. Sizes of 1 do not matter. */
    public boolean isContiguous() {
        long expected = 1;
        for (int d = sizes.length - 1; d >= 0 && size > 0; d--) {
            if (sizes[d] != 1 && strides[d] != expected) {
                return false;
            }
            expected *= sizes[d];
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Layout that
                && Arrays.equals(sizes, that.sizes)
                && Arrays.equals(strides, that.strides)
                && offset == that.offset;
    }

    @Override
    public int hashCode() {
        return Objects.hash(Arrays.hashCode(sizes), Arrays.hashCode(strides), offset);
    }

    /** For example {@code (3, 3):(5, 1)+2}: sizes, strides, and the offset unless it is 0. */
    @Override
    public String toString() {
        return tuple(sizes) + ":" + tuple(strides) + (offset == 0 ? "" : "%+d".formatted(offset));
    }

    /** Numbers as Python prints a tuple: {@code (3, 3)}, {@code (9,)}, {@code ()}. */
    public static String tuple(long... values) {
        StringJoiner joiner = new StringJoiner(", ", "(", values.length == 1 ? ",)" : ")");
        for (long value : values) {
            joiner.add(Long.toString(value));
        }
        return joiner.toString();
    }

    private static long[] cOrderStrides(long[] sizes) {
        long[] strides = new long[sizes.length];
        long step = 1;
        for (int d = sizes.length - 1; d >= 0; d--) {
            strides[d] = step;
            // May wrap around; the constructor then refuses the sizes, with a sentence.
            step *= Math.max(1, sizes[d]);
        }
        return strides;
    }

    private static long[] without(long[] values, int dim) {
        long[] rest = new long[values.length - 1];
        System.arraycopy(values, 0, rest, 0, dim);
        System.arraycopy(values, dim + 1, rest, dim, rest.length - dim);
        return rest;
    }

    private int checkDim(int dim) {
        if (dim < 0 || dim >= sizes.length) {
            throw new IllegalArgumentException(
                    "dimension %d of a layout of %d dimensions".formatted(dim, sizes.length));
        }
        return dim;
    }
}
