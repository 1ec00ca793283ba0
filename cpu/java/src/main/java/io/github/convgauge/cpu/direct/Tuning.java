package io.github.convgauge.cpu.direct;

/**
 * A register block and why it was taken.
 *
 * @param source {@code timed now}, {@code timed before}, {@code asked for}, or the reason for taking the
 *     model's first without timing
 * @param gflops what it reached when it was timed, on one thread; NaN if it was not
 */
public record Tuning(Blocking blocking, String source, double gflops) {}
