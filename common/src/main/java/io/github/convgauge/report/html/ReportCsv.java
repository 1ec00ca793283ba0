package io.github.convgauge.report.html;

import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;

/** The table as comma-separated values (RFC 4180), all columns, unrounded, in the units that the header names. */
public final class ReportCsv {
    /**
     * What makes a spreadsheet take a cell for a formula, or its full-width twin
     * (OWASP, CSV Injection: = + - @ tab, carriage return, line feed).
     */
    private static final String FORMULA_STARTS = "=+-@\t\r\n＝＋－＠";

    private ReportCsv() {}

    public static String of(Report report) {
        CsvSchema.Builder schema = CsvSchema.builder().setUseHeader(true);
        Column.ALL.forEach(column -> schema.addColumn(column.key()));
        StringWriter text = new StringWriter();
        try (SequenceWriter writer = new CsvMapper().writer(schema.build()).writeValues(text)) {
            for (Report.Row row : report.rows()) {
                Map<String, Object> cells = new LinkedHashMap<>();
                Column.ALL.forEach(column -> cells.put(column.key(), cell(column.value().apply(row))));
                writer.write(cells);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static Object cell(Object value) {
        return switch (value) {
            case null -> null;
            case String words -> harmless(words);
            // Without an exponent, which not every spreadsheet reads back.
            case Double number -> number == Math.rint(number) && Math.abs(number) < 1e15
                    ? BigDecimal.valueOf(number).toBigInteger()
                    : number;
            default -> value;
        };
    }

    /** Text that no spreadsheet executes: an apostrophe before it says that it is text. */
    static String harmless(String text) {
        return !text.isEmpty() && FORMULA_STARTS.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }
}
