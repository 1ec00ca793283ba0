package io.github.convgauge.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import io.github.convgauge.report.ResultRow;
import java.util.ArrayList;
import java.util.List;

/** The JSON Schema that ships with the lines of {@code crossover}; the rows in them have that of result lines. */
final class CrossoverSchema {
    private static final JsonSchema SCHEMA = JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(ResultRow.class.getResourceAsStream("crossover.schema.json"));

    private CrossoverSchema() {}

    /** What is wrong with a line. */
    static List<String> complaints(JsonNode line) {
        List<String> complaints = new ArrayList<>(
                SCHEMA.validate(line).stream().map(ValidationMessage::getMessage).sorted().toList());
        if (line.path("kind").asText().equals("row") && line.has("row")) {
            complaints.addAll(ResultSchema.complaints(line.get("row")));
        }
        return complaints;
    }
}
