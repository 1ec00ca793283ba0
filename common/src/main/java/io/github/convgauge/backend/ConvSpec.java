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
 */
public record ConvSpec(
        ConvProblem problem, DType dtype, String deviceId, String algorithm, Regime regime, Output output, int threads) {

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
