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
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Small integers, so that every order of summation gives the same number. */
class MatrixProductTest {
    private static final int DEPTH = BlockedGemm.TILE_DEPTH;

    /** One under and one over a tile and a register block, and primes; every access is checked. */
    @Test
    void sizesThatHurt() {
        int seed = 0;
        for (int m : new int[] {1, 6, 7, 8, BlockedGemm.TILE_ROWS + 1}) {
            for (int k : new int[] {1, 13, DEPTH - 1, DEPTH, DEPTH + 1, 2 * DEPTH + 3}) {
                for (int n : new int[] {1, 15, 16, 17, 33}) {
                    for (DType dtype : new DType[] {DType.F32, DType.F64}) {
                        for (String blocking : new String[] {"128b:3x2", "256b:6x2", "512b:7x2", "512b:15x1"}) {
                            check(m, k, n, dtype, blocking, seed % 4, 1 + seed % 3, seed++);
                        }
                    }
                }
            }
        }
    }

    @Property(tries = 300)
    void anyStrides(
            @ForAll @IntRange(min = 1, max = 40) int m, @ForAll @IntRange(min = 1, max = 40) int k,
            @ForAll @IntRange(min = 1, max = 40) int n, @ForAll @IntRange(max = 3) int form,
            @ForAll @IntRange(min = 1, max = 4) int threads, @ForAll int seed) {
        check(m, k, n, seed % 2 == 0 ? DType.F32 : DType.F64, "256b:5x2", form, threads, seed);
    }

    private static void check(int m, int k, int n, DType dtype, String blocking, int form, int threads, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Tensor a = matrix(dtype, m, k, form).fill(i -> random.nextInt(-4, 5));
        Tensor b = matrix(dtype, k, n, form / 2).fill(i -> random.nextInt(-4, 5));
        Tensor c = matrix(dtype, m, n, form);
        c.storage().fill((byte) 0x5a);
        double untouched = c.flatStorage().getDouble(0);
        try (WorkerPool pool = new WorkerPool(threads);
                MatrixProduct product = new MatrixProduct(a, b, c, pool, Blocking.parse(blocking), Access.CHECKED)) {
            product.run();
        }
        String repeat = "%d x %d x %d %s %s, form %d, %d threads, seed %d".formatted(m, k, n, dtype, blocking, form, threads, seed);
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
        long left = java.util.Arrays.stream(all).filter(value -> value == untouched).count();
        assertEquals(outside, left, repeat + ": elements around C");
    }

    /** Dense, transposed, backwards, with gaps. */
    private static Tensor matrix(DType dtype, int rows, int columns, int form) {
        return switch (form) {
            case 0 -> Tensor.allocate(dtype, rows, columns);
            case 1 -> Tensor.allocate(dtype, columns, rows).permute(1, 0);
            case 2 -> Tensor.allocate(dtype, rows, columns).with(
                    Layout.of(new long[] {rows, columns}, new long[] {-columns, -1}, (long) rows * columns - 1));
            default -> Tensor.allocate(dtype, rows + 1, 2 * columns + 3).slice(0, 1, rows + 1).slice(1, 2, 2 + 2 * columns, 2);
        };
    }

    @Test
    void threadsAndTilesChangeNoBit() {
        SplittableRandom random = new SplittableRandom(7);
        Tensor a = Tensor.allocate(DType.F32, 131, 2 * DEPTH + 5).fill(i -> random.nextGaussian());
        Tensor b = Tensor.allocate(DType.F32, 2 * DEPTH + 5, 50).fill(i -> random.nextGaussian());
        double[] first = null;
        for (int threads : new int[] {1, 2, 3, 5}) {
            for (String blocking : new String[] {"512b:7x2", "256b:6x1"}) {
                Tensor c = Tensor.allocate(DType.F32, 131, 50);
                try (WorkerPool pool = new WorkerPool(threads);
                        MatrixProduct product = new MatrixProduct(a, b, c, pool, Blocking.parse(blocking), Access.fastest())) {
                    product.run();
                }
                first = first == null ? c.toDoubles() : first;
                assertArrayEquals(first, c.toDoubles(), threads + " threads, " + blocking);
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
}
