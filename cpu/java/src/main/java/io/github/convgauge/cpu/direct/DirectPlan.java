package io.github.convgauge.cpu.direct;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.BalancedTask;
import io.github.convgauge.cpu.kernel.Access;
import io.github.convgauge.cpu.kernel.BlockKernel;
import io.github.convgauge.cpu.kernel.BlockSpec;
import io.github.convgauge.cpu.kernel.KernelGenerator;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How one convolution is computed directly: which kernel computes which block, and who computes what.
 * Tensors may lie anywhere, with the strides that the plan was made for.
 *
 * <p>Each output is the same sum in the same order whatever the number of threads and whatever block
 * it falls into, so results do not depend on either.
 *
 * <p>The work is cut where it costs the least memory traffic. With more bytes in x than in the
 * weights, threads share the lines, and each tile of lines meets all panels while it is in the
 * cache. Otherwise threads share the panels, and each panel meets all lines; a large one in slices, some kernel rows of it
 * at a time, whose sums wait in y. {@link Walk} is the order.
 */
final class DirectPlan {
    /** Half of a common L2 cache: the other half is for the weights. */
    private static final long TILE_BYTES = 1 << 19;
    /** Some 20 µs of a core: what the threads may have to wait for each other at the end. */
    private static final double CHUNK_FLOPS = 3e6;

    /** A slice of a panel, which all blocks meet one after the other, shall stay in an L2 cache of 1 MB beside x. */
    private static final long SLICE_BYTES = 1 << 18;

    private final ConvProblem problem;
    private final DType dtype;
    private final Blocking blocking;
    private final Geometry geometry;
    private final Panels panels;
    private final boolean panelsOuter;
    private final int blocksInLine;
    private final Walk walk;
    /** Whether y takes whole vectors: its channels are neighbours. */
    private final boolean vectorsFitY;
    /** For each panel; many share them. */
    private final List<Job> jobs = new ArrayList<>();
    private final long scratchBytes;
    /** How many kernel rows of a panel meet all blocks at a time. */
    private final int rowsInSlice;

    /** The kernels of a line depend on how many vectors a panel has, and on whether they go to y or to a scratch. */
    private record Target(int vectors, boolean scratch) {}

    private record Job(Target target, List<Piece> pieces) {}

    /** @param adding the kernel that goes on with what is in y; null where no panel has several slices */
    private record Piece(BlockKernel kernel, BlockKernel adding, BlockSpec spec, int first, int blocks, int column) {}

    /** The tensors of one execution; packed is null where each thread packs for itself. */
    record Tensors(Tensor x, Tensor w, MemorySegment packed, Tensor y) {}

    private final Access access;

    /** @param threads that share the work */
    DirectPlan(ConvProblem problem, DType dtype, Blocking blocking, int threads, Layout x, Layout w, Layout y) {
        this(problem, dtype, blocking, threads, x, w, y, Access.fastest());
    }

    DirectPlan(ConvProblem problem, DType dtype, Blocking blocking, int threads, Layout x, Layout w, Layout y, Access access) {
        this(problem, dtype, blocking, threads, x, w, y, access, SLICE_BYTES);
    }

    /** @param sliceBytes of a panel's weights that meet all blocks at a time; at least one kernel row does */
    DirectPlan(
            ConvProblem problem, DType dtype, Blocking blocking, int threads, Layout x, Layout w, Layout y, Access access, long sliceBytes) {
        this.access = access;
        this.problem = problem;
        this.dtype = dtype;
        this.blocking = blocking;
        geometry = Geometry.of(problem, dtype, x, y);
        panels = new Panels(problem, dtype, blocking, w, true, access);
        vectorsFitY = geometry.yChannel() == dtype.bytes();
        blocksInLine = Math.ceilDiv(geometry.width(), blocking.pixels());
        long xBytes = dtype.bytes() * product(problem.xSizes());
        panelsOuter = panels.bytes() > xBytes;
        // A block that was moved back to end with its line would add to some sums twice.
        boolean mayAdd = panelsOuter && geometry.width() % blocking.pixels() == 0;
        rowsInSlice = mayAdd ? (int) Math.clamp(problem.kh() * sliceBytes / panels.largest(), 1, problem.kh()) : problem.kh();
        Map<Target, Job> kinds = new HashMap<>();
        for (Panels.Panel panel : panels.list()) {
            jobs.add(kinds.computeIfAbsent(target(panel), target -> new Job(target, pieces(panel, target))));
        }
        // As many for each thread as for any other: those that are in one tile each read its x.
        long tiles = panelsOuter ? 1 : Math.ceilDiv(Math.max(1, xBytes / TILE_BYTES), threads) * threads;
        int[] vectors = panels.list().stream().mapToInt(Panels.Panel::vectors).toArray();
        walk = new Walk(vectors, (long) geometry.images() * geometry.lines(), blocksInLine, tiles);
        scratchBytes = (long) blocking.pixels() * blocking.vectors() * blocking.bits() / Byte.SIZE;
    }

    private static long product(long[] sizes) {
        long product = 1;
        for (long size : sizes) {
            product *= size;
        }
        return product;
    }

    ConvProblem problem() {
        return problem;
    }

    /** Output channels, those that fill up vectors included. */
    int channelsComputed() {
        return panels.list().stream().mapToInt(panel -> panel.vectors() * blocking.lanes(dtype)).sum();
    }

    /** How the work is ordered and cut. */
    Walk walk() {
        return walk;
    }

    /** How many chunks each of so many threads gets of the work. */
    int chunks(int threads) {
        return BalancedTask.chunksPerThread(problem.flops(), CHUNK_FLOPS, walk.units(), threads);
    }

    Panels panels() {
        return panels;
    }

    Blocking blocking() {
        return blocking;
    }

    /** Whether threads share the panels, and pack for themselves those that are not packed. */
    boolean panelsOuter() {
        return panelsOuter;
    }

    /** The generated kernels, for people. */
    List<BlockSpec> specs() {
        return jobs.stream().flatMap(job -> job.pieces.stream())
                .flatMap(piece -> piece.adding == null ? Stream.of(piece.spec) : Stream.of(piece.spec, piece.spec.accumulating())).distinct().toList();
    }

    /** Whether a panel meets the blocks in slices: not where its sums go to a scratch, which has room for one block. */
    private boolean slices(Target target) {
        return rowsInSlice < problem.kh() && !target.scratch;
    }

    private Target target(Panels.Panel panel) {
        boolean whole = panel.channels() == panel.vectors() * blocking.lanes(dtype);
        return new Target(panel.vectors(), !(whole && vectorsFitY));
    }

    private List<Piece> pieces(Panels.Panel panel, Target target) {
        Line line = new Line(geometry, blocking.pixels(), panels.column(panel), panels.channel(panel));
        long width = (long) target.vectors * blocking.bits() / Byte.SIZE;
        long yPixel = target.scratch ? width : geometry.yPixel();
        List<Piece> pieces = new ArrayList<>();
        for (Line.Piece piece : line.pieces()) {
            BlockSpec spec = new BlockSpec(
                    dtype, blocking.bits(), blocking.pixels(), target.vectors, piece.runs(), false,
                    (problem.dh() + 1L) * geometry.xLine(), panels.row(panel), geometry.xChannel(), panels.channel(panel),
                    problem.sw() * geometry.xPixel(), yPixel,
                    (long) blocking.pixels() * problem.sw() * geometry.xPixel(), blocking.pixels() * geometry.yPixel());
            BlockKernel adding = slices(target) ? KernelGenerator.of(spec.accumulating(), access) : null;
            pieces.add(new Piece(KernelGenerator.of(spec, access), adding, spec, piece.first(), piece.blocks(), piece.column()));
        }
        return pieces;
    }

    /** Has the kernels compiled before they are used, if the convolution is worth it. */
    void compile() {
        if (problem.flops() >= KernelGenerator.WORTHWHILE_FLOPS) {
            specs().forEach(spec -> KernelGenerator.compile(spec, access));
        }
    }

    /** Scratch memory of one thread. */
    MemorySegment scratch(Arena arena, boolean packs) {
        long packing = packs && panelsOuter && !panels.areInPlace() ? panels.largest() : 0;
        return arena.allocate(scratchBytes + packing, Tensor.ALIGNMENT);
    }

    /**
     * One thread's part of the work.
     *
     * @param tensors with all panels packed, or null for them: then this thread packs those that it needs
     *     into its scratch, if {@link #panelsOuter}, or uses w as it lies
     */
    void run(int part, int parts, Tensors tensors, MemorySegment scratch) {
        long end = walk.begin(part + 1, parts);
        long next;
        for (long at = walk.begin(part, parts); at < end; at = next) {
            next = Math.min(end, walk.end(at));
            long first = walk.block(at);
            runPanel(tensors, walk.panel(at), first, first + next - at, scratch);
        }
    }

    private void runPanel(Tensors tensors, int number, long from, long to, MemorySegment scratch) {
        Panels.Panel panel = panels.list().get(number);
        MemorySegment weights;
        long wAt;
        if (panels.areInPlace()) {
            weights = tensors.w.storage();
            wAt = panels.inPlaceAt(panel);
        } else if (tensors.packed != null) {
            weights = tensors.packed;
            wAt = panel.at();
        } else {
            weights = scratch;
            wAt = scratchBytes;
            panels.pack(panel, tensors.w, scratch, scratchBytes);
        }
        Job job = jobs.get(number);
        int step = slices(job.target) ? rowsInSlice : problem.kh();
        for (int row = 0; row < problem.kh(); row += step) {
            runSlice(tensors, panel, job, row, row + step, from, to, weights, wAt, scratch);
        }
    }

    private void runSlice(
            Tensors tensors, Panels.Panel panel, Job job, int fromRow, int toRow, long from, long to,
            MemorySegment weights, long wAt, MemorySegment scratch) {
        long next;
        for (long at = from; at < to; at = next) {
            long line = at / blocksInLine;
            int first = (int) (at % blocksInLine);
            next = Math.min(to, at - first + blocksInLine);
            runLine(tensors, panel, job, fromRow, toRow, line, first, (int) (first + next - at), weights, wAt, scratch);
        }
    }

    private void runLine(
            Tensors tensors, Panels.Panel panel, Job job, int fromRow, int toRow, long line, int from, int to,
            MemorySegment weights, long wAt, MemorySegment scratch) {
        long image = line / geometry.lines();
        int i = (int) (line % geometry.lines());
        int firstRow = Math.max(geometry.firstRow(i), fromRow);
        int rows = Math.max(Math.min(geometry.lastRow(i), toRow) - firstRow, 0);
        boolean goesOn = fromRow > 0;
        if (goesOn && rows == 0) {
            return;
        }
        long inputLine = (long) i * problem.sh() - problem.padTop() + firstRow * (problem.dh() + 1L);
        long xAt = tensors.x.layout().offset() * dtype.bytes() + image * geometry.xImage() + inputLine * geometry.xLine()
                + (long) panel.group() * problem.groupIc() * geometry.xChannel();
        long yAt = tensors.y.layout().offset() * dtype.bytes() + image * geometry.yImage() + i * geometry.yLine()
                + panel.channel() * geometry.yChannel();
        long rowAt = wAt + firstRow * panels.row(panel);
        List<Piece> pieces = job.pieces;
        for (int p = 0; p < pieces.size(); p++) {
            Piece piece = pieces.get(p);
            int first = Math.max(from, piece.first);
            int last = Math.min(to, piece.first + piece.blocks);
            if (first >= last) {
                continue;
            }
            long column = piece.column + (long) (first - piece.first) * blocking.pixels();
            long x = xAt + geometry.column(column) * geometry.xPixel();
            long y = yAt + column * geometry.yPixel();
            MemorySegment source = tensors.x.storage();
            MemorySegment destination = tensors.y.storage();
            if (!job.target.scratch) {
                (goesOn ? piece.adding : piece.kernel).run(source, x, weights, rowAt, destination, y, rows, last - first);
                continue;
            }
            for (int b = 0; b < last - first; b++) {
                piece.kernel.run(source, x + b * piece.spec.xBlock(), weights, rowAt, scratch, 0, rows, 1);
                Scatter.block(
                        dtype, scratch, piece.spec.yPixel(), destination, y + b * piece.spec.yBlock(),
                        geometry.yPixel(), geometry.yChannel(), blocking.pixels(), panel.channels());
            }
        }
    }
}
