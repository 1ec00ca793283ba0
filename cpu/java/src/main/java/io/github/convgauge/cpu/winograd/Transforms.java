package io.github.convgauge.cpu.winograd;

/**
 * The three transforms of one tile size and dtype, in one dimension.
 *
 * @param weights G: 3 numbers to m + 2
 * @param input Bᵀ: m + 2 numbers to m + 2
 * @param output Aᵀ: m + 2 numbers to m
 */
record Transforms(Pass weights, Pass input, Pass output) {}
