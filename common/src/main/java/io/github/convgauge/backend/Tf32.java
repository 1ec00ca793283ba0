package io.github.convgauge.backend;

import io.github.convgauge.tensor.DType;
import java.util.OptionalInt;

/**
 * TF32, the form in which NVIDIA's tensor cores take f32 from compute capability 8.0 on: f32's exponents, 10 bits of
 * mantissa. A product of f32 matrices "in TF32" rounds each input to it, multiplies exactly and sums in f32. Its error
 * is derived in docs/nvidia.md.
 */
public final class Tf32 {
    /** The first compute capability whose tensor cores take it, times ten. */
    public static final int CAPABILITY = 80;

    /**
     * The relative error of one input: 10 bits of mantissa, and no promise that they are rounded to nearest and not cut
     * off, which is twice as far.
     */
    private static final double INPUT = 0x1p-10;

    /**
     * How many times f32's unit roundoff one term may add to the sum: tensor cores align all terms of a step to the
     * largest and cut off what is below its last bit, which is twice u, for the term and for the sum.
     */
    private static final double ACCUMULATION = 4;

    /** |ŷ − y| ≤ ((1 + 2⁻¹⁰)²·(1 + γ) − 1)·Σ|x||w|, where γ is that of n terms at 4u. */
    public static final ErrorLaw LAW = (terms, u, absSum, scale) -> {
        double nu = terms * ACCUMULATION * u;
        if (nu >= 1) {
            throw new IllegalArgumentException("sums of %d products in TF32 have no bound".formatted(terms));
        }
        double inputs = 2 * INPUT + INPUT * INPUT;
        double sums = nu / (1 - nu);
        return (inputs + sums + inputs * sums) * absSum;
    };

    private Tf32() {}

    /**
     * Requires a device that has it.
     *
     * @param capability of the device, times ten (8.6 is 86); empty where it does not say
     * @throws UnsupportedConvException if it has not, or f32 is not what is computed in
     */
    public static void require(ConvSpec spec, OptionalInt capability) throws UnsupportedConvException {
        if (spec.dtype() != DType.F32) {
            throw new UnsupportedConvException("TF32 is a form of f32, not of " + spec.dtype().label());
        }
        if (capability.isEmpty()) {
            throw new UnsupportedConvException("TF32 needs compute capability 8.0, and the device does not say which it has");
        }
        if (capability.getAsInt() < CAPABILITY) {
            throw new UnsupportedConvException("TF32 needs compute capability 8.0, and the device has %d.%d".formatted(
                    capability.getAsInt() / 10, capability.getAsInt() % 10));
        }
    }
}
