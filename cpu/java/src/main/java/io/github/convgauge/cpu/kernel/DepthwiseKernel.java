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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Writes a {@link DepthwiseSpec} as the bytecode of a hidden class, as {@link KernelGenerator} does. */
public final class DepthwiseKernel {
    private static final Map<Key, BlockKernel> KERNELS = new ConcurrentHashMap<>();

    private final DepthwiseSpec spec;
    private final VectorCode vectors;
    private final boolean casts;
    private final int row = FIRST_FREE;
    private final int xRow = row + 1;
    private final int wRow = xRow + 2;
    private final int input = wRow + 2;
    private final int firstSum = input + 1;
    private final int firstWeight;

    private record Key(DepthwiseSpec spec, Access access) {}

    /** A sum that an input belongs to, and the tap's number in its row. */
    private record Use(int pixel, int tap) {}

    private DepthwiseKernel(DepthwiseSpec spec, Access access, boolean casts) {
        this.spec = spec;
        this.casts = casts;
        vectors = new VectorCode(spec.dtype(), spec.bits(), access);
        firstWeight = firstSum + spec.pixels();
    }

    public static BlockKernel of(DepthwiseSpec spec, Access access) {
        Steps steps = new Steps(spec.xBlock(), 0, spec.yBlock(), spec.vectors(), spec.bits() / Byte.SIZE, spec.lastVector());
        boolean casts = KernelGenerator.isForC2Alone();
        return KERNELS.computeIfAbsent(new Key(spec, access), key -> KernelClass.load(KernelClass.bytes(
                access, steps,
                new DepthwiseKernel(spec, access, casts)::block, new DepthwiseKernel(spec, access, false)::block)));
    }

    private void block(CodeBuilder code) {
        for (int pixel = 0; pixel < spec.pixels(); pixel++) {
            vectors.zero(code);
            code.astore(firstSum + pixel);
        }
        KernelClass.loop(code, row, () -> code.iload(ROWS), () -> sumRow(code));
        code.lload(Y_AT);
        vectors.tame(code);
        code.lstore(Y_AT);
        for (int pixel = 0; pixel < spec.pixels(); pixel++) {
            long at = pixel * spec.yPixel();
            vectors.store(code, firstSum + pixel, Y, () -> KernelClass.offset(code, Y_AT, 0, 0, at));
        }
    }

    private void sumRow(CodeBuilder code) {
        KernelClass.offset(code, X_AT, row, spec.xRow(), 0);
        vectors.tame(code);
        code.lstore(xRow);
        KernelClass.offset(code, W_AT, row, spec.wRow(), 0);
        vectors.tame(code);
        code.lstore(wRow);
        for (int tap = 0; tap < spec.runs().size(); tap++) {
            long at = spec.runs().get(tap).w();
            vectors.load(code, W, () -> KernelClass.offset(code, wRow, 0, 0, at));
            code.astore(firstWeight + tap);
            if (casts) {
                vectors.makeExact(code, firstWeight + tap);
            }
        }
        usesByInput().forEach((at, uses) -> {
            vectors.load(code, X, () -> KernelClass.offset(code, xRow, 0, 0, at));
            code.astore(input);
            for (Use use : uses) {
                if (casts) {
                    vectors.fmaInLoop(code, input, firstWeight + use.tap, firstSum + use.pixel);
                } else {
                    vectors.fma(code, input, firstWeight + use.tap, firstSum + use.pixel);
                }
                code.astore(firstSum + use.pixel);
            }
        });
    }

    /** From left to right, so that each sum has its taps in the order of the definition. */
    private Map<Long, List<Use>> usesByInput() {
        Map<Long, List<Use>> uses = new TreeMap<>();
        for (int tap = 0; tap < spec.runs().size(); tap++) {
            BlockSpec.Run run = spec.runs().get(tap);
            for (int pixel = run.first(); pixel < run.last(); pixel++) {
                uses.computeIfAbsent(run.x() + pixel * spec.xPixel(), at -> new ArrayList<>()).add(new Use(pixel, tap));
            }
        }
        return uses;
    }
}
