package io.github.convgauge.report;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.List;
import java.util.function.Function;

/** A column of a table of rows. */
record TableColumn(String header, boolean numeric, Function<ResultRow, String> value) {
    /** In place of what does not apply. */
    static final String NONE = "-";

    static TableColumn text(String header, Function<ResultRow, String> value) {
        return new TableColumn(header, false, value);
    }

    static TableColumn number(String header, Function<ResultRow, String> value) {
        return new TableColumn(header, true, value);
    }

    /** Whether some row has something in it. */
    boolean isUsed(List<ResultRow> rows) {
        return rows.stream().map(value).anyMatch(cell -> !cell.equals(NONE));
    }

    static String table(List<ResultRow> rows, List<TableColumn> columns) {
        List<ColumnData<ResultRow>> forTerminal = columns.stream().map(TableColumn::forTerminal).toList();
        return AsciiTable.builder().border(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS).data(rows, forTerminal).asString();
    }

    private ColumnData<ResultRow> forTerminal() {
        HorizontalAlign align = numeric ? HorizontalAlign.RIGHT : HorizontalAlign.LEFT;
        return new Column().header(header).headerAlign(align).dataAlign(align).with(value::apply);
    }
}
