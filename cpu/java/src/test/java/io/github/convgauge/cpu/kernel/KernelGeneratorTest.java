package io.github.convgauge.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.api.Test;

/** Generated kernels against the readable loop, bit for bit, in memory that ends where they may reach last. */
class KernelGeneratorTest {
    static IntStream seeds() {
        return IntStream.range(0, 240);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void doesWhatTheScalarFormDoes(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BlockSpec spec = spec(random);
        int rows = random.nextInt(-1, 4);
        int blocks = random.nextInt(1, 4);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment x = noise(arena, spec, random, xBytes(spec, rows, blocks));
            MemorySegment w = noise(arena, spec, random, wBytes(spec, rows));
            MemorySegment y = noise(arena, spec, random, yBytes(spec, blocks));
            MemorySegment expected = copy(arena, y);
            new ScalarBlock(spec).run(x, 0, w, 0, expected, 0, rows, blocks);
            for (Access access : Access.values()) {
                for (boolean c2Alone : new boolean[] {true, false}) {
                    MemorySegment actual = copy(arena, y);
                    KernelGenerator.of(spec, access, c2Alone).run(x, 0, w, 0, actual, 0, rows, blocks);
                    assertEquals(-1, expected.mismatch(actual), "seed %d, %s, for %s, %d rows, %d blocks: %s".formatted(
                            seed, access, c2Alone ? "C2 alone" : "all compilers", rows, blocks, spec));
                }
            }
        }
    }

    /** One element less behind any of the three, and a checked kernel says so. */
    @Test
    void checkedKernelsStayInside() {
        BlockSpec spec = new BlockSpec(
                DType.F32, 128, 3, 2, List.of(new BlockSpec.Run(0, 0, 5, 0, 3)), false, 100, 160, 4, 32, 20, 32, 60, 96);
        BlockKernel kernel = KernelGenerator.of(spec, Access.CHECKED);
        long[] sizes = {xBytes(spec, 2, 2), wBytes(spec, 2), yBytes(spec, 2)};
        try (Arena arena = Arena.ofConfined()) {
            for (int tooSmall = 0; tooSmall < 4; tooSmall++) {
                MemorySegment[] memory = new MemorySegment[3];
                for (int i = 0; i < 3; i++) {
                    memory[i] = arena.allocate(sizes[i] - (i == tooSmall ? Float.BYTES : 0), 64);
                }
                Runnable run = () -> kernel.run(memory[0], 0, memory[1], 0, memory[2], 0, 2, 2);
                if (tooSmall < 3) {
                    assertThrows(IndexOutOfBoundsException.class, run::run, "segment " + tooSmall);
                } else {
                    run.run();
                }
            }
        }
    }

    @Test
    void oneDescriptionIsOneKernel() {
        BlockSpec spec = spec(new SplittableRandom(1));
        assertSame(KernelGenerator.of(spec), KernelGenerator.of(new BlockSpec(
                spec.dtype(), spec.bits(), spec.pixels(), spec.vectors(), spec.runs(), spec.accumulate(), spec.xRow(),
                spec.wRow(), spec.xStep(), spec.wStep(), spec.xPixel(), spec.yPixel(), spec.xBlock(), spec.yBlock())));
    }

    @Test
    void refusesWhatIsNoBlock() {
        assertThrows(IllegalArgumentException.class, () -> new BlockSpec(
                DType.I32, 128, 3, 2, List.of(), false, 0, 0, 0, 0, 0, 0, 0, 0));
    }

    /**
     * HotSpot would interpret a longer one for ever. With the seven taps of a line of their own and 28 sums that is so, unless C2 is told less about them;
     * smaller ones have room for all.
     */
    @ParameterizedTest
    @CsvSource({"14, 2, false", "6, 4, false", "4, 4, true", "7, 3, true", "13, 1, true"})
    void blocksAreShortEnoughToBeCompiled(int pixels, int vectors, boolean casts) {
        List<BlockSpec.Run> runs = IntStream.range(0, 7).mapToObj(tap -> new BlockSpec.Run(12L * tap, 768L * tap, 3, 0, pixels)).toList();
        long width = 64L * vectors;
        BlockSpec spec = new BlockSpec(
                DType.F32, 512, pixels, vectors, runs, false, 3000, 64_000, 4, width, 24, width, 24L * pixels, width * pixels);
        for (Access access : Access.values()) {
            int alone = KernelClass.blockBytes(KernelGenerator.bytes(spec, access, true));
            int others = KernelClass.blockBytes(KernelGenerator.bytes(spec, access, false));
            assertTrue(Math.max(alone, others) <= KernelClass.MOST_BLOCK_BYTES, alone + " and " + others + " bytes, " + access);
            // What both have besides differs by less than a hundred.
            assertEquals(casts, alone > 1.2 * others, alone + " and " + others + " bytes, " + access);
        }
    }

    private static BlockSpec spec(SplittableRandom random) {
        DType dtype = random.nextBoolean() ? DType.F32 : DType.F64;
        int bits = 128 << random.nextInt(3);
        int vectors = random.nextInt(1, 5);
        int pixels = random.nextInt(1, random.nextInt(4) == 0 ? 1 + 28 / vectors : 9);
        long e = dtype.bytes();
        long width = (long) vectors * bits / Byte.SIZE;
        long xStep = e * random.nextInt(1, 3);
        long wStep = width + e * random.nextInt(2);
        long xPixel = e * random.nextInt(1, 9);
        long yPixel = width + e * random.nextInt(3);
        List<BlockSpec.Run> runs = new ArrayList<>();
        long wAt = 0;
        for (int r = random.nextInt(1, 4); r > 0; r--) {
            int first = random.nextInt(pixels);
            int last = random.nextInt(first + 1, pixels + 1);
            int length = random.nextInt(1, 12);
            runs.add(new BlockSpec.Run(e * random.nextInt(5), wAt, length, first, last));
            wAt += length * wStep;
        }
        return new BlockSpec(
                dtype, bits, pixels, vectors, runs, random.nextBoolean(), e * random.nextInt(30), wAt, xStep, wStep, xPixel, yPixel,
                pixels * xPixel, pixels * yPixel);
    }

    private static long xBytes(BlockSpec spec, int rows, int blocks) {
        long run = spec.runs().stream()
                .mapToLong(r -> r.x() + (r.length() - 1) * spec.xStep() + (r.last() - 1) * spec.xPixel()).max().orElse(0);
        return (blocks - 1) * spec.xBlock() + Math.max(0, rows - 1) * spec.xRow() + run + spec.dtype().bytes();
    }

    private static long wBytes(BlockSpec spec, int rows) {
        long run = spec.runs().stream().mapToLong(r -> r.w() + (r.length() - 1) * spec.wStep()).max().orElse(0);
        return Math.max(0, rows - 1) * spec.wRow() + run + (long) spec.width() * spec.dtype().bytes();
    }

    private static long yBytes(BlockSpec spec, int blocks) {
        return (blocks - 1) * spec.yBlock() + (spec.pixels() - 1) * spec.yPixel() + (long) spec.width() * spec.dtype().bytes();
    }

    private static MemorySegment noise(Arena arena, BlockSpec spec, SplittableRandom random, long bytes) {
        MemorySegment memory = arena.allocate(bytes, 64);
        for (long i = 0; i < bytes / spec.dtype().bytes(); i++) {
            if (spec.dtype() == DType.F64) {
                memory.setAtIndex(ValueLayout.JAVA_DOUBLE, i, random.nextGaussian());
            } else {
                memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
            }
        }
        return memory;
    }

    private static MemorySegment copy(Arena arena, MemorySegment memory) {
        return arena.allocate(memory.byteSize(), 64).copyFrom(memory);
    }
}
