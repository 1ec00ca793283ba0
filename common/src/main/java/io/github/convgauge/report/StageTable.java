package io.github.convgauge.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where the time of device rows goes, stage by stage. */
final class StageTable {
    private static final String TITLE =
            "Stages: medians of profiled executions of their own, which disturb the total; kernel is all kernels by the device's clock";
    /** Known to every row, and no part of an execution. */
    private static final String PREPARE = "prepare";
    private static final String KERNEL = "kernel";
    /** In the order of an execution, compilation last; a stage that is not here follows under its own name. */
    private static final Map<String, String> HEADERS = headers();

    private StageTable() {}

    private static Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("copy_in", "copy in");
        headers.put("im2col", "im2col");
        headers.put("gemm", "GEMM");
        headers.put("direct", "direct");
        headers.put("copy_out", "copy out");
        headers.put("dispatch", "dispatch");
        headers.put("graal_compile", "Graal compile");
        headers.put("driver_compile", "driver compile");
        return headers;
    }

    /** Empty where no device row shows its stages. */
    static String of(List<ResultRow> rows) {
        List<ResultRow> shown = rows.stream()
                .filter(row -> row.onDevice() && row.stages().keySet().stream().anyMatch(stage -> !stage.equals(PREPARE)))
                .toList();
        if (shown.isEmpty()) {
            return "";
        }
        List<TableColumn> columns = new ArrayList<>();
        columns.add(TableColumn.text("backend", ResultRow::backend));
        columns.add(TableColumn.text("device", row -> ResultTable.shortened(row.device())));
        columns.add(TableColumn.text("algorithm", ResultRow::algorithm));
        columns.add(TableColumn.text("regime", ResultRow::regime));
        if (shown.stream().anyMatch(row -> "cold".equals(row.cache()))) {
            columns.add(TableColumn.text("cache", ResultRow::cache));
        }
        columns.add(TableColumn.text("dtype", ResultRow::dtype));
        List<TableColumn> figures = new ArrayList<>();
        figures.add(stage(KERNEL, KERNEL));
        figures.add(TableColumn.number("% of peak", row -> row.kernelPercentOfPeak() == null
                ? TableColumn.NONE
                : Units.digits(row.kernelPercentOfPeak())));
        stages(shown).forEach(name -> figures.add(stage(name, HEADERS.getOrDefault(name, name.replace('_', ' ')))));
        figures.stream().filter(column -> column.isUsed(shown)).forEach(columns::add);
        return TITLE + "\n" + TableColumn.table(shown, columns) + "\n";
    }

    private static Set<String> stages(List<ResultRow> rows) {
        Set<String> stages = new LinkedHashSet<>(HEADERS.keySet());
        rows.forEach(row -> stages.addAll(row.stages().keySet()));
        stages.removeAll(List.of(PREPARE, KERNEL));
        return stages;
    }

    private static TableColumn stage(String name, String header) {
        return TableColumn.number(header, row -> {
            Long nanos = row.stages().get(name);
            return nanos == null ? TableColumn.NONE : Units.time(nanos);
        });
    }
}
