package io.github.convgauge.cpu.kernel;

import io.github.convgauge.tensor.DType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Copies rows of some vectors from one pitch to another: how weights get into panels. */
public final class CopyKernel {
    private static final Map<Shape, BlockKernel> KERNELS = new ConcurrentHashMap<>();

    private record Shape(DType dtype, int bits, int vectors, long fromRow, long toRow, Access access) {}

    private CopyKernel() {}

    /**
     * A kernel whose blocks are the rows, from x to y.
     *
     * @param fromRow bytes from one row to the next in x
     * @param toRow the same in y
     */
    public static BlockKernel of(DType dtype, int bits, int vectors, long fromRow, long toRow, Access access) {
        return KERNELS.computeIfAbsent(new Shape(dtype, bits, vectors, fromRow, toRow, access), CopyKernel::define);
    }

    private static BlockKernel define(Shape shape) {
        VectorCode code = new VectorCode(shape.dtype, shape.bits, shape.access);
        return KernelClass.load(KernelClass.bytes(shape.access, Steps.of(shape.fromRow, 0, shape.toRow), body -> {
            for (int v = 0; v < shape.vectors; v++) {
                long at = (long) v * shape.bits / Byte.SIZE;
                code.load(body, KernelClass.X, () -> KernelClass.offset(body, KernelClass.X_AT, 0, 0, at));
                body.astore(KernelClass.FIRST_FREE);
                code.store(body, KernelClass.FIRST_FREE, KernelClass.Y, () -> KernelClass.offset(body, KernelClass.Y_AT, 0, 0, at));
            }
        }));
    }
}
