package io.github.convgauge.cpu.winograd;

import io.github.convgauge.cpu.kernel.Access;
import io.github.convgauge.cpu.kernel.BlockKernel;
import io.github.convgauge.cpu.kernel.BlockSpec;
import io.github.convgauge.cpu.kernel.KernelGenerator;
import io.github.convgauge.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/** The product on a generated register block: the kernel that the direct convolution has, of one row and one run. */
public final class GeneratedProduct implements Product {
    private final int rows;
    private final int panel;
    private final long panelBytes;
    private final long panelRow;
    private final BlockSpec spec;
    private final BlockKernel kernel;

    /** A {@link Product.Maker} with the longest vectors of the machine. */
    public static Product of(DType dtype, int depth, int columns) {
        return new GeneratedProduct(dtype, depth, columns, FloatVector.SPECIES_PREFERRED.vectorBitSize());
    }

    /** @param bits length of the vectors */
    GeneratedProduct(DType dtype, int depth, int columns, int bits) {
        int lanes = bits / Byte.SIZE / dtype.bytes();
        int vectors = columns > lanes ? 2 : 1;
        rows = bits >= 512 ? 8 : 6;
        panel = vectors * lanes;
        panelRow = (long) panel * dtype.bytes();
        panelBytes = depth * panelRow;
        long aRow = Planes.row((long) depth * dtype.bytes());
        long cRow = Math.ceilDiv(columns, panel) * panelRow;
        spec = new BlockSpec(
                dtype, bits, rows, vectors, List.of(new BlockSpec.Run(0, 0, depth, 0, rows)), false,
                0, 0, dtype.bytes(), panelRow, aRow, cRow, rows * aRow, rows * cRow);
        kernel = KernelGenerator.of(spec);
    }

    @Override
    public void compile() {
        KernelGenerator.compile(spec, Access.fastest());
    }

    @Override
    public int panel() {
        return panel;
    }

    @Override
    public int rows() {
        return rows;
    }

    /** Whole blocks of rows: the last one's may reach into memory that nobody reads. */
    @Override
    public void run(
            MemorySegment a, long aAt, long aRow, MemorySegment b, long bAt,
            MemorySegment c, long cAt, long cRow, int count, int panels) {
        int blocks = Math.ceilDiv(count, rows);
        for (int p = 0; p < panels; p++) {
            kernel.run(a, aAt, b, bAt + p * panelBytes, c, cAt + p * panelRow, 1, blocks);
        }
    }
}
