package io.github.convgauge.check;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** How x and w are made from a seed. Every process that is given the same seed makes the same ones. */
public enum Fill {
    /** Uniform in [0, 1), as NumPy's {@code random.rand} and torch's {@code rand}. */
    UNIFORM,
    /** Normal with mean 0 and variance 1, as {@code randn}. */
    NORMAL,
    /**
     * Integers from −a to a without 0, with a so small that every partial sum, in any order, is a
     * number of the dtype: then all correct algorithms agree to the last bit (benchdnn's trick;
     * oneDNN, tests/benchdnn/conv/cfg.cpp).
     */
    INTEGER;

    /** The largest magnitude that {@link #INTEGER} uses. */
    private static final int MAX_INTEGER = 32;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if there is none of that label */
    public static Fill ofLabel(String label) {
        return Arrays.stream(values())
                .filter(fill -> fill.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown fill '" + label + "'; there are uniform, normal and integer"));
    }

    /** The a of {@link #INTEGER}: the largest one, up to 32, for which terms·a² is at most 2^digits. */
    static int amplitude(ConvProblem problem, DType dtype) {
        double room = Math.scalb(1.0, dtype.digits()) / problem.terms();
        return Math.clamp((long) Math.sqrt(room), 0, MAX_INTEGER);
    }

    /** Whether {@link #INTEGER} can keep its promise: false for sums of more than 2^digits products. */
    public static boolean canBeExact(ConvProblem problem, DType dtype) {
        return amplitude(problem, dtype) >= 1;
    }

    /** The operands that belong to this seed, both contiguous. */
    public Operands operands(ConvProblem problem, DType dtype, long seed) {
        SplittableRandom root = new SplittableRandom(seed);
        int amplitude = this == INTEGER ? amplitude(problem, dtype) : 0;
        if (this == INTEGER && amplitude < 1) {
            throw new IllegalArgumentException(
                    "sums of %d products are too long for exact integers in %s"
                            .formatted(problem.terms(), dtype.label()));
        }
        Tensor x = fill(Tensor.allocate(dtype, problem.xSizes()), root.split(), amplitude);
        Tensor w = fill(Tensor.allocate(dtype, problem.wSizes()), root.split(), amplitude);
        return new Operands(x, w);
    }

    private Tensor fill(Tensor tensor, RandomGenerator random, int amplitude) {
        return tensor.fill(i -> switch (this) {
            case UNIFORM -> random.nextDouble();
            case NORMAL -> random.nextGaussian();
            case INTEGER -> random.nextBoolean() ? random.nextInt(1, amplitude + 1) : -random.nextInt(1, amplitude + 1);
        });
    }
}
