package io.github.convgauge.cli.run;

import io.github.convgauge.check.Status;
import io.github.convgauge.cli.run.Heats.Contest;
import io.github.convgauge.report.ResultRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which rows go on to the next larger batch. A row that is far behind the best of its side, and no nearer
 * than it was at the batch before, will not catch up: what costs it time grows with the batch. One that is far
 * behind but comes nearer has a fixed cost that large batches make up for, and goes on.
 */
final class Field {
    /** Times of the best of its side. */
    private static final double FAR = 3;
    /** Of what it was at the batch before. */
    private static final double NEARER = 0.9;

    private final Map<RowKey, Double> ratios = new HashMap<>();
    private final Map<RowKey, String> left = new LinkedHashMap<>();
    private List<RowKey> going;

    /** Empty before the first batch, where all take part. */
    Optional<List<RowKey>> going() {
        return Optional.ofNullable(going);
    }

    /** Those that were left behind, with how far they were when they were: {@code cpu naive eager (41x at batch 2)}. */
    List<String> left() {
        return List.copyOf(left.values());
    }

    /** Sees the rows of one batch. */
    void see(int batch, List<ResultRow> rows) {
        List<RowKey> next = new ArrayList<>();
        for (List<ResultRow> side : sides(rows)) {
            Optional<Double> best = side.stream().filter(Field::hasTimes).map(row -> row.time().medianNs()).min(Comparator.naturalOrder());
            for (ResultRow row : side) {
                RowKey key = RowKey.of(row);
                if (row.status() == Status.MISTRUSTED) {
                    next.add(key); // a larger batch has more outputs to tell by
                } else if (hasTimes(row)) {
                    double ratio = row.time().medianNs() / best.orElseThrow();
                    Double before = ratios.put(key, ratio);
                    if (ratio <= FAR || before == null || ratio < NEARER * before) {
                        next.add(key);
                    } else {
                        left.put(key, String.format(Locale.ROOT, "%s (%.1fx the best at batch %d)", key.describe(), ratio, batch));
                    }
                }
            }
        }
        going = next;
    }

    private static boolean hasTimes(ResultRow row) {
        return row.status() == Status.PASSED && row.time() != null && row.time().medianNs() != null;
    }

    /** Rows that do the same work on the same device: of the CPU, those of each regime. */
    private static List<List<ResultRow>> sides(List<ResultRow> rows) {
        Predicate<ResultRow> there = row -> row.regime() != null;
        Map<Object, List<ResultRow>> sides = new LinkedHashMap<>();
        rows.stream().filter(there).forEach(row -> sides
                .computeIfAbsent(Heats.isHost(row) ? row.regime() : Contest.of(row), side -> new ArrayList<>())
                .add(row));
        return List.copyOf(sides.values());
    }
}
