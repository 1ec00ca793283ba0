package io.github.convgauge.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * Whether the times of several rows may be compared, and if not, in what those rows differ. Another revision of the sources is
 * no hindrance, since that is what results are compared for.
 *
 * @param hindrances why their times must not be compared, by kind; empty if they may
 * @param remarks what else to keep in mind: they may be compared
 */
public record Comparability(Map<Kind, String> hindrances, List<String> remarks) {
    private static final int LONGEST_VALUE = 60;

    /** A kind of difference that keeps times from being compared, unless the user does so on purpose. */
    public enum Kind {
        /** Another processor, number of cores or device. */
        MACHINE,
        /** Another Java: its compiler makes the code. */
        JDK,
        /** Another seed, or other operands. */
        DATA,
        /** {@code --quick} or not: another warm-up, and so perhaps other code. */
        PACE;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** @throws IllegalArgumentException with one sentence if there is none of that name */
        public static Kind ofLabel(String label) {
            for (Kind kind : values()) {
                if (kind.label().equals(label)) {
                    return kind;
                }
            }
            throw new IllegalArgumentException(
                    "unknown difference '" + label + "'; there are machine, jdk, data and pace");
        }
    }

    /** What can be said of rows that measured the same thing. */
    public static Comparability of(Collection<ResultRow> rows) {
        Map<Kind, String> hindrances = new LinkedHashMap<>();
        differ(hindrances, Kind.MACHINE, "processor", rows, env("cpu"));
        differ(hindrances, Kind.MACHINE, "logical cores", rows, env("logical_cores"));
        differ(hindrances, Kind.MACHINE, "usable cores", rows, env("available_cores"));
        differ(hindrances, Kind.MACHINE, "device", rows, ResultRow::device);
        differ(hindrances, Kind.JDK, "JDK", rows, env("jdk_version"));
        differ(hindrances, Kind.JDK, "JDK's vendor", rows, env("jdk_vendor"));
        differ(hindrances, Kind.JDK, "virtual machine", rows, env("vm"));
        differ(hindrances, Kind.DATA, "seed", rows, env("seed"));
        differ(hindrances, Kind.DATA, "fill", rows, env("fill"));
        differ(hindrances, Kind.PACE, "pace", rows, row -> isQuick(row) ? "--quick" : "full");
        List<String> remarks = new ArrayList<>();
        if (rows.stream().anyMatch(row -> row.env() != null && row.env().get("busy") != null)) {
            remarks.add("the machine was busy when a run began");
        }
        if (rows.stream().anyMatch(row -> row.time() != null && Boolean.FALSE.equals(row.time().settled()))) {
            remarks.add(ResultRow.NEVER_SETTLED);
        }
        remark(remarks, "JVM flags", rows, env("jvm_flags"));
        remark(remarks, "libraries", rows, env("libraries"));
        remark(remarks, "system", rows, env("os"));
        remark(remarks, "kernel", rows, env("kernel"));
        remark(remarks, "frequency governor", rows, env("governor"));
        return new Comparability(hindrances, List.copyOf(remarks));
    }

    private static Function<ResultRow, Object> env(String key) {
        return row -> row.env() == null ? null : row.env().get(key);
    }

    /** A row carries no pace, but the command that repeats it does. */
    private static boolean isQuick(ResultRow row) {
        return row.repeat() != null && List.of(row.repeat().split(" ")).contains("--quick");
    }

    /** What is not known is not held to differ. */
    private static List<Object> values(Collection<ResultRow> rows, Function<ResultRow, ?> facet) {
        return rows.stream().<Object>map(facet).filter(Objects::nonNull).distinct().toList();
    }

    private static void differ(
            Map<Kind, String> found, Kind kind, String name, Collection<ResultRow> rows, Function<ResultRow, ?> facet) {
        List<Object> values = values(rows, facet);
        if (values.size() > 1) {
            found.merge(kind, "another %s (%s)".formatted(name, listed(values)), (one, other) -> one + ", " + other);
        }
    }

    private static void remark(List<String> remarks, String name, Collection<ResultRow> rows, Function<ResultRow, ?> facet) {
        List<Object> values = values(rows, facet);
        if (values.size() > 1) {
            remarks.add("not the same %s: %s".formatted(name, listed(values)));
        }
    }

    private static String listed(List<Object> values) {
        return String.join(" and ", values.stream().map(value -> {
            String text = value.toString();
            return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE - 1) + "…";
        }).toList());
    }
}
