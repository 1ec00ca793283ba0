package io.github.convgauge.cpu.direct;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.kernel.KernelGenerator;
import io.github.convgauge.tensor.DType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * The register blocks that are worth timing for a problem, by a model of what a core does in a step:
 * a multiply-add takes half a cycle, so do loads of a vector and of a number for all lanes, and sums
 * must be enough to hide the latency of four cycles.
 */
final class Variants {
    /** More kinds of padding than this make more code than they save work. */
    private static final int KINDS = 8;
    private static final int COUNT = 6;
    private static final int ALIKE = 2;
    private static final double LATENCY_SUMS = 8;
    /** Of 23 bytes each for a number of x and a multiply-add: HotSpot compiles no method of more than 8000 bytes, and a block has each tap of a line written out. */
    private static final int MOST_WRITTEN_OUT = 320;

    private Variants() {}

    /** The best few, the most promising first; at least one. */
    static List<Blocking> of(Geometry geometry) {
        return of(geometry, FloatVector.SPECIES_PREFERRED.vectorBitSize());
    }

    /** @param longest the longest vectors to use, in bits */
    static List<Blocking> of(Geometry geometry, int longest) {
        List<Blocking> all = new ArrayList<>();
        for (int bits = longest; bits >= 128; bits /= 2) {
            // Without AVX-512 and its like there are 16 registers.
            int registers = longest >= 512 ? 32 : 16;
            for (int vectors = 1; vectors <= 4; vectors++) {
                if (vectors > Math.ceilDiv(geometry.problem().groupOc(), bits / Byte.SIZE / geometry.dtype().bytes())) {
                    continue;
                }
                for (int pixels = 1; pixels <= Math.min(geometry.width(), 30); pixels++) {
                    boolean fits = pixels * vectors + vectors + 1 <= registers;
                    if (fits && (pixels + pixels * vectors) * geometry.problem().kw() <= MOST_WRITTEN_OUT) {
                        all.add(new Blocking(bits, pixels, vectors));
                    }
                }
            }
        }
        all.sort(Comparator.comparingDouble(blocking -> cost(geometry, blocking)));
        all.removeIf(blocking -> blocking.pixels() > 1 && Line.kinds(geometry, blocking.pixels()) > KINDS);
        List<Blocking> best = new ArrayList<>();
        for (Blocking blocking : all) {
            // The model is coarse, and does not know what two steps at a time save: better to time two shapes than two sizes of one.
            boolean isNew = best.stream().noneMatch(other -> areNeighbours(blocking, other))
                    && best.stream().filter(other -> other.vectors() == blocking.vectors()).count() < ALIKE;
            if (isNew && best.size() < COUNT) {
                best.add(blocking);
            }
        }
        return List.copyOf(best);
    }

    private static boolean areNeighbours(Blocking one, Blocking other) {
        return one.bits() == other.bits() && one.vectors() == other.vectors() && Math.abs(one.pixels() - other.pixels()) < 2
                && KernelGenerator.unrolls(one.sums()) == KernelGenerator.unrolls(other.sums());
    }

    /** Cycles for an output pixel and input channel, all output channels together. */
    private static double cost(Geometry geometry, Blocking blocking) {
        ConvProblem p = geometry.problem();
        int lanes = blocking.lanes(geometry.dtype());
        int vectorsInGroup = Math.ceilDiv(p.groupOc(), lanes);
        int whole = vectorsInGroup / blocking.vectors();
        int rest = vectorsInGroup % blocking.vectors();
        double step = whole * step(blocking.pixels(), blocking.vectors())
                + (rest > 0 ? step(blocking.pixels(), rest) : 0);
        double computed = (double) Math.ceilDiv(geometry.width(), blocking.pixels()) * blocking.pixels() / geometry.width();
        return step / blocking.pixels() * computed;
    }

    private static double step(int pixels, int vectors) {
        double sums = pixels * vectors;
        double multiplyAdds = Math.max(sums, LATENCY_SUMS) / 2;
        double loads = (pixels + vectors) / 2.0;
        // Weights stream from the L2 cache, which is felt though they are loaded ahead; the loop itself takes a little.
        // Loads that have just enough ports still wait for each other: blocks one vector wide stay at 90 % of the peak.
        return Math.max(multiplyAdds, loads) + 0.25 * loads + 0.5 * vectors + 0.3;
    }
}
