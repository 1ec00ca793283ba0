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
import java.lang.classfile.Label;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes a {@link BlockSpec} as the bytecode of a hidden class, as oneDNN writes it with its
 * assembler (src/cpu/x64/jit_*): all sums in named locals, which the JIT compiler keeps in registers,
 * every stride an immediate, and one loop for each run of taps.
 *
 * <p>What C2 makes of that was measured, not foreseen: sums in an array live in memory (a hundred
 * times slower), and now and then a shape is compiled to something many times too slow. So variants are timed before one is used.
 */
public final class KernelGenerator {
    /** Another number whenever the bytecode of a description changes: blocks that were fastest before need not be so any more. */
    public static final int FORM = 7;

    /** Of an execution, some 10 µs of a core: whoever runs less will hardly run it so often that a second of compiling and timing blocks pays. */
    public static final double WORTHWHILE_FLOPS = 1e6;

    /** A class for each description, since each costs its own compilation. */
    private static final Map<Key, BlockKernel> KERNELS = new ConcurrentHashMap<>();

    private static final Set<Key> COMPILED = ConcurrentHashMap.newKeySet();

    private static final int UNROLLED = 2;
    private static final int MOST_SUMS_UNROLLED = 21;
    /** Multiply-adds in all steps that are written out. */
    private static final int MOST_UNROLLED = 128;

    private record Key(BlockSpec spec, Access access, boolean c2Alone) {}

    private final BlockSpec spec;
    private final Access access;
    private final VectorCode vectors;
    private final boolean c2Alone;
    private final boolean casts;
    private final int row = FIRST_FREE;
    private final int k = row + 1;
    private final int xRun = k + 1;
    private final int wRun = xRun + 2;
    private final int xStep = wRun + 2;
    private final int wStep = xStep + 2;
    private final int input = wStep + 2;
    private final int firstWeight = input + 1;
    private final int firstSum;

    /** @param casts whether C2 is told the vectors' class where it would not know it, which makes the code half as long again */
    private KernelGenerator(BlockSpec spec, Access access, boolean c2Alone, boolean casts) {
        this.spec = spec;
        this.access = access;
        this.c2Alone = c2Alone;
        this.casts = casts;
        vectors = new VectorCode(spec.dtype(), spec.bits(), access, c2Alone);
        firstSum = firstWeight + spec.vectors();
    }

    /** The kernel of a description, which may be an earlier one of the same, with the fastest access. */
    public static BlockKernel of(BlockSpec spec) {
        return of(spec, Access.fastest());
    }

    /** The same with a certain access. */
    public static BlockKernel of(BlockSpec spec, Access access) {
        return of(spec, access, isForC2Alone());
    }

    /** The same in the form for JVMs that keep C1 off it, or in the one for the others; either is right in both. */
    static BlockKernel of(BlockSpec spec, Access access, boolean c2Alone) {
        return KERNELS.computeIfAbsent(new Key(spec, access, c2Alone), key -> KernelClass.load(bytes(spec, access, c2Alone)));
    }

    static byte[] bytes(BlockSpec spec, Access access, boolean c2Alone) {
        return KernelClass.bytes(
                access, Steps.of(spec.xBlock(), 0, spec.yBlock()),
                new KernelGenerator(spec, access, c2Alone, c2Alone)::block, new KernelGenerator(spec, access, c2Alone, false)::block);
    }

    /**
     * Returns when the kernel of a description is compiled, half a second later or less; at once where that was done before, or where HotSpot cannot be told
     * to leave it to C2. Who computes much with it calls this first; else it is interpreted until it was called often enough, and the call that makes it
     * enough waits.
     */
    public static void compile(BlockSpec spec, Access access) {
        if (isForC2Alone() && COMPILED.add(new Key(spec, access, true))) {
            EarlyCompilation.of(of(spec, access, true), spec);
        }
    }

    /** Whether HotSpot was told to keep its first compiler off generated kernels. */
    public static boolean isForC2Alone() {
        return OptimizingCompiler.alone();
    }

    private void block(CodeBuilder code) {
        Label begin = code.newLabel();
        code.iload(ROWS).ifge(begin).return_().labelBinding(begin);
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
            if (spec.accumulate() && casts) {
                vectors.makeExact(code, sum(pixel, vector));
            }
        });
        if (c2Alone) {
            // Nothing that is on the stack around its loops is compiled while it runs (OSR); each such compilation took C2 as long as the one that is used.
            code.iconst_0();
        }
        KernelClass.loop(code, row, () -> code.iload(ROWS), () -> spec.runs().forEach(run -> sumRun(code, run)));
        if (c2Alone) {
            code.pop();
        }
        forEachSum((pixel, vector) -> {
            vectors.store(code, sum(pixel, vector), Y, () -> yOffset(code, pixel, vector));
        });
    }

    private void sumRun(CodeBuilder code, BlockSpec.Run run) {
        KernelClass.offset(code, X_AT, row, spec.xRow(), run.x());
        code.lstore(xRun);
        KernelClass.offset(code, W_AT, row, spec.wRow(), run.w());
        code.lstore(wRun);
        if (access == Access.UNCHECKED) {
            sumStepping(code, run);
        } else {
            sumIndexed(code, run);
        }
    }

    /** Offsets as multiples of k, which C2 needs to take checks out of the loop. */
    private void sumIndexed(CodeBuilder code, BlockSpec.Run run) {
        KernelClass.loop(code, k, () -> code.loadConstant(run.length()), () -> {
            KernelClass.offset(code, wRun, k, spec.wStep(), 0);
            code.lstore(wStep);
            KernelClass.offset(code, xRun, k, spec.xStep(), 0);
            code.lstore(xStep);
            sumStep(code, run, 0);
        });
    }

    /**
     * Addresses that go on by themselves, for two steps at a time: four integer operations a step, where multiples of k take eleven.
     * A core that is alone does them beside the multiply-adds. One that shares its hardware with another thread can start half as many
     * operations in a time, of whatever kind, so that each of them costs.
     */
    private void sumStepping(CodeBuilder code, BlockSpec.Run run) {
        code.lload(xRun);
        vectors.tame(code);
        code.lstore(xStep).lload(wRun);
        vectors.tame(code);
        code.lstore(wStep);
        int unrolled = run.length() < 2 * UNROLLED || !mayUnroll() ? 1 : UNROLLED;
        KernelClass.loop(code, k, () -> code.loadConstant(run.length() / unrolled), () -> {
            for (int n = 0; n < unrolled; n++) {
                sumStep(code, run, n);
            }
            goOn(code, xStep, unrolled * spec.xStep());
            goOn(code, wStep, unrolled * spec.wStep());
        });
        for (int n = 0; n < run.length() % unrolled; n++) {
            sumStep(code, run, n);
        }
    }

    /** More sums than these are spilled if two steps are at hand; and HotSpot compiles no method of more than 8000 bytes. */
    private boolean mayUnroll() {
        int sums = spec.pixels() * spec.vectors();
        return unrolls(sums) && sums * UNROLLED * spec.runs().size() <= MOST_UNROLLED;
    }

    /** Whether blocks of so many sums may do two steps at a time. */
    public static boolean unrolls(int sums) {
        return sums <= MOST_SUMS_UNROLLED;
    }

    private void goOn(CodeBuilder code, int address, long bytes) {
        code.lload(address).loadConstant(bytes).ladd();
        vectors.tame(code);
        code.lstore(address);
    }

    private void sumStep(CodeBuilder code, BlockSpec.Run run, int ahead) {
        for (int v = 0; v < spec.vectors(); v++) {
            long at = ahead * spec.wStep() + (long) v * spec.bits() / Byte.SIZE;
            vectors.load(code, W, () -> KernelClass.offset(code, wStep, 0, 0, at));
            code.astore(firstWeight + v);
            if (casts) {
                vectors.makeExact(code, firstWeight + v);
            }
        }
        for (int pixel = run.first(); pixel < run.last(); pixel++) {
            long at = ahead * spec.xStep() + pixel * spec.xPixel();
            vectors.broadcast(code, X, () -> KernelClass.offset(code, xStep, 0, 0, at));
            code.astore(input);
            for (int v = 0; v < spec.vectors(); v++) {
                if (ahead == 0 && casts) {
                    vectors.fmaInLoop(code, input, firstWeight + v, sum(pixel, v));
                } else {
                    vectors.fma(code, input, firstWeight + v, sum(pixel, v));
                }
                code.astore(sum(pixel, v));
            }
        }
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
