package io.github.convgauge.report.html;

import io.github.convgauge.report.ResultRow;
import io.github.convgauge.report.Units;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The machines of a report, told apart by processor, cores, memory and system: results carry no host names. */
final class Machines {
    private static final double GIB = 1L << 30;

    private final Map<String, String> names = new LinkedHashMap<>();

    Machines(List<ResultRow> rows) {
        rows.forEach(row -> names.computeIfAbsent(description(row), text -> letter(names.size())));
    }

    /** A, B, …, Z, AA, AB, … */
    private static String letter(int index) {
        String last = Character.toString('A' + index % 26);
        return index < 26 ? last : letter(index / 26 - 1) + last;
    }

    private static String description(ResultRow row) {
        Map<String, Object> env = row.env();
        List<String> parts = new ArrayList<>();
        parts.add(String.valueOf(env.getOrDefault("cpu", "unknown processor")));
        if (env.get("logical_cores") != null) {
            parts.add(env.get("logical_cores") + " logical cores");
        }
        if (env.get("memory_total_bytes") instanceof Number bytes) {
            // Rounded, since a system holds back a little more or less of it at each start.
            parts.add(Units.bytes(Math.max(1, Math.round(bytes.doubleValue() / GIB)) * GIB));
        }
        if (env.get("os") != null) {
            parts.add(env.get("os").toString());
        }
        return String.join(", ", parts);
    }

    /** A letter for the machine of a row. */
    String of(ResultRow row) {
        return names.get(description(row));
    }

    /** What each is, by letter. */
    Map<String, String> descriptions() {
        Map<String, String> byLetter = new LinkedHashMap<>();
        names.forEach((text, letter) -> byLetter.put(letter, text));
        return byLetter;
    }
}
