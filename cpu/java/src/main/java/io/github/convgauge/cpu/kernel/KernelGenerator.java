package io.github.convgauge.cpu.kernel;

import static io.github.convgauge.cpu.kernel.KernelClass.FIRST_FREE;
import static io.github.convgauge.cpu.kernel.KernelClass.ROWS;
import static io.github.convgauge.cpu.kernel.KernelClass.W;
import static io.github.convgauge.cpu.kernel.KernelClass.W_AT;
import static io.github.convgauge.cpu.kernel.KernelClass.X;
import static io.github.convgauge.cpu.kernel.KernelClass.X_AT;
import static io.github.convgauge.cpu.kernel.KernelClass.Y;
import static io.github.convgauge.cpu.kernel.KernelClass.Y_AT;

import java.lang.classfile.CodeBuilder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes a {@link BlockSpec} as the bytecode of a hidden class, as oneDNN writes it with its
 * assembler (src/cpu/x64/jit_*): all sums in named locals, which the JIT compiler keeps in registers,
 * every stride an immediate, and one loop for each run of taps.
 *
 * <p>What C2 makes of that was measured, not foreseen: sums in an array live in memory (a hundred
 * times slower), a step unrolled by hand is slower than one left to C2, and now and then a shape is
 * compiled to something a hundred times too slow. So variants are timed before one is used.
 */
public final class KernelGenerator {
    /** A class for each description, since each costs its own compilation. */
    private static final Map<Key, BlockKernel> KERNELS = new ConcurrentHashMap<>();

    private record Key(BlockSpec spec, Access access) {}

    private final BlockSpec spec;
    private final VectorCode vectors;
    private final int row = FIRST_FREE;
    private final int k = row + 1;
    private final int xRun = k + 1;
    private final int wRun = xRun + 2;
    private final int xStep = wRun + 2;
    private final int wStep = xStep + 2;
    private final int input = wStep + 2;
    private final int firstWeight = input + 1;
    private final int firstSum;

    private KernelGenerator(BlockSpec spec, Access access) {
        this.spec = spec;
        vectors = new VectorCode(spec.dtype(), spec.bits(), access);
        firstSum = firstWeight + spec.vectors();
    }

    /** The kernel of a description, which may be an earlier one of the same, with the fastest access. */
    public static BlockKernel of(BlockSpec spec) {
        return of(spec, Access.fastest());
    }

    /** The same with a certain access. */
    public static BlockKernel of(BlockSpec spec, Access access) {
        return KERNELS.computeIfAbsent(new Key(spec, access), key -> KernelClass.define(
                access, spec.xBlock(), 0, spec.yBlock(), new KernelGenerator(spec, access)::block));
    }

    /** Whether HotSpot was told to keep its first compiler off generated kernels. */
    public static boolean isForC2Alone() {
        return OptimizingCompiler.alone();
    }

    private void block(CodeBuilder code) {
        code.lload(Y_AT);
        vectors.tame(code);
        code.lstore(Y_AT);
        forEachSum((pixel, vector) -> {
            if (spec.accumulate()) {
                vectors.load(code, Y, () -> yOffset(code, pixel, vector));
            } else {
                vectors.zero(code);
            }
            code.astore(sum(pixel, vector));
        });
        KernelClass.loop(code, row, () -> code.iload(ROWS), () -> spec.runs().forEach(run -> sumRun(code, run)));
        forEachSum((pixel, vector) -> {
            vectors.store(code, sum(pixel, vector), Y, () -> yOffset(code, pixel, vector));
        });
    }

    private void sumRun(CodeBuilder code, BlockSpec.Run run) {
        KernelClass.offset(code, X_AT, row, spec.xRow(), run.x());
        code.lstore(xRun);
        KernelClass.offset(code, W_AT, row, spec.wRow(), run.w());
        code.lstore(wRun);
        KernelClass.loop(code, k, () -> code.loadConstant(run.length()), () -> {
            KernelClass.offset(code, wRun, k, spec.wStep(), 0);
            vectors.tame(code);
            code.lstore(wStep);
            KernelClass.offset(code, xRun, k, spec.xStep(), 0);
            vectors.tame(code);
            code.lstore(xStep);
            for (int v = 0; v < spec.vectors(); v++) {
                long at = (long) v * spec.bits() / Byte.SIZE;
                vectors.load(code, W, () -> KernelClass.offset(code, wStep, 0, 0, at));
                code.astore(firstWeight + v);
            }
            for (int pixel = run.first(); pixel < run.last(); pixel++) {
                long at = pixel * spec.xPixel();
                vectors.broadcast(code, X, () -> KernelClass.offset(code, xStep, 0, 0, at));
                code.astore(input);
                for (int v = 0; v < spec.vectors(); v++) {
                    code.aload(input).aload(firstWeight + v).aload(sum(pixel, v));
                    vectors.fma(code);
                    code.astore(sum(pixel, v));
                }
            }
        });
    }

    private int sum(int pixel, int vector) {
        return firstSum + pixel * spec.vectors() + vector;
    }

    private void yOffset(CodeBuilder code, int pixel, int vector) {
        KernelClass.offset(code, Y_AT, 0, 0, pixel * spec.yPixel() + (long) vector * spec.bits() / Byte.SIZE);
    }

    private void forEachSum(Each each) {
        for (int pixel = 0; pixel < spec.pixels(); pixel++) {
            for (int vector = 0; vector < spec.vectors(); vector++) {
                each.accept(pixel, vector);
            }
        }
    }

    @FunctionalInterface
    private interface Each {
        void accept(int pixel, int vector);
    }
}
