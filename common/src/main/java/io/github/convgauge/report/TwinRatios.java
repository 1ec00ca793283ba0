package io.github.convgauge.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** How far the rows of a backend are from those of its twin on the same hardware, a line each. */
final class TwinRatios {
    private static final String TITLE = "Ratios of two backends' times on the same device, below 1x is faster;"
            + " in the kernel by the device's clock, in all as in the table";

    /** What two rows must share so that their backends' best can be compared. */
    private record Group(String run, String backend, String twin, String hardware, String device, String regime, String dtype, String cache) {
        static Group of(ResultRow row) {
            return new Group(
                    row.run(), row.backend(), row.twin(), row.hardware(), row.device(), row.regime(), row.dtype(), row.cache());
        }

        boolean hasOf(String name, ResultRow row) {
            return row.backend().equals(name) && run.equals(row.run()) && hardware.equals(row.hardware())
                    && regime.equals(row.regime()) && dtype.equals(row.dtype()) && cache.equals(row.cache())
                    && row.time() != null && row.time().medianNs() != null
                    // The twin's kernels are no merit of a backend that only launches them.
                    && row.kernelsOf() == null
                    // One backend may reach the hardware through several drivers, each of which is a device of its own.
                    && (!name.equals(backend) || device.equals(row.device()));
        }

        /** The fastest execution as a whole; its kernel alone need not be the fastest. */
        Optional<ResultRow> best(String name, List<ResultRow> rows) {
            return rows.stream().filter(row -> hasOf(name, row)).min(Comparator.comparing(row -> row.time().medianNs()));
        }
    }

    private TwinRatios() {}

    /** Empty where no row has a twin. */
    static String of(List<ResultRow> rows) {
        List<String> lines = new ArrayList<>();
        Set<Group> groups = new LinkedHashSet<>();
        for (ResultRow row : rows) {
            if (row.twin() != null && row.vsTwin() != null) {
                groups.add(Group.of(row));
                lines.add("%s over %s, %s, %s: %s".formatted(
                        row.backend(), row.twin(), row.algorithm(), where(Group.of(row)), ratios(row.kernelVsTwin(), row.vsTwin())));
                split(row, rows).ifPresent(lines::add);
            }
        }
        groups.forEach(group -> best(group, rows).ifPresent(lines::add));
        return lines.isEmpty() ? "" : TITLE + "\n" + String.join("\n", lines) + "\n";
    }

    /**
     * What a row's own kernels cost and what its runtime costs, which together are its ratio to its twin: beside it
     * must be a row that launches the twin's kernels through the same runtime.
     */
    private static Optional<String> split(ResultRow row, List<ResultRow> rows) {
        if (row.kernelsOf() != null) {
            return Optional.empty();
        }
        return rows.stream()
                .filter(other -> row.algorithm().equals(other.kernelsOf()) && Group.of(other).equals(Group.of(row)) && other.vsTwin() != null)
                .findFirst()
                .map(other -> "  of which its code, %s over %s: %s; its runtime, %s over %s's %s: %s".formatted(
                        row.algorithm(), other.algorithm(),
                        ratios(quotient(row.kernelVsTwin(), other.kernelVsTwin()), row.vsTwin() / other.vsTwin()),
                        other.algorithm(), row.twin(), row.algorithm(), ratios(other.kernelVsTwin(), other.vsTwin())));
    }

    private static Double quotient(Double a, Double b) {
        return a == null || b == null ? null : Double.valueOf(a / b);
    }

    /** Empty where the twin's rows are not among these, as in a part of a results file. */
    private static Optional<String> best(Group group, List<ResultRow> rows) {
        return group.best(group.backend, rows).flatMap(own ->
                group.best(group.twin, rows).map(other -> best(group, own, other)));
    }

    private static String best(Group group, ResultRow own, ResultRow other) {
        // The ratio by rounds, where there is one, is the better figure.
        boolean twins = own.twin() != null && own.algorithm().equals(other.algorithm());
        Double kernel = own.kernelNs() == null || other.kernelNs() == null
                ? null
                : Double.valueOf((double) own.kernelNs() / other.kernelNs());
        return "best %s (%s) over best %s (%s), %s: %s".formatted(
                group.backend, own.algorithm(), group.twin, other.algorithm(), where(group),
                ratios(kernel, twins ? own.vsTwin() : Double.valueOf(own.time().medianNs() / other.time().medianNs())));
    }

    private static String where(Group group) {
        return "%s, %s%s on %s".formatted(
                group.regime, group.dtype, "cold".equals(group.cache) ? ", cold" : "", group.device);
    }

    private static String ratios(Double kernel, Double all) {
        return (kernel == null ? "" : Units.digits(kernel) + "x in the kernel, ") + Units.digits(all) + "x in all";
    }
}
