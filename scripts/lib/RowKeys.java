import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Prints which row each line of result files is, and what became of it, sorted; the same row twice is two lines. Fails at a line that is no
 * JSON. Run as a single source file with Jackson on the class path.
 */
final class RowKeys {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private RowKeys() {}

    /** @param args result files */
    public static void main(String[] args) throws IOException {
        List<String> keys = new ArrayList<>();
        for (String file : args) {
            for (String line : Files.readAllLines(Path.of(file))) {
                JsonNode row = JSON.readTree(line);
                keys.add(Stream.of("problem", "dtype", "backend", "hardware", "algorithm", "threads", "regime", "output", "cache", "status")
                        .map(field -> row.get(field).asText())
                        .collect(Collectors.joining("\t")));
            }
        }
        keys.stream().sorted().forEach(System.out::println);
    }
}
