package io.github.convgauge.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import io.github.convgauge.report.ResultRow;
import java.util.List;

/** The JSON Schema that ships with the result lines. */
final class ResultSchema {
    private static final JsonSchema SCHEMA = JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(ResultRow.class.getResourceAsStream("result-row.schema.json"));

    private ResultSchema() {}

    /** What is wrong with a line. */
    static List<String> complaints(JsonNode line) {
        return SCHEMA.validate(line).stream().map(ValidationMessage::getMessage).sorted().toList();
    }
}
