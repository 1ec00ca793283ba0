package io.github.convgauge.backend;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;

/**
 * What a backend is asked to prepare: one row of the table, but for the cache state.
 *
 * @param dtype the type of x, w and y, and of the accumulation
 * @param deviceId one of the backend's {@link Device#id()}
 * @param algorithm one of the backend's {@link Algorithm#name()}
 * @param threads CPU threads to use, no more and no fewer where the problem has work for them
 */
public record ConvSpec(
        ConvProblem problem, DType dtype, String deviceId, String algorithm, Regime regime, int threads) {}
