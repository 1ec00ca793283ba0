package io.github.convgauge.cli.run;

import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.check.Status;
import io.github.convgauge.measure.Standing;
import io.github.convgauge.report.CrossoverLine;
import io.github.convgauge.report.ResultRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * All that was measured of one dtype, and what it says of each contest between a device and the CPU. Only
 * rows that passed count, and one that ever gave a wrong answer, or somebody else's, counts at no batch.
 */
final class Heats {
    /** What a heat was run for. */
    enum Phase {
        /** All rows that could win, at growing batches. */
        SCAN,
        /** The best of those at batches in between. */
        REFINE,
        /** The two best rows alone, in fresh processes: the claim itself is measured. */
        ALONE;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One device as one backend reaches it, in one regime. */
    record Contest(String backend, String hardware, String device, String regime) {
        static Contest of(ResultRow row) {
            return new Contest(row.backend(), row.hardware(), row.device(), row.regime());
        }

        static Contest of(RowKey key) {
            return new Contest(key.backend(), key.hardware(), key.device(), key.regime());
        }

        /**
         * Whether a row of the CPU does the same work: where the weights are new at each execution, it
         * lays them out each time.
         */
        boolean meets(ResultRow row) {
            return isHost(row) && !(regime.equals(Regime.END_TO_END.label()) && Regime.PREPARED.label().equals(row.regime()));
        }

        boolean has(ResultRow row) {
            return !isHost(row) && row.hardware() != null && of(row).equals(this);
        }
    }

    private record Heat(int batch, Phase phase, List<ResultRow> rows) {}

    private final List<Heat> heats = new ArrayList<>();
    /** Rows that FAILED or FELL_BACK somewhere. */
    private final Set<RowKey> wrong = new HashSet<>();
    /** Of each row that did not pass, and each status that it had, the first time. */
    private final Map<List<Object>, String> troubles = new LinkedHashMap<>();
    private final Map<List<Object>, RowKey> troubled = new LinkedHashMap<>();

    static boolean isHost(ResultRow row) {
        return row.hardware() != null && !row.onDevice();
    }

    void add(int batch, Phase phase, List<ResultRow> rows) {
        heats.add(new Heat(batch, phase, rows));
        for (ResultRow row : rows) {
            if (row.status() == Status.PASSED) {
                continue;
            }
            RowKey key = RowKey.of(row);
            if (row.status() == Status.FAILED || row.status() == Status.FELL_BACK) {
                wrong.add(key);
            }
            List<Object> once = List.of(key.describe(), String.valueOf(key.device()), row.status());
            troubled.putIfAbsent(once, key);
            troubles.putIfAbsent(once, "%s%s at batch %d: %s: %s%s\n    repeat: %s".formatted(
                    key.describe().replace(" null", ""), row.device() == null || isHost(row) ? "" : " on " + row.device(), batch,
                    row.status(), row.reason(), wrong.contains(key) ? "; it counts at no batch" : "", row.repeat()));
        }
    }

    /** Everything that has rows of a device, in the order of the table. */
    Set<Contest> contests() {
        Set<Contest> contests = new LinkedHashSet<>();
        for (Heat heat : heats) {
            heat.rows.stream().filter(row -> row.regime() != null && row.onDevice()).forEach(row -> contests.add(Contest.of(row)));
        }
        return contests;
    }

    /** What did not pass of a device, or of the CPU. */
    List<String> troubles(Contest contest) {
        return troubles.entrySet().stream()
                .filter(entry -> {
                    RowKey key = troubled.get(entry.getKey());
                    // A backend that is not there has no hardware to say where its rows would be.
                    return key.hardware() == null || key.hardware().equals(Device.HOST_ID)
                            || Contest.of(key).equals(contest);
                })
                .map(Map.Entry::getValue)
                .toList();
    }

    List<String> troubles() {
        return List.copyOf(troubles.values());
    }

    /** All that each row had. */
    Map<RowKey, Set<Status>> statuses() {
        Map<RowKey, Set<Status>> statuses = new LinkedHashMap<>();
        for (Heat heat : heats) {
            heat.rows.forEach(row -> statuses.computeIfAbsent(RowKey.of(row), key -> EnumSet.noneOf(Status.class)).add(row.status()));
        }
        return statuses;
    }

    private boolean counts(ResultRow row) {
        return row.status() == Status.PASSED && row.time() != null && row.time().medianNs() != null && !wrong.contains(RowKey.of(row));
    }

    private Optional<ResultRow> best(Stream<ResultRow> rows) {
        return rows.filter(this::counts).min(Comparator.comparing(row -> row.time().medianNs()));
    }

    /** The two best rows of the latest heat at each batch that has both: they raced each other there. */
    NavigableMap<Integer, CrossoverLine.Point> points(Contest contest) {
        NavigableMap<Integer, CrossoverLine.Point> points = new TreeMap<>();
        for (Heat heat : heats) {
            Optional<ResultRow> cpu = best(heat.rows.stream().filter(contest::meets));
            Optional<ResultRow> device = best(heat.rows.stream().filter(contest::has));
            if (cpu.isPresent() && device.isPresent()) {
                CrossoverLine.Side cpuSide = CrossoverLine.Side.of(cpu.get());
                CrossoverLine.Side deviceSide = CrossoverLine.Side.of(device.get());
                Standing standing = Standing.of(deviceSide.interval(), cpuSide.interval());
                points.put(heat.batch, CrossoverLine.Point.of(
                        heat.batch, heat.phase.label(), standing.name().toLowerCase(Locale.ROOT), cpuSide, deviceSide));
            }
        }
        return points;
    }

    Map<Integer, Standing> standings(Contest contest) {
        Map<Integer, Standing> standings = new TreeMap<>();
        points(contest).forEach((batch, point) -> standings.put(batch, Standing.valueOf(point.standing().toUpperCase(Locale.ROOT))));
        return standings;
    }

    /** The rows that a contest's point at a batch is made of. */
    Set<RowKey> contenders(Contest contest, int batch) {
        for (int i = heats.size() - 1; i >= 0; i--) {
            Heat heat = heats.get(i);
            Optional<ResultRow> cpu = best(heat.rows.stream().filter(contest::meets));
            Optional<ResultRow> device = best(heat.rows.stream().filter(contest::has));
            if (heat.batch == batch && cpu.isPresent() && device.isPresent()) {
                return Set.of(RowKey.of(cpu.get()), RowKey.of(device.get()));
            }
        }
        return Set.of();
    }

    /**
     * The rows that may win a contest at a batch that was not measured: those that were within a factor of
     * the best of their side at the scanned batch below it or at the one above.
     */
    Set<RowKey> contendersNear(Contest contest, int batch, double factor) {
        Set<RowKey> keys = new LinkedHashSet<>();
        NavigableMap<Integer, Heat> scans = new TreeMap<>();
        heats.stream().filter(heat -> heat.phase == Phase.SCAN).forEach(heat -> scans.put(heat.batch, heat));
        Stream.of(scans.floorEntry(batch), scans.ceilingEntry(batch)).filter(entry -> entry != null).forEach(entry -> {
            addNear(keys, entry.getValue().rows.stream().filter(contest::meets).toList(), factor);
            addNear(keys, entry.getValue().rows.stream().filter(contest::has).toList(), factor);
        });
        return keys;
    }

    private void addNear(Set<RowKey> keys, List<ResultRow> side, double factor) {
        best(side.stream()).ifPresent(best -> side.stream()
                .filter(row -> counts(row) && row.time().medianNs() <= factor * best.time().medianNs())
                .forEach(row -> keys.add(RowKey.of(row))));
    }
}
