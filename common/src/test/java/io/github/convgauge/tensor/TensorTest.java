package io.github.convgauge.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorTest {
    private static long[] longs(long... values) {
        return values;
    }

    private static String message(Class<? extends Throwable> type, Executable call) {
        return assertThrows(type, call).getMessage();
    }

    /** A random view over storage that holds its own places: element p of the storage is p. */
    private static Tensor random(DType dtype, Random random) {
        Layout layout = Views.random(random);
        return Tensor.arange(dtype, 1000).with(layout);
    }

    private static double[] places(Layout layout) {
        return Views.places(layout).stream().mapToDouble(Long::doubleValue).toArray();
    }

    @Property
    void readsInCOrder(@ForAll DType dtype, @ForAll Random random) {
        Tensor view = random(dtype, random);
        assertArrayEquals(places(view.layout()), view.toDoubles(), view.toString());
        List<long[]> indices = Views.indices(view.sizes());
        for (long[] index : indices) {
            assertEquals(view.layout().at(index), view.getDouble(index), view.toString());
        }
    }

    @Property
    void copiesOnlyWhenItMust(@ForAll DType dtype, @ForAll Random random) {
        Tensor view = random(dtype, random);
        Tensor contiguous = view.contiguous();
        assertEquals(view.layout().isContiguous(), contiguous == view, view.toString());
        assertArrayEquals(view.toDoubles(), contiguous.toDoubles(), view.toString());
        assertTrue(contiguous.layout().isContiguous());

        boolean viewable = view.layout().tryView(longs(view.size())).isPresent();
        Tensor flat = view.reshape(view.size());
        assertEquals(viewable, flat.storage() == view.storage(), view.toString());
        assertArrayEquals(view.toDoubles(), flat.toDoubles(), view.toString());
        assertArrayEquals(longs(view.size()), flat.sizes());
        if (!viewable) {
            assertEquals(view.size() * dtype.bytes(), flat.storage().byteSize());
        }
        assertNotSame(view.storage(), view.copy().storage());
    }

    /** Also where the two overlap: as if the source had been set aside first. */
    @Property
    void copiesIntoAnyView(@ForAll DType to, @ForAll DType from, @ForAll Random random) {
        Layout layout = Layout.contiguous(3, 4, 2).permute(Views.order(3, random));
        layout = Layout.of(layout.sizes(), layout.strides(), random.nextInt(9));
        Tensor source = random.nextBoolean()
                ? Tensor.arange(from, 40).with(Layout.fortran(layout.sizes()))
                : Tensor.arange(from, 40).with(layout).slice(0, layout.size(0) - 1, -1, -1);
        boolean shared = to == from && random.nextBoolean();
        Tensor storage = shared ? source.flatStorage() : Tensor.allocate(to, 40);
        double[] expected = source.toDoubles();
        double[] untouched = storage.toDoubles();
        Tensor target = storage.with(layout);
        target.copyFrom(source);
        assertArrayEquals(expected, target.toDoubles(), source + " to " + target + (shared ? " (shared)" : ""));
        List<Long> written = Views.places(layout);
        for (int i = 0; i < 40; i++) {
            if (!written.contains((long) i)) {
                assertEquals(untouched[i], storage.getDouble(i), "element " + i + " of " + target);
            }
        }
    }

    @Test
    void copiesDensePartsFromWhereTheyAreToWhereTheyGo() {
        Tensor x = Tensor.arange(DType.F64, 12).view(4, 3);
        assertArrayEquals(new double[] {6, 7, 8, 9, 10, 11}, x.slice(0, 2, 4).copy().toDoubles());
        x.slice(0, 1, 2).copyFrom(x.slice(0, 3, 4));
        assertArrayEquals(new double[] {0, 1, 2, 9, 10, 11, 6, 7, 8, 9, 10, 11}, x.toDoubles());
    }

    @Test
    void transposesInPlace() {
        Tensor x = Tensor.arange(DType.F32, 9).view(3, 3);
        x.copyFrom(x.permute(1, 0));
        assertArrayEquals(new double[] {0, 3, 6, 1, 4, 7, 2, 5, 8}, x.toDoubles());
    }

    @Test
    void shiftsOverItself() {
        Tensor x = Tensor.arange(DType.I32, 6);
        x.slice(0, 1, 6).copyFrom(x.slice(0, 0, 5));
        assertArrayEquals(new double[] {0, 0, 1, 2, 3, 4}, x.toDoubles());
        Tensor y = Tensor.arange(DType.F64, 6);
        y.slice(0, 2, 6, 2).copyFrom(y.slice(0, 0, 4, 2));
        assertArrayEquals(new double[] {0, 1, 0, 3, 2, 5}, y.toDoubles());
    }

    @Test
    void copiesEveryBitOfANan() {
        Tensor x = Tensor.allocate(DType.F32, 2, 2);
        int signalling = 0x7fa12345;
        x.storage().setAtIndex(ValueLayout.JAVA_INT, 1, signalling);
        Tensor copy = x.permute(1, 0).contiguous();
        assertEquals(signalling, copy.storage().getAtIndex(ValueLayout.JAVA_INT, 2));
    }

    @Test
    void convertsAsACast() {
        Tensor x = Tensor.allocate(DType.F64, 4).fill(i -> new double[] {-1.9, 1e10, Double.NaN, 0.1}[(int) i]);
        assertArrayEquals(new double[] {-1, Integer.MAX_VALUE, 0, 0}, x.convertTo(DType.I32).toDoubles());
        assertArrayEquals(new double[] {(float) -1.9, 1e10, Double.NaN, 0.1f}, x.convertTo(DType.F32).toDoubles());
    }

    @Test
    void viewsShareMemory() {
        Tensor x = Tensor.arange(DType.I32, 25).view(5, 5);
        for (Tensor view : List.of(
                x.asStrided(longs(3, 3, 3, 3), longs(5, 1, 5, 1), 0), x.permute(1, 0), x.slice(0, 1, 3), x.slice(0, 4, -1, -1),
                x.select(1, 2), x.expand(2, 5, 5), x.view(25), x.reshape(25), x.contiguous(), x.flatStorage())) {
            assertSame(x.storage(), view.storage(), view.toString());
        }
        x.setDouble(-7, 1, 1);
        assertEquals(-7, x.asStrided(longs(3, 3, 3, 3), longs(5, 1, 5, 1), 0).getDouble(1, 1, 0, 0));
        assertEquals(-7, x.asStrided(longs(3, 3, 3, 3), longs(5, 1, 5, 1), 0).getDouble(0, 0, 1, 1));
    }

    @Test
    void replaysTheNotebook() {
        Tensor x = Tensor.arange(DType.I32, 25).view(5, 5);
        Tensor x1 = x.asStrided(longs(3, 3, 3, 3), longs(5, 1, 5, 1), 0);
        assertEquals(81, x1.size());
        assertEquals(25, x1.flatStorage().size());
        Tensor x2 = x1.contiguous();
        assertEquals(Layout.contiguous(3, 3, 3, 3), x2.layout());
        Tensor x3 = x2.reshape(9, 9);
        assertSame(x2.storage(), x3.storage());
        assertThrows(IllegalArgumentException.class, () -> x1.view(9, 9));
        assertNotSame(x1.storage(), x1.reshape(9, 9).storage());
        assertArrayEquals(new double[] {12, 13, 14, 17, 18, 19, 22, 23, 24}, x3.select(0, 8).toDoubles());
    }

    @Test
    void refusesToLeaveItsStorage() {
        Tensor x = Tensor.arange(DType.F32, 25);
        assertEquals("index (2, 3) of layout (3, 5):(10, 2) is element 26 of its storage: the layout takes 0 to 28, the storage holds 0 to 24",
                message(IndexOutOfBoundsException.class, () -> x.asStrided(longs(3, 5), longs(10, 2), 0)));
        assertEquals("index (1,) of layout (3,):(-5,)+4 is element -1 of its storage: the layout takes -6 to 4, the storage holds 0 to 24",
                message(IndexOutOfBoundsException.class, () -> x.asStrided(longs(3), longs(-5), 4)));
        assertEquals("index (0, 0) of layout (1, 1):(1, 1)-1 is element -1 of its storage: the layout takes -1 to -1, the storage holds 0 to 24",
                message(IndexOutOfBoundsException.class, () -> x.asStrided(longs(1, 1), longs(1, 1), -1)));
        assertEquals("index () of layout ():() is element 0 of its storage: the layout takes 0 to 0, the storage holds none",
                message(IndexOutOfBoundsException.class, () -> Tensor.allocate(DType.F64, 0).asStrided(longs(), longs(), 0)));
        assertThrows(IndexOutOfBoundsException.class, () -> x.asStrided(longs(1), longs(1), 25));
        assertThrows(IndexOutOfBoundsException.class, () -> x.asStrided(longs(1L << 40, 1L << 20), longs(1L << 40, 1), 0));
        assertEquals(25, x.asStrided(longs(25), longs(-1), 24).size());
        assertEquals(0, x.asStrided(longs(0, 9), longs(77, 77), 99).size());
        assertEquals(1L << 40, x.asStrided(longs(1L << 40), longs(0), 24).size());
    }

    @ParameterizedTest
    @EnumSource
    void allocatesAlignedZeros(DType dtype) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor x = Tensor.allocate(arena, dtype, 3, 7);
            assertEquals(0, x.storage().address() % Tensor.ALIGNMENT);
            assertArrayEquals(new double[21], x.toDoubles());
            assertEquals(21L * dtype.bytes(), x.storage().byteSize());
        }
        assertEquals(0, Tensor.allocate(dtype, 2, 0).toDoubles().length);
        assertEquals(0, Tensor.allocate(dtype).getDouble());
    }

    @Test
    void refusesWhatNoMemoryHolds() {
        assertEquals("(1152921504606846976, 4) elements of f64 are more than 2^63 bytes",
                message(IllegalArgumentException.class, () -> Tensor.allocate(DType.F64, 1L << 60, 4)));
        assertThrows(IllegalArgumentException.class, () -> Tensor.allocate(DType.F32, 1L << 40, 1L << 40));
    }

    @Test
    void liesOverMemoryThatIsThere() {
        Tensor x = Tensor.over(MemorySegment.ofArray(new float[] {1, 2, 3}), DType.F32, Layout.contiguous(3));
        assertArrayEquals(new double[] {1, 2, 3}, x.toDoubles());
        assertEquals("memory aligned to 4 bytes cannot hold f64, which needs 8",
                message(IllegalArgumentException.class,
                        () -> Tensor.over(MemorySegment.ofArray(new float[4]), DType.F64, Layout.contiguous(2))));
        // The storage need not be a whole number of elements.
        assertThrows(IndexOutOfBoundsException.class,
                () -> Tensor.over(Arena.ofAuto().allocate(15, 8), DType.F64, Layout.contiguous(2)));
    }

    @Test
    void refusesOtherSizes() {
        Tensor x = Tensor.arange(DType.F32, 6);
        assertEquals("cannot copy (6,):(1,) into (2, 3):(3, 1)",
                message(IllegalArgumentException.class, () -> Tensor.allocate(DType.F32, 2, 3).copyFrom(x)));
        assertEquals("cannot reshape (6,) (6 elements) to (4,) (4 elements)",
                message(IllegalArgumentException.class, () -> x.reshape(4)));
        assertEquals("cannot view (6,) (6 elements) as (4,) (4 elements)",
                message(IllegalArgumentException.class, () -> x.view(4)));
    }

    @Test
    void printsItself() {
        Tensor x = Tensor.arange(DType.F32, 25).asStrided(longs(3, 3), longs(5, 1), 2);
        assertEquals("Tensor f32 (3, 3):(5, 1)+2 over 25 elements", x.toString());
    }
}
