package io.github.convgauge.cpu.direct;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.WorkerPool;
import io.github.convgauge.cpu.kernel.Access;
import io.github.convgauge.cpu.kernel.BlockKernel;
import io.github.convgauge.cpu.kernel.BlockSpec;
import io.github.convgauge.cpu.kernel.DepthwiseKernel;
import io.github.convgauge.cpu.kernel.DepthwiseSpec;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * A depthwise convolution of fewer channels than a vector has lanes, such as a filter over a picture in grey or colours, without
 * strides: a line of pixels of C channels is taken for a flat line of numbers, of which vectors run over neighbours, whatever
 * pixel and channel they are of. A tap reads C numbers further. In a vector's lanes the channels repeat, and so do the weights:
 * lcm(C, lanes) numbers after which all is as before are one pixel of a {@link DepthwiseSpec}, here called a stretch.
 *
 * <p>Where a tap would read padding, pixels are summed one by one, in the same order as elsewhere.
 */
final class FlatDepthwise extends DepthwiseEngine {
    private static final int SHORTEST_BITS = 128;
    private static final int MOST_STRETCHES = 6;

    private final Layout weights;
    private final int channels;
    /** Pixels in a stretch. */
    private final int stretch;
    /** Pixels in a block. */
    private final int pixels;
    /** The outputs of a line whose taps all lie inside x: from this one to the one before the other. */
    private final int inner;
    private final int innerEnd;
    private final int blocksInLine;
    private final DepthwiseSpec spec;
    private final BlockKernel kernel;
    private final Arena arena = Arena.ofShared();
    /** (kh, kw, stretch, channels), the same for each pixel of the stretch. */
    private final MemorySegment packed;

    FlatDepthwise(ConvProblem problem, DType dtype, int bits, Access access, Layout x, Layout w, Layout y, WorkerPool pool) {
        super(problem, dtype, access, x, y, pool);
        weights = w;
        channels = problem.oc();
        int lanes = bits / Byte.SIZE / dtype.bytes();
        stretch = stretch(channels, lanes);
        int vectors = stretch * channels / lanes;
        inner = firstInner(geometry);
        innerEnd = endInner(geometry);
        int stretches = Math.min((innerEnd - inner) / stretch, MOST_STRETCHES);
        pixels = stretches * stretch;
        blocksInLine = Math.ceilDiv(innerEnd - inner, pixels);
        long numbers = (long) stretch * channels * dtype.bytes();
        List<BlockSpec.Run> runs = new ArrayList<>();
        for (int kx = 0; kx < problem.kw(); kx++) {
            runs.add(new BlockSpec.Run(kx * (problem.dw() + 1L) * geometry.xPixel(), kx * numbers, 1, 0, stretches));
        }
        spec = new DepthwiseSpec(
                dtype, bits, stretches, vectors, (vectors - 1L) * bits / Byte.SIZE, runs,
                (problem.dh() + 1L) * geometry.xLine(), problem.kw() * numbers, numbers, numbers, stretches * numbers, stretches * numbers);
        kernel = DepthwiseKernel.of(spec, access);
        packed = arena.allocate(problem.kh() * spec.wRow(), Tensor.ALIGNMENT);
    }

    /** The longest vectors, up to a length, with which a convolution is done so; 0 if it cannot be. */
    static int bits(ConvProblem problem, DType dtype, Layout x, Layout y, int longest) {
        Geometry geometry = Geometry.of(problem, dtype, x, y);
        int channels = problem.oc();
        boolean depthwise = problem.groupIc() == 1 && problem.groupOc() == 1;
        long pixel = (long) channels * dtype.bytes();
        boolean flat = geometry.xPixel() == pixel && geometry.yPixel() == pixel
                && (channels == 1 || geometry.xChannel() == dtype.bytes() && geometry.yChannel() == dtype.bytes());
        if (!depthwise || !flat || problem.sw() != 1) {
            return 0;
        }
        for (int bits = longest; bits >= SHORTEST_BITS; bits /= 2) {
            int lanes = bits / Byte.SIZE / dtype.bytes();
            if (channels < lanes && stretch(channels, lanes) <= endInner(geometry) - firstInner(geometry)) {
                return bits;
            }
        }
        return 0;
    }

    /** So many pixels have a whole number of vectors, and no fewer. */
    private static int stretch(int channels, int lanes) {
        // The greatest common divisor, since lanes are a power of two, and more than the channels.
        return lanes / Integer.lowestOneBit(channels);
    }

    private static int firstInner(Geometry geometry) {
        return Math.min(geometry.problem().padLeft(), geometry.width());
    }

    private static int endInner(Geometry geometry) {
        ConvProblem p = geometry.problem();
        return (int) Math.clamp((long) geometry.columns() + p.padLeft() - p.dilatedKw() + 1, firstInner(geometry), geometry.width());
    }

    @Override
    public void pack(Tensor w) {
        requireOpen();
        Engine.requireOffHeap(w);
        long from = w.layout().offset() * dtype.bytes();
        for (int a = 0; a < problem.kh(); a++) {
            for (int b = 0; b < problem.kw(); b++) {
                for (int c = 0; c < channels; c++) {
                    long source = from + (a * weights.stride(0) + b * weights.stride(1) + c * weights.stride(3)) * dtype.bytes();
                    long target = a * spec.wRow() + spec.runs().get(b).w() + (long) c * dtype.bytes();
                    for (int pixel = 0; pixel < stretch; pixel++) {
                        MemorySegment.copy(w.storage(), source, packed, target + (long) pixel * channels * dtype.bytes(), dtype.bytes());
                    }
                }
            }
        }
    }

    /** Unchecked kernels would read memory that was freed. */
    private void requireOpen() {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("the convolution is closed");
        }
    }

    @Override
    public void executePacked(Tensor input, Tensor output) {
        requireOpen();
        super.executePacked(input, output);
    }

    @Override
    int blocksInLine() {
        return blocksInLine;
    }

    @Override
    List<DepthwiseSpec> specs() {
        return List.of(spec);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    @Override
    void runBlocks(int from, int to, long xAt, int firstRow, int rows, long yAt) {
        long wAt = firstRow * spec.wRow();
        if (from == 0) {
            border(0, inner, xAt, wAt, yAt, rows);
        }
        int whole = (innerEnd - inner) / pixels;
        run(inner + from * pixels, Math.min(to, whole) - from, xAt, wAt, yAt, rows);
        if (to > whole) {
            run(innerEnd - pixels, 1, xAt, wAt, yAt, rows);
        }
        if (to == blocksInLine) {
            border(innerEnd, geometry.width(), xAt, wAt, yAt, rows);
        }
    }

    private void run(int column, int blocks, long xAt, long wAt, long yAt, int rows) {
        kernel.run(
                x.storage(), xAt + geometry.column(column) * geometry.xPixel(), packed, wAt,
                y.storage(), yAt + column * geometry.yPixel(), rows, blocks);
    }

    private void border(int from, int to, long xAt, long wAt, long yAt, int rows) {
        for (int column = from; column < to; column++) {
            long pixel = yAt + column * geometry.yPixel();
            for (int c = 0; c < channels; c++) {
                long at = (long) c * dtype.bytes();
                if (dtype == DType.F64) {
                    y.storage().set(ValueLayout.JAVA_DOUBLE_UNALIGNED, pixel + at, sumF64(column, xAt + at, wAt + at, rows));
                } else {
                    y.storage().set(ValueLayout.JAVA_FLOAT_UNALIGNED, pixel + at, sumF32(column, xAt + at, wAt + at, rows));
                }
            }
        }
    }

    private float sumF32(int column, long xAt, long wAt, int rows) {
        float sum = 0;
        for (int row = 0; row < rows; row++) {
            for (int kx = 0; kx < problem.kw(); kx++) {
                long at = geometry.column(column) + kx * (problem.dw() + 1L);
                if (at >= 0 && at < geometry.columns()) {
                    float a = x.storage().get(ValueLayout.JAVA_FLOAT_UNALIGNED, xAt + row * spec.xRow() + at * geometry.xPixel());
                    float b = packed.get(ValueLayout.JAVA_FLOAT_UNALIGNED, wAt + row * spec.wRow() + spec.runs().get(kx).w());
                    sum = Math.fma(a, b, sum);
                }
            }
        }
        return sum;
    }

    private double sumF64(int column, long xAt, long wAt, int rows) {
        double sum = 0;
        for (int row = 0; row < rows; row++) {
            for (int kx = 0; kx < problem.kw(); kx++) {
                long at = geometry.column(column) + kx * (problem.dw() + 1L);
                if (at >= 0 && at < geometry.columns()) {
                    double a = x.storage().get(ValueLayout.JAVA_DOUBLE_UNALIGNED, xAt + row * spec.xRow() + at * geometry.xPixel());
                    double b = packed.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, wAt + row * spec.wRow() + spec.runs().get(kx).w());
                    sum = Math.fma(a, b, sum);
                }
            }
        }
        return sum;
    }
}
