package io.github.convgauge.cpu.direct;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.kernel.KernelGenerator;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Takes the fastest of a few register blocks by timing them. What C2 makes of a block cannot be
 * foreseen: of two that look alike one may spill registers, and be half as fast.
 *
 * <p>All run in turns on one thread and on made-up numbers, each for a share of one image, until C2 is
 * through with them. A share stays in the caches where a whole image does not, and may look faster than it is: those
 * that are near the fastest are timed once more, for whole convolutions. All that takes some seconds, so the
 * winner is remembered: in this JVM, and in a {@link TuningCache}; and a convolution of a few microseconds is not timed at all.
 */
public final class Tuner {
    /** Names a block for all convolutions: {@code CONVGAUGE_CPU_BLOCK=512b:7x2}. */
    static final String BLOCK = "CONVGAUGE_CPU_BLOCK";
    /** {@code CONVGAUGE_CPU_TUNING=off} takes the model's first block; {@code again} ignores what was timed before. */
    static final String TUNING = "CONVGAUGE_CPU_TUNING";

    static final String TIMED = "timed now";
    static final String TIMED_IN_PART = "timed now, but the JIT compiler was not through with all";

    /** Work between two looks at the clock; interpreted code does some 10^9 operations a second. */
    private static final double SLICE_FLOPS = 8e6;
    /** On a busy machine C2 needs several times the few seconds that it needs alone. */
    private static final Duration LONGEST = Duration.ofSeconds(30);
    /** So long must no block have become faster by more than {@link #FASTER}. */
    private static final long STEADY_NANOS = 500_000_000L;
    /**
     * One that is slow after so long without a change was compiled badly, and loses. Where the blocks are C2's alone, all were compiled before; else C2 needs less
     * than a second for each.
     */
    private static final long STILL_NANOS = KernelGenerator.isForC2Alone() ? 2_000_000_000L : 5_000_000_000L;
    private static final double FASTER = 0.93;
    /** What the simpler compiler makes of vectors reaches a tenth of it, counting the lanes that are filled up. */
    private static final double COMPILED_GFLOPS = 12;
    /** C2 takes the blocks one after the other: one that is so much slower than the fastest is still to come. */
    private static final double COMPILED_SHARE = 0.3;
    private static final int LAST = 501;
    /** A block that is slower than this by its share is not timed for whole convolutions. */
    private static final double NEAR = 0.75;
    /** Whole convolutions of each block, as many as fit into the time: fewer say little, more say nothing new. */
    private static final int FEWEST_WHOLE = 3;
    private static final int MOST_WHOLE = 51;
    private static final long WHOLE_NANOS = 800_000_000L;
    /** So much time at most, even for the fewest; a larger convolution is judged by the share. */
    private static final long LONGEST_WHOLE_NANOS = 4_000_000_000L;
    /** Larger images are not laid out a second time. */
    private static final long LARGEST_BYTES = 1L << 27;

    private final String block;
    private final String mode;
    private final TuningCache cache;
    private final long longestNanos;

    private Tuner(String block, String mode, TuningCache cache, Duration longest) {
        this.block = block;
        this.mode = mode;
        this.cache = cache;
        longestNanos = longest.toNanos();
    }

    /** As the environment says; by default it times what was not timed before on this machine and JDK. */
    public static Tuner ofEnvironment() {
        String mode = Optional.ofNullable(System.getenv(TUNING)).orElse("on");
        if (!List.of("on", "off", "again").contains(mode)) {
            throw new IllegalArgumentException(TUNING + " is '" + mode + "'; it can be on, off or again");
        }
        return new Tuner(System.getenv(BLOCK), mode, TuningCache.ofUser(), LONGEST);
    }

    /** Never times anything and takes the model's first. */
    public static Tuner off() {
        return new Tuner(null, "off", TuningCache.none(), LONGEST);
    }

    /** Times anew and remembers in this cache only. */
    static Tuner with(TuningCache cache) {
        return with(cache, LONGEST);
    }

    /** @param longest so long at most are the blocks timed together */
    static Tuner with(TuningCache cache, Duration longest) {
        return new Tuner(null, "on", cache, longest);
    }

    /** The block for a convolution of tensors that lie so. */
    public Tuning choose(ConvProblem problem, DType dtype, Layout x, Layout w, Layout y) {
        Geometry geometry = Geometry.of(problem, dtype, x, y);
        if (block != null) {
            return asked(geometry);
        }
        List<Blocking> variants = Variants.of(geometry);
        if (mode.equals("off")) {
            return new Tuning(variants.getFirst(), "the model's first, since tuning is off", Double.NaN);
        }
        if (variants.size() == 1) {
            return new Tuning(variants.getFirst(), "the only one", Double.NaN);
        }
        if (problem.flops() < KernelGenerator.WORTHWHILE_FLOPS) {
            return new Tuning(variants.getFirst(), "the model's first, since the convolution is too small to be worth timing", Double.NaN);
        }
        String key = key(problem, dtype, x, w, y);
        Optional<Tuning> before = mode.equals("again") && !cache.wasWritten(key) ? Optional.empty() : cache.get(key);
        if (before.isPresent() && fits(before.get().blocking(), geometry)) {
            return before.get();
        }
        if (bytes(x, dtype) > LARGEST_BYTES || bytes(y, dtype) > LARGEST_BYTES) {
            return new Tuning(variants.getFirst(), "the model's first, since the image is too large to time", Double.NaN);
        }
        Optional<Tuning> winner = time(problem, dtype, variants, x, w, y);
        winner.ifPresent(tuning -> {
            if (tuning.source().equals(TIMED)) {
                cache.put(key, tuning);
            } else {
                // Whoever has more time shall time it again.
                cache.keep(key, tuning);
            }
        });
        return winner.orElseGet(() -> new Tuning(
                variants.getFirst(), "the model's first, since the JIT compiler was not through with them in time", Double.NaN));
    }

    private Tuning asked(Geometry geometry) {
        Blocking asked = Blocking.parse(block);
        // A line that is shorter than the block cannot have it.
        Blocking possible = new Blocking(asked.bits(), Math.min(asked.pixels(), geometry.width()), asked.vectors());
        return new Tuning(possible, "asked for with " + BLOCK, Double.NaN);
    }

    private static boolean fits(Blocking blocking, Geometry geometry) {
        return blocking.pixels() <= geometry.width();
    }

    /** All that the speed of a block depends on, but for the machine and the JDK. */
    private static String key(ConvProblem p, DType dtype, Layout x, Layout w, Layout y) {
        String sizes = p.toString().replaceFirst("_?n\".*", "");
        return String.join(" ", dtype.label(), sizes,
                Layout.tuple(x.strides()), Layout.tuple(w.strides()), Layout.tuple(y.strides()));
    }

    private static long bytes(Layout layout, DType dtype) {
        return (layout.highest() - layout.lowest() + 1) * dtype.bytes();
    }

    /** Empty if the JIT compiler was through with none of them in time; one that it was not through with loses. */
    private Optional<Tuning> time(
            ConvProblem problem, DType dtype, List<Blocking> variants, Layout xLayout, Layout wLayout, Layout yLayout) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor x = noise(arena, dtype, xLayout);
            Tensor w = noise(arena, dtype, wLayout);
            Tensor y = noise(arena, dtype, yLayout);
            List<Contender> contenders = new ArrayList<>();
            for (Blocking blocking : variants) {
                contenders.add(new Contender(new DirectPlan(problem, dtype, blocking, 1, xLayout, wLayout, yLayout), arena, x, w, y));
            }
            boolean settled = raceByLength(contenders);
            if (fastest(contenders) < COMPILED_GFLOPS) {
                return Optional.empty();
            }
            Contender best = fastestWhole(contenders);
            return Optional.of(new Tuning(best.plan.blocking(), settled ? TIMED : TIMED_IN_PART, best.medianGflops()));
        }
    }

    /** The winner among those near the fastest, timed for whole convolutions in turns. */
    private static Contender fastestWhole(List<Contender> contenders) {
        List<Contender> near = new ArrayList<>(contenders);
        near.sort(Comparator.comparingDouble(Contender::gflops).reversed());
        double fastest = near.getFirst().gflops();
        near.removeIf(contender -> contender.gflops() < NEAR * fastest);
        double wholeNanos = near.stream().mapToDouble(Contender::expectedWholeNanos).sum();
        if (near.size() == 1 || FEWEST_WHOLE * wholeNanos > LONGEST_WHOLE_NANOS) {
            return near.getFirst();
        }
        near.forEach(Contender::beginWhole);
        long[][] rounds = new long[(int) Math.clamp(WHOLE_NANOS / wholeNanos, FEWEST_WHOLE, MOST_WHOLE)][];
        for (int round = 0; round < rounds.length; round++) {
            rounds[round] = near.stream().mapToLong(Contender::run).toArray();
        }
        return near.get(leastBehind(rounds));
    }

    /**
     * Who is usually the least behind the fastest of a round. Each round is judged by itself: where another machine on the same hardware takes half of a
     * core for a while, all of a round are slower, and medians of times would compare one's quiet rounds with another's busy ones.
     *
     * @param rounds the nanoseconds of each contender in each round
     */
    static int leastBehind(long[][] rounds) {
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < rounds[0].length; i++) {
            int contender = i;
            double[] behind = Arrays.stream(rounds)
                    .mapToDouble(nanos -> (double) nanos[contender] / Arrays.stream(nanos).min().orElseThrow()).sorted().toArray();
            double median = behind[behind.length / 2];
            if (median < least) {
                least = median;
                best = i;
            }
        }
        return best;
    }

    /** Numbers in [1, 2): on zeros a processor may clock higher, and favour those that need the memory less. */
    private static Tensor noise(Arena arena, DType dtype, Layout layout) {
        MemorySegment memory = arena.allocate(bytes(layout, dtype), Tensor.ALIGNMENT);
        SplittableRandom random = new SplittableRandom(1);
        for (long at = 0; at < memory.byteSize(); at += dtype.bytes()) {
            if (dtype == DType.F64) {
                memory.set(ValueLayout.JAVA_DOUBLE, at, random.nextDouble() + 1);
            } else {
                memory.set(ValueLayout.JAVA_FLOAT, at, (float) random.nextDouble() + 1);
            }
        }
        return Tensor.over(memory, dtype, Layout.of(layout.sizes(), layout.strides(), layout.offset() - layout.lowest()));
    }

    /**
     * The longest vectors first and alone, and so on: while blocks of two lengths run in turns, C2 finds both in the profiles of the Vector API, prepares
     * some blocks for either, and these are slower for good. Says whether all came to an end before the time was up.
     */
    private boolean raceByLength(List<Contender> contenders) {
        Map<Integer, List<Contender>> byLength = new TreeMap<>(Comparator.reverseOrder());
        for (Contender contender : contenders) {
            byLength.computeIfAbsent(contender.plan.blocking().bits(), bits -> new ArrayList<>()).add(contender);
        }
        long begin = System.nanoTime();
        boolean settled = true;
        List<Contender> through = new ArrayList<>();
        for (List<Contender> group : byLength.values()) {
            through.addAll(group);
            group.forEach(contender -> contender.plan.compile());
            settled &= race(group, begin, through);
        }
        return settled;
    }

    /** @param through those and the ones that raced before */
    private boolean race(List<Contender> contenders, long begin, List<Contender> through) {
        long now = System.nanoTime();
        long lastChange = now;
        // Each at least once: whoever has no time at all cannot lose.
        do {
            for (Contender contender : contenders) {
                boolean changed = contender.race();
                now = System.nanoTime();
                if (changed) {
                    lastChange = now;
                }
            }
            long still = now - lastChange;
            if (still >= STEADY_NANOS && allCompiled(through) || still >= STILL_NANOS && fastest(through) > COMPILED_GFLOPS) {
                return true;
            }
        } while (now - begin < longestNanos);
        return false;
    }

    private static double fastest(List<Contender> contenders) {
        return contenders.stream().mapToDouble(Contender::laneGflops).max().orElse(0);
    }

    /** Shorter vectors may take as many cycles, and do less in each. */
    private static boolean allCompiled(List<Contender> contenders) {
        double fastest = contenders.stream().mapToDouble(Contender::bitGflops).max().orElse(0);
        return fastest(contenders) > COMPILED_GFLOPS
                && contenders.stream().allMatch(contender -> contender.bitGflops() > COMPILED_SHARE * fastest);
    }

    /** One block that is timed. */
    private static final class Contender {
        private final DirectPlan plan;
        private final DirectPlan.Tensors tensors;
        private final MemorySegment scratch;
        private int parts;
        private double flops;
        /** The fastest run: says little of one block against another, since a processor's clock has bursts. */
        private double nanos = Double.POSITIVE_INFINITY;
        /** The last runs. */
        private final long[] last = new long[LAST];
        private int runs;

        Contender(DirectPlan plan, Arena arena, Tensor x, Tensor w, Tensor y) {
            this.plan = plan;
            MemorySegment packed = plan.panels().areInPlace() ? null : arena.allocate(plan.panels().bytes(), Tensor.ALIGNMENT);
            tensors = new DirectPlan.Tensors(x, w, packed, y);
            scratch = plan.scratch(arena, false);
            parts = (int) Math.clamp(Math.ceil(plan.problem().flops() / SLICE_FLOPS), 1, Math.max(1, plan.walk().units() / 2));
            flops = plan.problem().flops() * plan.walk().share(parts / 2, parts);
        }

        /** Runs once in a race, and says whether the block has become faster: then its earlier runs were of other code. */
        boolean race() {
            double before = nanos;
            run();
            boolean faster = nanos < before * FASTER;
            if (faster) {
                last[0] = (long) nanos;
                runs = 1;
            }
            return faster;
        }

        /** The same share each time: another one would have other edges, and other work. */
        long run() {
            long start = System.nanoTime();
            plan.run(parts / 2, parts, tensors, scratch);
            long taken = System.nanoTime() - start;
            nanos = Math.min(nanos, taken);
            last[runs++ % LAST] = taken;
            return taken;
        }

        double expectedWholeNanos() {
            return plan.problem().flops() / medianGflops();
        }

        /** From here on, a run is a whole convolution, after one that is not counted. */
        void beginWhole() {
            parts = 1;
            flops = plan.problem().flops();
            run();
            runs = 0;
        }

        /** With the operations on lanes beyond the last channel. */
        double laneGflops() {
            return gflops() * plan.channelsComputed() / plan.problem().oc();
        }

        /** Of each bit of its vectors. */
        double bitGflops() {
            return laneGflops() / plan.blocking().bits();
        }

        double gflops() {
            return flops / nanos;
        }

        double medianGflops() {
            long[] sorted = Arrays.copyOf(last, Math.min(runs, LAST));
            Arrays.sort(sorted);
            return flops / sorted[sorted.length / 2];
        }
    }
}
