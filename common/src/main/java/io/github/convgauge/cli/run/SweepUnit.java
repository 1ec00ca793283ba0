package io.github.convgauge.cli.run;

import io.github.convgauge.conv.ConvProblem;

/**
 * What a sweep is divided into: all rows of one problem and thread count, whatever their dtype, backend, regime and cache. Rows that race each
 * other are in the same one, and its workers are fresh. Rows of devices, which take no threads, go with the first thread count.
 */
record SweepUnit(ConvProblem problem, int threads) {
    /** For people. */
    String describe() {
        return "%s, %d thread%s".formatted(problem, threads, threads == 1 ? "" : "s");
    }
}
