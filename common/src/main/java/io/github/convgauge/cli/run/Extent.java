package io.github.convgauge.cli.run;

import io.github.convgauge.worker.BackendFolder;
import io.github.convgauge.worker.Reply;

/**
 * Which of a plan's rows a runner lines up, and what it finds out about them: a search through many
 * batch sizes goes on with those that could still win, and needs their times alone.
 *
 * @param rows whether a row is wanted
 * @param figures whether peaks are raced and stages taken apart, too
 */
record Extent(RowTest rows, boolean figures) {
    static final Extent ALL = new Extent((backend, device, algorithm, regime, output) -> true, true);

    /** Whether a row is wanted. */
    @FunctionalInterface
    interface RowTest {
        boolean takes(BackendFolder backend, Reply.DeviceInfo device, Reply.AlgorithmInfo algorithm, String regime, String output);
    }

    boolean takes(BackendFolder backend, Reply.DeviceInfo device, Reply.AlgorithmInfo algorithm, String regime, String output) {
        return rows.takes(backend, device, algorithm, regime, output);
    }
}
