package io.github.convgauge.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.function.LongToDoubleFunction;

/**
 * An n-dimensional array: a {@link Layout} over off-heap memory and a {@link DType}. Views
 * ({@link #asStrided}, {@link #permute}, {@link #slice}, {@link #expand}, {@link #view}) share that
 * memory and never copy. A tensor always lies inside its storage; a layout that would reach outside
 * is refused with an {@link IndexOutOfBoundsException}.
 */
public final class Tensor {
    /** Storage is aligned to this many bytes: a cache line, and the widest vector register. */
    public static final long ALIGNMENT = 64;

    private final MemorySegment storage;
    private final Layout layout;
    private final DType dtype;

    private Tensor(MemorySegment storage, Layout layout, DType dtype) {
        if (storage.maxByteAlignment() < dtype.bytes()) {
            throw new IllegalArgumentException(
                    "memory aligned to %d bytes cannot hold %s, which needs %d"
                            .formatted(storage.maxByteAlignment(), dtype.label(), dtype.bytes()));
        }
        long capacity = storage.byteSize() / dtype.bytes();
        layout.firstOutside(capacity).ifPresent(index -> {
            throw new IndexOutOfBoundsException(
                    "index %s of layout %s is element %d of its storage: the layout takes %d to %d, the storage holds %s"
                            .formatted(
                                    Layout.tuple(index), layout, layout.at(index), layout.lowest(), layout.highest(),
                                    capacity == 0 ? "none" : "0 to " + (capacity - 1)));
        });
        this.storage = storage;
        this.layout = layout;
        this.dtype = dtype;
    }

    /** A zeroed, contiguous, 64-byte aligned tensor whose memory lives as long as the arena. */
    public static Tensor allocate(Arena arena, DType dtype, long... sizes) {
        Layout layout = Layout.contiguous(sizes);
        long bytes;
        try {
            bytes = Math.multiplyExact(layout.size(), dtype.bytes());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "%s elements of %s are more than 2^63 bytes".formatted(Layout.tuple(sizes), dtype.label()), e);
        }
        return new Tensor(arena.allocate(bytes, ALIGNMENT), layout, dtype);
    }

    /** {@link #allocate(Arena, DType, long...)} in memory that the garbage collector frees. */
    public static Tensor allocate(DType dtype, long... sizes) {
        return allocate(Arena.ofAuto(), dtype, sizes);
    }

    /**
     * A tensor over memory that is there already.
     *
     * @throws IndexOutOfBoundsException if the layout reaches outside it; the message has the first
     *     such index in C order, and what both cover
     * @throws IllegalArgumentException if the memory is not aligned to the elements
     */
    public static Tensor over(MemorySegment storage, DType dtype, Layout layout) {
        return new Tensor(storage, layout, dtype);
    }

    /** 0, 1, 2, … in one dimension, as NumPy's {@code arange}. */
    public static Tensor arange(DType dtype, long count) {
        return allocate(dtype, count).fill(i -> i);
    }

    public DType dtype() {
        return dtype;
    }

    public Layout layout() {
        return layout;
    }

    /** All the memory behind this view, the elements that it skips included. */
    public MemorySegment storage() {
        return storage;
    }

    /** The memory behind this view as a one-dimensional tensor: what the notebook's memory dump shows. */
    public Tensor flatStorage() {
        return new Tensor(storage, Layout.contiguous(storage.byteSize() / dtype.bytes()), dtype);
    }

    /** How many elements there are to index. */
    public long size() {
        return layout.size();
    }

    public long[] sizes() {
        return layout.sizes();
    }

    /** Any view of the same storage; the offset counts from its start, as in PyTorch. */
    public Tensor asStrided(long[] sizes, long[] strides, long offset) {
        return with(Layout.of(sizes, strides, offset));
    }

    public Tensor permute(int... order) {
        return with(layout.permute(order));
    }

    public Tensor slice(int dim, long from, long to, long step) {
        return with(layout.slice(dim, from, to, step));
    }

    public Tensor slice(int dim, long from, long to) {
        return with(layout.slice(dim, from, to));
    }

    public Tensor select(int dim, long index) {
        return with(layout.select(dim, index));
    }

    public Tensor expand(long... sizes) {
        return with(layout.expand(sizes));
    }

    /** @see Layout#view(long...) */
    public Tensor view(long... sizes) {
        return with(layout.view(sizes));
    }

    /** The same elements in the same order under other sizes: a view where strides allow, else a copy. */
    public Tensor reshape(long... sizes) {
        Layout target = Layout.contiguous(sizes);
        if (target.size() != size()) {
            throw new IllegalArgumentException(
                    "cannot reshape %s (%d elements) to %s (%d elements)"
                            .formatted(Layout.tuple(sizes()), size(), Layout.tuple(sizes), target.size()));
        }
        return layout.tryView(sizes).map(this::with).orElseGet(() -> copy().view(sizes));
    }

    /** This tensor if it is contiguous, else a copy in C order. */
    public Tensor contiguous() {
        return layout.isContiguous() ? this : copy();
    }

    /** A copy in C order, in memory of its own. */
    public Tensor copy() {
        return allocate(dtype, layout.sizes()).copyFrom(this);
    }

    /** A copy in C order, each element converted as a Java cast does. */
    public Tensor convertTo(DType other) {
        return allocate(other, layout.sizes()).copyFrom(this);
    }

    /** A view of this storage under another layout. */
    public Tensor with(Layout other) {
        return new Tensor(storage, other, dtype);
    }

    /**
     * Writes the elements of another tensor of the same sizes into this one, converted as by a cast.
     * Elements of one dtype keep every bit, a NaN's too. Where the two share memory, the source is
     * read as it was before.
     */
    public Tensor copyFrom(Tensor source) {
        if (!Arrays.equals(layout.sizes(), source.layout.sizes())) {
            throw new IllegalArgumentException(
                    "cannot copy %s into %s".formatted(source.layout, layout));
        }
        if (dtype == source.dtype && layout.isContiguous() && source.layout.isContiguous()) {
            MemorySegment.copy(
                    source.storage, source.layout.offset() * dtype.bytes(),
                    storage, layout.offset() * dtype.bytes(),
                    size() * dtype.bytes());
            return this;
        }
        if (storage.asOverlappingSlice(source.storage).isPresent()) {
            return copyFrom(source.copy());
        }
        Walk to = new Walk(layout);
        Walk from = new Walk(source.layout);
        for (long left = size(); left > 0; left--) {
            if (dtype != source.dtype) {
                put(to.place(), source.get(from.place()));
            } else if (dtype.bytes() == Integer.BYTES) {
                storage.setAtIndex(ValueLayout.JAVA_INT, to.place(), source.storage.getAtIndex(ValueLayout.JAVA_INT, from.place()));
            } else {
                storage.setAtIndex(ValueLayout.JAVA_LONG, to.place(), source.storage.getAtIndex(ValueLayout.JAVA_LONG, from.place()));
            }
            to.next();
            from.next();
        }
        return this;
    }

    /** Sets every element, in C order, to a function of its number in that order. */
    public Tensor fill(LongToDoubleFunction value) {
        Walk walk = new Walk(layout);
        for (long i = 0; i < size(); i++) {
            put(walk.place(), value.applyAsDouble(i));
            walk.next();
        }
        return this;
    }

    /** One element, widened to a double (exact for every dtype). */
    public double getDouble(long... index) {
        return get(layout.at(index));
    }

    /** Sets one element, converted as by a cast. */
    public void setDouble(double value, long... index) {
        put(layout.at(index), value);
    }

    /** Every element in C order, widened to doubles. */
    public double[] toDoubles() {
        double[] values = new double[Math.toIntExact(size())];
        Walk walk = new Walk(layout);
        for (int i = 0; i < values.length; i++) {
            values[i] = get(walk.place());
            walk.next();
        }
        return values;
    }

    private double get(long place) {
        return switch (dtype) {
            case I32 -> storage.getAtIndex(ValueLayout.JAVA_INT, place);
            case F32 -> storage.getAtIndex(ValueLayout.JAVA_FLOAT, place);
            case F64 -> storage.getAtIndex(ValueLayout.JAVA_DOUBLE, place);
        };
    }

    private void put(long place, double value) {
        switch (dtype) {
            case I32 -> storage.setAtIndex(ValueLayout.JAVA_INT, place, (int) value);
            case F32 -> storage.setAtIndex(ValueLayout.JAVA_FLOAT, place, (float) value);
            case F64 -> storage.setAtIndex(ValueLayout.JAVA_DOUBLE, place, value);
        }
    }

    /** For example {@code Tensor f32 (3, 3):(5, 1)+2 over 25 elements}. */
    @Override
    public String toString() {
        return "Tensor %s %s over %d elements"
                .formatted(dtype.label(), layout, storage.byteSize() / dtype.bytes());
    }

    /** Steps through the places of a layout in C order: an odometer over the indices. */
    private static final class Walk {
        private final long[] sizes;
        private final long[] strides;
        private final long[] index;
        private long place;

        Walk(Layout layout) {
            sizes = layout.sizes();
            strides = layout.strides();
            index = new long[sizes.length];
            place = layout.offset();
        }

        long place() {
            return place;
        }

        void next() {
            for (int d = sizes.length - 1; d >= 0; d--) {
                place += strides[d];
                if (++index[d] < sizes[d]) {
                    return;
                }
                place -= sizes[d] * strides[d];
                index[d] = 0;
            }
        }
    }
}
