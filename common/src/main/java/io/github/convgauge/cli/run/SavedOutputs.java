package io.github.convgauge.cli.run;

import io.github.convgauge.report.ResultRow;
import io.github.convgauge.worker.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Which of the files that {@link SavedArrays} wrote is which row's, for a plan of one problem. */
final class SavedOutputs {
    private final Plan plan;
    private final Path folder;
    private final Map<RowKey, Lined> lined = new HashMap<>();

    /** What a runner lined up, with the names that files are made of. */
    private record Lined(Reply.DeviceInfo device, Reply.AlgorithmInfo algorithm) {}

    SavedOutputs(Plan plan, Path folder) {
        this.plan = plan;
        this.folder = folder;
    }

    /** Takes all rows, and notes down what they are. */
    Extent extent() {
        return new Extent((backend, device, algorithm, regime, output) -> {
            lined.put(RowKey.of(backend, device, algorithm, regime, output, plan.devices()), new Lined(device, algorithm));
            return true;
        }, true);
    }

    /** The file with a row's output; empty where it never came to one. */
    Optional<Path> of(ResultRow row) {
        Lined what = lined.get(RowKey.of(row));
        if (what == null) {
            return Optional.empty();
        }
        StringBuilder name = new StringBuilder("y-%s-%s-%s".formatted(row.backend(), row.algorithm(), row.dtype()));
        if (!row.regime().equals(what.algorithm.regimes().getFirst())) {
            name.append('-').append(row.regime());
        }
        if (!row.output().equals(what.algorithm.outputs().getFirst())) {
            name.append('-').append(row.output());
        }
        String ofThreads = row.threads() == null || row.threads().equals(plan.threads().getFirst()) ? ".npy" : "-t" + row.threads() + ".npy";
        // The first device of a backend has no suffix, and which one that is only the backend knows.
        Path ofDevice = folder.resolve(name + "-" + SavedArrays.fileName(what.device.id()) + ofThreads);
        Path file = Files.exists(ofDevice) ? ofDevice : folder.resolve(name + ofThreads);
        return Files.exists(file) ? Optional.of(file) : Optional.empty();
    }
}
