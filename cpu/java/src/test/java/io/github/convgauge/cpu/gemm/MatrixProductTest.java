package io.github.convgauge.cpu.gemm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.convgauge.cpu.WorkerPool;
import io.github.convgauge.cpu.direct.Blocking;
import io.github.convgauge.cpu.kernel.Access;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Small integers, so that every order of summation gives the same number. */
class MatrixProductTest {
    private static final int DEPTH = BlockedGemm.TILE_DEPTH;
    /** Ways in which {@link #matrix} lies. */
    private static final int FORMS = 5;

    /** One under and one over a tile and a register block, and primes; every access is checked. */
    @Test
    void sizesThatHurt() {
        int seed = 0;
        for (int m : new int[] {1, 6, 7, 8, BlockedGemm.TILE_ROWS + 1}) {
            for (int k : new int[] {1, 13, DEPTH - 1, DEPTH, DEPTH + 1, 2 * DEPTH + 3}) {
                for (int n : new int[] {1, 15, 16, 17, 33}) {
                    for (DType dtype : new DType[] {DType.F32, DType.F64}) {
                        for (String blocking : new String[] {"128b:3x2", "256b:6x2", "512b:7x2", "512b:15x1"}) {
                            check(m, k, n, dtype, blocking, new int[] {seed % 4, seed % 4 / 2, seed % 4}, 1 + seed % 3, seed++);
                        }
                    }
                }
            }
        }
    }

    /** Each block meets each layout of C, since where a vector fits C decides which kernel writes it. */
    @Test
    void edgesOfBlocksInEveryLayout() {
        int seed = 0;
        for (String text : new String[] {"128b:3x2", "256b:6x2", "512b:7x2", "512b:15x1"}) {
            Blocking blocking = Blocking.parse(text);
            for (DType dtype : new DType[] {DType.F32, DType.F64}) {
                int width = blocking.vectors() * blocking.lanes(dtype);
                for (int m : new int[] {blocking.pixels() - 1, blocking.pixels(), 2 * blocking.pixels() + 1}) {
                    for (int n : new int[] {width - 1, width, width + 1}) {
                        for (int form = 0; form < FORMS; form++) {
                            int[] forms = {seed % FORMS, seed / FORMS % FORMS, form};
                            check(m, DEPTH + 1, n, dtype, text, forms, 1 + seed % 3, seed++);
                        }
                    }
                }
            }
        }
    }

    @Property(tries = 300)
    void anyStrides(
            @ForAll @IntRange(min = 1, max = 40) int m, @ForAll @IntRange(min = 1, max = 40) int k,
            @ForAll @IntRange(min = 1, max = 40) int n, @ForAll @IntRange(max = FORMS - 1) int aForm,
            @ForAll @IntRange(max = FORMS - 1) int bForm, @ForAll @IntRange(max = FORMS - 1) int cForm,
            @ForAll @IntRange(min = 1, max = 4) int threads, @ForAll int seed) {
        check(m, k, n, seed % 2 == 0 ? DType.F32 : DType.F64, "256b:5x2", new int[] {aForm, bForm, cForm}, threads, seed);
    }

    private static void check(int m, int k, int n, DType dtype, String blocking, int[] forms, int threads, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Tensor a = matrix(dtype, m, k, forms[0]).fill(i -> random.nextInt(-4, 5));
        Tensor b = matrix(dtype, k, n, forms[1]).fill(i -> random.nextInt(-4, 5));
        Tensor c = matrix(dtype, m, n, forms[2]);
        c.storage().fill((byte) 0x5a);
        double untouched = c.flatStorage().getDouble(0);
        try (WorkerPool pool = new WorkerPool(threads);
                MatrixProduct product = new MatrixProduct(a, b, c, pool, Blocking.parse(blocking), Access.CHECKED)) {
            product.run();
        }
        String repeat = "%d x %d x %d %s %s, forms %s, %d threads, seed %d".formatted(
                m, k, n, dtype, blocking, Arrays.toString(forms), threads, seed);
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int l = 0; l < k; l++) {
                    sum += a.getDouble(i, l) * b.getDouble(l, j);
                }
                assertEquals(sum, c.getDouble(i, j), repeat + ": " + i + ", " + j);
            }
        }
        long outside = c.flatStorage().size() - (long) m * n;
        double[] all = c.flatStorage().toDoubles();
        long left = Arrays.stream(all).filter(value -> value == untouched).count();
        assertEquals(outside, left, repeat + ": elements around C");
    }

    /** Dense, transposed, backwards, with gaps between all elements, with a margin around dense rows. */
    private static Tensor matrix(DType dtype, int rows, int columns, int form) {
        return switch (form) {
            case 0 -> Tensor.allocate(dtype, rows, columns);
            case 1 -> Tensor.allocate(dtype, columns, rows).permute(1, 0);
            case 2 -> Tensor.allocate(dtype, rows, columns).with(
                    Layout.of(new long[] {rows, columns}, new long[] {-columns, -1}, (long) rows * columns - 1));
            case 3 -> Tensor.allocate(dtype, rows + 1, 2 * columns + 3).slice(0, 1, rows + 1).slice(1, 2, 2 + 2 * columns, 2);
            case 4 -> Tensor.allocate(dtype, rows + 2, columns + 3).slice(0, 1, rows + 1).slice(1, 1, columns + 1);
            default -> throw new AssertionError(form);
        };
    }

    /** Many rows, so that threads share them, and many columns of few rows, so that they share the panels. */
    @Test
    void threadsAndTilesChangeNoBit() {
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            for (int[] size : new int[][] {{131, 50}, {5, 300}}) {
                threadsAndTilesChangeNoBit(dtype, size[0], size[1]);
            }
        }
    }

    private static void threadsAndTilesChangeNoBit(DType dtype, int m, int n) {
        SplittableRandom random = new SplittableRandom(7);
        Tensor a = Tensor.allocate(dtype, m, 2 * DEPTH + 5).fill(i -> random.nextGaussian());
        Tensor b = Tensor.allocate(dtype, 2 * DEPTH + 5, n).fill(i -> random.nextGaussian());
        double[] first = null;
        for (int threads : new int[] {1, 2, 3, 5}) {
            for (String blocking : new String[] {"128b:3x2", "512b:7x2", "256b:6x1"}) {
                for (int form : new int[] {0, 1}) {
                    Tensor c = matrix(dtype, m, n, form);
                    try (WorkerPool pool = new WorkerPool(threads);
                            MatrixProduct product = new MatrixProduct(a, b, c, pool, Blocking.parse(blocking), Access.fastest())) {
                        product.run();
                    }
                    first = first == null ? c.toDoubles() : first;
                    assertArrayEquals(first, c.toDoubles(), "%d x %d %s, %d threads, %s, form %d".formatted(
                            m, n, dtype, threads, blocking, form));
                }
            }
        }
    }

    @Test
    void packsAgainWhatHasChanged() {
        Tensor a = Tensor.allocate(DType.F64, 2, 3).fill(i -> 1);
        Tensor b = Tensor.allocate(DType.F64, 3, 4).fill(i -> 1);
        Tensor c = Tensor.allocate(DType.F64, 2, 4);
        try (WorkerPool pool = new WorkerPool(1); MatrixProduct product = new MatrixProduct(a, b, c, pool)) {
            b.fill(i -> 2);
            product.run();
            assertEquals(3, c.getDouble(1, 3));
            product.pack();
            product.run();
            assertEquals(6, c.getDouble(1, 3));
        }
    }

    @Test
    void refusesWhatDoesNotMatch() {
        try (WorkerPool pool = new WorkerPool(1)) {
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> new MatrixProduct(
                    Tensor.allocate(DType.F32, 2, 3), Tensor.allocate(DType.F32, 4, 5), Tensor.allocate(DType.F32, 2, 5), pool));
            assertEquals("no matrix product of f32 (2, 3) and f32 (4, 5) is f32 (2, 5)", refused.getMessage());
        }
    }

    @Test
    void refusesAnEmptyB() {
        try (WorkerPool pool = new WorkerPool(1)) {
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> new MatrixProduct(
                    Tensor.allocate(DType.F32, 2, 0), Tensor.allocate(DType.F32, 0, 5), Tensor.allocate(DType.F32, 2, 5), pool));
            assertEquals("b is (0, 5): there is nothing to multiply with", refused.getMessage());
        }
    }

    /** Whole panels of a dense B, which the unchecked copy would write to memory that is no longer ours. */
    @Test
    void closedMeansClosed() {
        Tensor square = Tensor.allocate(DType.F32, 64, 64);
        try (WorkerPool pool = new WorkerPool(2)) {
            MatrixProduct product = new MatrixProduct(square, square, Tensor.allocate(DType.F32, 64, 64), pool);
            product.close();
            product.close();
            assertEquals("the matrix product is closed", assertThrows(IllegalStateException.class, product::run).getMessage());
            assertThrows(IllegalStateException.class, product::pack);
        }
    }
}
