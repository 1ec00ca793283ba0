package io.github.convgauge.backend;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.util.Arrays;

/**
 * What a backend is asked to prepare: one row of the table, but for the cache state.
 *
 * @param dtype the type of x, w and y, and of the accumulation
 * @param deviceId one of the backend's {@link Device#id()}
 * @param algorithm one of the backend's {@link Algorithm#name()}
 * @param output whose memory the result is written to
 * @param threads CPU threads to use, no more and no fewer where the problem has work for them
 * @param variant block sizes, vector widths and the like, as {@link Backend#variants} writes them:
 *     {@code lanes=16 pixels=7 group=1x64}; {@link #DEFAULT_VARIANT} leaves them to the backend
 */
public record ConvSpec(
        ConvProblem problem, DType dtype, String deviceId, String algorithm, Regime regime, Output output, int threads,
        String variant) {
    /** What the backend takes by itself. */
    public static final String DEFAULT_VARIANT = "";

    /** In the backend's default variant. */
    public ConvSpec(
            ConvProblem problem, DType dtype, String deviceId, String algorithm, Regime regime, Output output, int threads) {
        this(problem, dtype, deviceId, algorithm, regime, output, threads, DEFAULT_VARIANT);
    }

    /** The same row in another variant. */
    public ConvSpec withVariant(String other) {
        return new ConvSpec(problem, dtype, deviceId, algorithm, regime, output, threads, other);
    }

    /**
     * For algorithms with nothing to choose.
     *
     * @throws UnsupportedConvException if some variant is asked for
     */
    public void requireDefaultVariant() throws UnsupportedConvException {
        if (!variant.equals(DEFAULT_VARIANT)) {
            throw new UnsupportedConvException("%s has no variants, so there is no '%s'".formatted(algorithm, variant));
        }
    }

    /**
     * Makes sure that tensors are those of this problem: x (mb, ih, iw, ic), w (kh, kw, ic/g, oc) and
     * y (mb, oh, ow, oc), all of this dtype.
     *
     * @throws IllegalArgumentException if one is not, which is an error of the caller
     */
    public void requireTensors(Tensor x, Tensor w, Tensor y) {
        require("x", x, problem.xSizes());
        require("w", w, problem.wSizes());
        require("y", y, problem.ySizes());
    }

    private void require(String name, Tensor tensor, long[] sizes) {
        if (tensor.dtype() != dtype || !Arrays.equals(tensor.sizes(), sizes)) {
            throw new IllegalArgumentException("%s is %s %s; the problem needs %s %s".formatted(
                    name, tensor.dtype().label(), Layout.tuple(tensor.sizes()), dtype.label(), Layout.tuple(sizes)));
        }
    }
}
