package io.github.convgauge.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Small integers, so that every order of summation gives the same number. */
class GemmTest {
    private static final double UNTOUCHED = -12345;

    @Property(tries = 400)
    void anySizesAndStrides(
            @ForAll @IntRange(min = 1, max = 10) int rows,
            @ForAll @IntRange(min = 1, max = 10) int columns,
            @ForAll @IntRange(min = 1, max = 9) int depth,
            @ForAll @IntRange(min = 0, max = 4) int firstRow,
            @ForAll boolean wide,
            @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        DType dtype = wide ? DType.F64 : DType.F32;
        Tensor a = integers(matrix(random, dtype, rows, depth), random);
        Tensor b = integers(matrix(random, dtype, depth, columns), random);
        Tensor b2 = integers(matrix(random, dtype, depth, columns), random);
        Tensor c = matrix(random, dtype, firstRow + rows, columns);
        c.flatStorage().fill(i -> UNTOUCHED);

        Gemm gemm = Gemm.of(dtype, firstRow + rows, depth, columns);
        gemm.begin(firstRow + rows, columns);
        for (Tensor factor : new Tensor[] {b, b2}) {
            Layout bl = factor.layout();
            gemm.packB(factor.storage(), bl.offset(), bl.stride(0), bl.stride(1), depth);
            Layout al = a.layout();
            gemm.add(firstRow, rows, a.storage(), al.offset(), al.stride(0), al.stride(1));
        }
        Layout cl = c.layout();
        gemm.store(0, firstRow + rows, c.storage(), cl.offset(), cl.stride(0), cl.stride(1));

        for (int i = 0; i < firstRow + rows; i++) {
            for (int j = 0; j < columns; j++) {
                double expected = 0;
                for (int k = 0; k < depth && i >= firstRow; k++) {
                    expected += a.getDouble(i - firstRow, k) * (b.getDouble(k, j) + b2.getDouble(k, j));
                }
                assertEquals(expected, c.getDouble(i, j), "(%d, %d) of %s".formatted(i, j, c));
            }
        }
        c.fill(i -> UNTOUCHED);
        for (double value : c.flatStorage().toDoubles()) {
            assertEquals(UNTOUCHED, value, "written between the elements of " + c);
        }
    }

    /** What is computed beyond the edge, 0 times infinity for one, must not reach a neighbour. */
    @Property(tries = 20)
    void whatLiesBeyondTheEdgeStaysThere(@ForAll @IntRange(min = 1, max = 7) int rows, @ForAll boolean wide) {
        DType dtype = wide ? DType.F64 : DType.F32;
        Tensor a = Tensor.allocate(dtype, rows, 3).fill(i -> 1);
        Tensor b = Tensor.allocate(dtype, 3, 5).fill(i -> Double.POSITIVE_INFINITY);
        Tensor c = Tensor.allocate(dtype, rows + 4, 5);
        Gemm gemm = Gemm.of(dtype, rows + 4, 3, 5);
        gemm.begin(rows + 4, 5);
        gemm.packB(b.storage(), 0, 5, 1, 3);
        gemm.add(0, rows, a.storage(), 0, 3, 1);
        gemm.store(0, rows + 4, c.storage(), 0, 5, 1);
        for (int i = 0; i < rows + 4; i++) {
            assertEquals(i < rows ? Double.POSITIVE_INFINITY : 0, c.getDouble(i, 4), "row %d of %d".formatted(i, rows));
        }
    }

    /** In C or Fortran order, forwards or backwards, with or without gaps. */
    private static Tensor matrix(SplittableRandom random, DType dtype, int rows, int columns) {
        int gap = random.nextInt(1, 3);
        Tensor matrix = random.nextBoolean()
                ? Tensor.allocate(dtype, rows, columns * gap).slice(1, 0, (long) columns * gap, gap)
                : Tensor.allocate(dtype, columns, rows * gap).slice(1, 0, (long) rows * gap, gap).permute(1, 0);
        return random.nextBoolean() ? matrix.slice(0, rows - 1L, -1, -1) : matrix;
    }

    private static Tensor integers(Tensor tensor, SplittableRandom random) {
        return tensor.fill(i -> random.nextInt(-9, 10));
    }
}
