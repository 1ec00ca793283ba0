package io.github.convgauge.cpu.winograd;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.ErrorLaw;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * The minimal filtering algorithms F(m×m, 3×3) for 3×3 kernels (Lavin and Gray, Fast Algorithms for
 * Convolutional Neural Networks, 2016): m×m outputs from (m+2)×(m+2) inputs by (m+2)² products for
 * each pair of channels, where the definition has 9·m². docs/winograd.md has the matrices and derives
 * the error law.
 */
public enum Winograd {
    /** F(2×2, 3×3), interpolating at 0, 1, −1 and ∞: 16 products for 36. */
    F2(2, 10, 8),
    /** F(4×4, 3×3), interpolating at 0, ±1, ±2 and ∞: 36 products for 144. */
    F4(4, 18, 48);

    /** Both dimensions of the kernel. */
    static final int KERNEL = 3;

    private final int outputs;
    private final int roundings;
    private final double amplification;

    /**
     * @param roundings that one product meets in the three transforms of both dimensions
     * @param amplification the largest sum of magnitudes in one dimension, maxᵢ Σₐ |Aᵀ|ᵢₐ·‖Gₐ‖₁·‖Bᵀₐ‖₁
     */
    Winograd(int outputs, int roundings, double amplification) {
        this.outputs = outputs;
        this.roundings = roundings;
        this.amplification = amplification;
    }

    /** The algorithm as a backend declares it, in the regimes eager and prepared. */
    public Algorithm algorithm(Output... writing) {
        return new Algorithm(
                label(),
                "F(%dx%d,3x3): %d products for %d, by transforms of x, w and y"
                        .formatted(outputs, outputs, products(), outputs * outputs * KERNEL * KERNEL),
                List.of(Regime.EAGER, Regime.PREPARED), List.of(writing), false, Optional.of((ErrorLaw) this::bound));
    }

    /** The algorithm's name: {@code winograd-f2}. */
    public String label() {
        return "winograd-f" + outputs;
    }

    /** The sentence that says why a problem cannot be computed so, without a full stop; empty if it can. */
    public static Optional<String> refusal(ConvProblem problem) {
        if (problem.kh() != KERNEL || problem.kw() != KERNEL) {
            return Optional.of("the transforms are those of 3x3 kernels, and this one is %dx%d"
                    .formatted(problem.kh(), problem.kw()));
        }
        if (problem.sh() != 1 || problem.sw() != 1) {
            return Optional.of("a tile's outputs are neighbours, and strides of %dx%d leave some out"
                    .formatted(problem.sh(), problem.sw()));
        }
        if (problem.dh() != 0 || problem.dw() != 0) {
            return Optional.of("a tile's inputs are neighbours, and dh%ddw%d leaves gaps between the taps"
                    .formatted(problem.dh(), problem.dw()));
        }
        return Optional.empty();
    }

    /** An {@link ErrorLaw}; docs/winograd.md derives it. */
    double bound(long terms, double u, double absSum, double scale) {
        double nu = (terms / (KERNEL * KERNEL) + roundings) * u;
        if (nu >= 1) {
            throw new IllegalArgumentException("sums of %d products have no bound at u = %s".formatted(terms, u));
        }
        return nu / (1 - nu) * amplification * amplification * scale / (KERNEL * KERNEL);
    }

    /** m: outputs of a tile in one dimension. */
    int outputs() {
        return outputs;
    }

    /** m + 2: inputs of a tile in one dimension. */
    int inputs() {
        return outputs + KERNEL - 1;
    }

    /** (m + 2)²: the matrix products, one for each place of a transformed tile. */
    int products() {
        return inputs() * inputs();
    }

    double amplification() {
        return amplification;
    }

    int roundings() {
        return roundings;
    }

    Transforms transforms(DType dtype) {
        if (dtype == DType.F64) {
            return this == F2
                    ? new Transforms(WeightsF64::f2, InputF64::f2, OutputF64::f2)
                    : new Transforms(WeightsF64::f4, InputF64::f4, OutputF64::f4);
        }
        return this == F2
                ? new Transforms(WeightsF32::f2, InputF32::f2, OutputF32::f2)
                : new Transforms(WeightsF32::f4, InputF32::f4, OutputF32::f4);
    }
}
