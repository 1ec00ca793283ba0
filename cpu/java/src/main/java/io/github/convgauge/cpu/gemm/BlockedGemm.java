package io.github.convgauge.cpu.gemm;

import io.github.convgauge.cpu.Share;
import io.github.convgauge.cpu.direct.Blocking;
import io.github.convgauge.cpu.direct.Panels;
import io.github.convgauge.cpu.direct.Scatter;
import io.github.convgauge.cpu.kernel.Access;
import io.github.convgauge.cpu.kernel.BlockKernel;
import io.github.convgauge.cpu.kernel.BlockSpec;
import io.github.convgauge.cpu.kernel.KernelGenerator;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * C (m × n) = A (m × k) · B (k × n), blocked for the caches as Goto and van de Geijn (Anatomy of
 * High-Performance Matrix Multiplication, 2008) do it: B lies packed in panels that are as wide as a
 * register block; A is packed a tile of {@link #TILE_ROWS} × {@link #TILE_DEPTH} at a time, which stays in
 * the L2 cache while all panels pass by, each with {@link #TILE_DEPTH} of its rows in the L1 cache.
 *
 * <p>Unlike theirs, a packed tile keeps A's rows, one behind the other: the kernel reads single numbers
 * of A, for which neighbours in a column would gain nothing, and rows are copied as they are. Each
 * element is the same sum in the same order for any number of threads.
 */
public final class BlockedGemm {
    /** With a panel of two vectors of 64 bytes, 32 KiB of the L1 cache in f32. */
    static final int TILE_DEPTH = 256;
    /** With that depth 128 KiB of the L2 cache in f32. */
    static final int TILE_ROWS = 128;
    /** Rows a power of two apart would meet in the same cache sets. */
    private static final int SKEW_BYTES = 64;

    private final DType dtype;
    private final long m;
    private final long k;
    private final Blocking blocking;
    private final Panels panels;
    private final List<Panels.Panel> columns;
    private final Access access;
    private final long aRow;
    private final long aColumn;
    private final long cRow;
    private final long cColumn;
    private final boolean vectorsFitC;
    /** By panel, tile along the depth, and whether C's block is in the scratch (1). */
    private final BlockKernel[][][] kernels;

    /**
     * One thread's memory.
     *
     * @param tile of A
     * @param block of C
     */
    public record Scratch(MemorySegment tile, MemorySegment block) {}

    private record Kind(int vectors, int depth, boolean accumulate, boolean scratch) {}

    /**
     * @param panels of B, which has k rows
     * @param columns those of them that are B's
     * @param aRow bytes from one row of A to the next; the others likewise
     */
    public BlockedGemm(
            DType dtype, long m, long k, Blocking blocking, Panels panels, List<Panels.Panel> columns,
            long aRow, long aColumn, long cRow, long cColumn, Access access) {
        this.dtype = dtype;
        this.m = m;
        this.k = k;
        this.blocking = blocking;
        this.panels = panels;
        this.columns = List.copyOf(columns);
        this.access = access;
        this.aRow = aRow;
        this.aColumn = aColumn;
        this.cRow = cRow;
        this.cColumn = cColumn;
        vectorsFitC = cColumn == dtype.bytes();
        kernels = new BlockKernel[columns.size()][Math.toIntExact(Math.ceilDiv(k, (long) TILE_DEPTH))][2];
        for (int panel = 0; panel < kernels.length; panel++) {
            for (int depth = 0; depth < kernels[panel].length; depth++) {
                long from = (long) depth * TILE_DEPTH;
                kernels[panel][depth][0] = kernel(kind(columns.get(panel), from, false));
                kernels[panel][depth][1] = kernel(kind(columns.get(panel), from, true));
            }
        }
    }

    /** Has the kernels that it will use compiled before, if the product is worth it. */
    public void compile() {
        int n = columns.stream().mapToInt(Panels.Panel::channels).sum();
        if (2.0 * m * n * k < KernelGenerator.WORTHWHILE_FLOPS) {
            return;
        }
        for (Panels.Panel panel : columns) {
            boolean whole = isWhole(panel);
            for (long depth = 0; depth < k; depth += TILE_DEPTH) {
                if (whole && m >= blocking.pixels()) {
                    KernelGenerator.compile(spec(kind(panel, depth, false)), access);
                }
                if (!whole || m % blocking.pixels() > 0) {
                    KernelGenerator.compile(spec(kind(panel, depth, true)), access);
                }
            }
        }
    }

    private boolean isWhole(Panels.Panel panel) {
        return vectorsFitC && panel.channels() == panel.vectors() * blocking.lanes(dtype);
    }

    private Kind kind(Panels.Panel panel, long from, boolean scratch) {
        return new Kind(panel.vectors(), (int) Math.min(TILE_DEPTH, k - from), from > 0, scratch);
    }

    private BlockKernel kernel(Kind kind) {
        return KernelGenerator.of(spec(kind), access);
    }

    private BlockSpec spec(Kind kind) {
        long width = (long) kind.vectors * blocking.bits() / Byte.SIZE;
        BlockSpec.Run run = new BlockSpec.Run(0, 0, kind.depth, 0, blocking.pixels());
        return new BlockSpec(
                dtype, blocking.bits(), blocking.pixels(), kind.vectors, List.of(run), kind.accumulate, 0, 0,
                dtype.bytes(), width, tileRow(), kind.scratch ? width : cRow,
                blocking.pixels() * tileRow(), blocking.pixels() * cRow);
    }

    private long tileRow() {
        return (long) TILE_DEPTH * dtype.bytes() + SKEW_BYTES;
    }

    /** Whole register blocks, as near to {@link #TILE_ROWS} as they come. */
    private int tileRows() {
        return Math.max(1, TILE_ROWS / blocking.pixels()) * blocking.pixels();
    }

    private long scratchBytes() {
        return (long) blocking.pixels() * blocking.vectors() * blocking.bits() / Byte.SIZE;
    }

    public Scratch scratch(Arena arena) {
        return new Scratch(
                arena.allocate(tileRows() * tileRow(), Tensor.ALIGNMENT), arena.allocate(scratchBytes(), Tensor.ALIGNMENT));
    }

    /**
     * One thread's part. Threads share the rows, or the panels where rows are few: each then packs all of A.
     *
     * @param aAt bytes to A's first element in its segment, and so on
     */
    public void run(
            int part, int parts, MemorySegment a, long aAt, MemorySegment b, MemorySegment c, long cAt, Scratch scratch) {
        long blocks = Math.ceilDiv(m, blocking.pixels());
        boolean shareRows = blocks >= 8L * parts || columns.size() < parts;
        long firstRow = shareRows ? Share.begin(blocks, part, parts) * blocking.pixels() : 0;
        long lastRow = shareRows ? Math.min(m, Share.begin(blocks, part + 1, parts) * blocking.pixels()) : m;
        int firstPanel = shareRows ? 0 : (int) Share.begin(columns.size(), part, parts);
        int lastPanel = shareRows ? columns.size() : (int) Share.begin(columns.size(), part + 1, parts);
        for (long row = firstRow; row < lastRow; row += tileRows()) {
            int rows = (int) Math.min(tileRows(), lastRow - row);
            for (long depth = 0; depth < k; depth += TILE_DEPTH) {
                packTile(a, aAt + row * aRow + depth * aColumn, rows, (int) Math.min(TILE_DEPTH, k - depth), scratch.tile);
                for (int p = firstPanel; p < lastPanel; p++) {
                    multiplyTile(p, depth, rows, b, c, cAt + row * cRow, scratch);
                }
            }
        }
    }

    private void packTile(MemorySegment a, long aAt, int rows, int depth, MemorySegment tile) {
        for (int row = 0; row < rows; row++) {
            if (aColumn == dtype.bytes()) {
                MemorySegment.copy(a, aAt + row * aRow, tile, row * tileRow(), (long) depth * dtype.bytes());
                continue;
            }
            for (int i = 0; i < depth; i++) {
                long source = aAt + row * aRow + i * aColumn;
                long target = row * tileRow() + (long) i * dtype.bytes();
                if (dtype == DType.F64) {
                    tile.set(ValueLayout.JAVA_LONG_UNALIGNED, target, a.get(ValueLayout.JAVA_LONG_UNALIGNED, source));
                } else {
                    tile.set(ValueLayout.JAVA_INT_UNALIGNED, target, a.get(ValueLayout.JAVA_INT_UNALIGNED, source));
                }
            }
        }
    }

    /** The rows of a last block that are not there are what the tile held before, and nobody takes their sums. */
    private void multiplyTile(
            int number, long depth, int rows, MemorySegment b, MemorySegment c, long cAt, Scratch scratch) {
        Panels.Panel panel = columns.get(number);
        BlockKernel[] kernel = kernels[number][(int) (depth / TILE_DEPTH)];
        MemorySegment tile = scratch.tile;
        MemorySegment block = scratch.block;
        long bAt = panel.at() + depth * panels.channel(panel);
        long panelAt = cAt + (panel.channel() - columns.getFirst().channel()) * cColumn;
        int wholeBlocks = isWhole(panel) ? rows / blocking.pixels() : 0;
        if (wholeBlocks > 0) {
            kernel[0].run(tile, 0, b, bAt, c, panelAt, 1, wholeBlocks);
        }
        long width = (long) panel.vectors() * blocking.bits() / Byte.SIZE;
        for (int row = wholeBlocks * blocking.pixels(); row < rows; row += blocking.pixels()) {
            int valid = Math.min(blocking.pixels(), rows - row);
            long at = panelAt + row * cRow;
            if (depth > 0) {
                Scatter.gather(dtype, c, at, cRow, cColumn, block, width, valid, panel.channels());
            }
            kernel[1].run(tile, row * tileRow(), b, bAt, block, 0, 1, 1);
            Scatter.block(dtype, block, width, c, at, cRow, cColumn, valid, panel.channels());
        }
    }
}
