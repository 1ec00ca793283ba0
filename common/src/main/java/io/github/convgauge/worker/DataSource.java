package io.github.convgauge.worker;

import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Npy;
import io.github.convgauge.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Where x and w come from: a seed, or the user's files. Every worker makes the same operands of it.
 *
 * @param fill label of the {@link Fill}
 * @param xFile .npy file, or null for the fill
 * @param wFile .npy file, or null for the fill
 * @param order how the files order their dimensions
 */
public record DataSource(String fill, long seed, String xFile, String wFile, DimensionOrder order) {
    public static DataSource ofSeed(Fill fill, long seed) {
        return new DataSource(fill.label(), seed, null, null, DimensionOrder.NHWC);
    }

    /** The operands in the dtype of a row; values of files are rounded to it. */
    public Operands operands(ConvProblem problem, DType dtype) throws IOException {
        return xFile == null
                ? Fill.ofLabel(fill).operands(problem, dtype, seed)
                : new Operands(
                        order.activations(read(xFile, dtype)),
                        order.weights(read(wFile, dtype)));
    }

    /** Keeps the order of the elements in memory, so that Fortran files are read through strides. */
    private static Tensor read(String file, DType dtype) throws IOException {
        Tensor stored = Npy.read(Path.of(file));
        return stored.dtype() == dtype
                ? stored
                : stored.flatStorage().convertTo(dtype).with(stored.layout());
    }
}
