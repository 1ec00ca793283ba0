package io.github.convgauge.cli.run;

import io.github.convgauge.report.ResultRow;
import io.github.convgauge.worker.BackendFolder;
import io.github.convgauge.worker.Reply;

/** Which row it is, whatever the batch size. */
record RowKey(String backend, String hardware, String device, String algorithm, String regime, String output) {
    static RowKey of(ResultRow row) {
        return new RowKey(row.backend(), row.hardware(), row.device(), row.algorithm(), row.regime(), row.output());
    }

    /** @param names knows what devices are called */
    static RowKey of(
            BackendFolder backend, Reply.DeviceInfo device, Reply.AlgorithmInfo algorithm, String regime, String output,
            DeviceFilter names) {
        return new RowKey(backend.name(), device.hardware(), names.name(device), algorithm.name(), regime, output);
    }

    /** For people: {@code cpu direct prepared}. */
    String describe() {
        return "%s %s %s".formatted(backend, algorithm, regime);
    }
}
