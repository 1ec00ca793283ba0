package io.github.convgauge.report;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.ArrayList;
import java.util.List;

/** A table of words, in the style of {@link ResultTable}. */
final class TextTable {
    private final List<Column> columns = new ArrayList<>();
    private final List<String[]> rows = new ArrayList<>();

    TextTable text(String header) {
        columns.add(new Column().header(header).headerAlign(HorizontalAlign.LEFT).dataAlign(HorizontalAlign.LEFT).maxWidth(80));
        return this;
    }

    TextTable number(String header) {
        columns.add(new Column().header(header).headerAlign(HorizontalAlign.RIGHT).dataAlign(HorizontalAlign.RIGHT));
        return this;
    }

    /** @param cells as many as there are columns */
    void row(String... cells) {
        rows.add(cells);
    }

    @Override
    public String toString() {
        return AsciiTable.getTable(
                AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS, columns.toArray(Column[]::new), rows.toArray(String[][]::new));
    }
}
