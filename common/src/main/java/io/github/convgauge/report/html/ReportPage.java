package io.github.convgauge.report.html;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The report as one page that needs nothing but itself: styles, scripts and the chart library are in it, and the
 * rows are data, not markup. Its content security policy lets nothing be loaded, and nothing run but what is named by its hash.
 */
public final class ReportPage {
    private static final String CHART_LIBRARY = "echarts";
    /** In the order that they are run in. */
    static final List<String> SCRIPTS = List.of(
            "data.js", "words.js", "views.js", "filters.js", "table.js", "others.js", "theme.js", "marks.js", "picks.js", "layers.js",
            "chart-time.js", "chart-speedup.js", "chart-rates.js", "chart-stages.js", "chart-agreement.js", "panels.js", "page.js");
    private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");
    private static final Pattern LIBRARY_VERSION = Pattern.compile("[0-9.]+");
    /** Digits that a chart or a rounded cell can show, and a few more; CSV has all. */
    private static final MathContext SHOWN = new MathContext(7);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Report report;

    private ReportPage(Report report) {
        this.report = report;
    }

    /**
     * Writes the page.
     *
     * @param generator what made it, for its foot
     */
    public static String of(Report report, String generator) {
        return new ReportPage(report).page(generator);
    }

    private String page(String generator) {
        String version = libraryVersion();
        String style = resource("report.css");
        List<String> scripts = new ArrayList<>();
        scripts.add(library(version));
        SCRIPTS.forEach(name -> scripts.add(resource(name)));
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("policy", policy(style, scripts));
        parts.put("style", style);
        parts.put("library_version", version);
        parts.put("data", embedded(data(generator)));
        parts.put("scripts", String.join("\n", scripts.stream().map(script -> "<script>" + script + "</script>").toList()));
        // In one pass: what stands in the data is no place.
        return PLACE.matcher(resource("report.html")).replaceAll(place -> {
            String part = parts.get(place.group(1));
            if (part == null) {
                throw new IllegalStateException("the page's template has a place for " + place.group(1) + ", which there is not");
            }
            return Matcher.quoteReplacement(part);
        });
    }

    private static String policy(String style, List<String> scripts) {
        return "default-src 'none'; script-src %s; style-src %s; base-uri 'none'; form-action 'none'".formatted(
                String.join(" ", scripts.stream().map(ReportPage::hash).toList()), hash(style));
    }

    /** As a policy names what stands between two tags. */
    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String libraryVersion() {
        Properties properties = new Properties();
        try (InputStream in = stream("/META-INF/maven/org.webjars/" + CHART_LIBRARY + "/pom.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String version = properties.getProperty("version");
        if (version == null || !LIBRARY_VERSION.matcher(version).matches()) {
            throw new IllegalStateException("the chart library's version is '" + version + "'");
        }
        return version;
    }

    private static String library(String version) {
        return script("/META-INF/resources/webjars/%s/%s/echarts.min.js".formatted(CHART_LIBRARY, version));
    }

    private static String resource(String name) {
        return script("/io/github/convgauge/report/html/" + name);
    }

    /** A script or style that may stand between two tags; browsers read every line end as one line feed before they hash. */
    private static String script(String path) {
        try (InputStream in = stream(path)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n").replace('\r', '\n');
            if (!path.endsWith(".html") && (text.contains("</script") || text.contains("</style") || text.contains("<!--"))) {
                throw new IllegalStateException(path + " cannot stand between two tags");
            }
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream stream(String path) {
        InputStream in = ReportPage.class.getResourceAsStream(path);
        if (in == null) {
            throw new IllegalStateException("there is no " + path + " on the class path");
        }
        return in;
    }

    /**
     * JSON that may stand in a script element, whatever its texts hold: nothing in it ends the element, begins a
     * comment or is a line end to JavaScript. Such characters occur in texts alone.
     */
    static String embedded(Object data) {
        try {
            return JSON.writeValueAsString(data)
                    .replace("<", "\\u003c")
                    .replace(">", "\\u003e")
                    .replace("&", "\\u0026")
                    .replace("\u2028", "\\u2028")
                    .replace("\u2029", "\\u2029");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, Object> data(String generator) {
        List<Report.Row> rows = report.rows();
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("generator", generator);
        data.put("files", report.files());
        data.put("machines", report.machines());
        data.put("warnings", report.warnings());
        data.put("basis", report.basis());
        data.put("marks", report.markCounts());
        data.put("count", rows.size());
        data.put("columns", Column.ALL.stream()
                .map(column -> Map.of("key", column.key(), "title", column.title(), "kind", column.kind().name(), "shown", column.everywhere()))
                .toList());
        Map<String, Object> values = new LinkedHashMap<>();
        Column.ALL.forEach(column -> values.put(column.key(), column.isText()
                ? texts(column.value().andThen(value -> value == null ? null : value.toString()))
                : rows.stream().map(row -> rounded(column.value().apply(row))).toList()));
        data.put("values", values);
        data.put("bytes", rows.stream().map(row -> rounded(bytes(row))).toList());
        data.put("stages", stages());
        data.put("environments", texts(row -> embeddedEnvironment(row.result().env())));
        return data;
    }

    /** Texts, each of which is written once. */
    private Map<String, Object> texts(Function<Report.Row, String> value) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        List<Integer> index = new ArrayList<>();
        for (Report.Row row : report.rows()) {
            String text = value.apply(row);
            index.add(text == null ? Integer.valueOf(-1) : numbers.computeIfAbsent(text, key -> numbers.size()));
        }
        return Map.of("texts", List.copyOf(numbers.keySet()), "index", index);
    }

    /** Nanoseconds by stage; a stage that a row has not is null. */
    private Map<String, List<Long>> stages() {
        TreeSet<String> names = new TreeSet<>();
        report.rows().forEach(row -> names.addAll(row.result().stages().keySet()));
        Map<String, List<Long>> stages = new LinkedHashMap<>();
        names.forEach(name -> stages.put(name, report.rows().stream().map(row -> row.result().stages().get(name)).toList()));
        return stages;
    }

    /** What the row's convolution moves at the least: x, w and y once each. */
    private static double bytes(Report.Row row) {
        double elementBytes = row.result().dtype().equals("f64") ? Double.BYTES : Float.BYTES;
        double elements = 0;
        for (long[] sizes : List.of(row.problem().xSizes(), row.problem().wSizes(), row.problem().ySizes())) {
            double product = 1;
            for (long size : sizes) {
                product *= size;
            }
            elements += product;
        }
        return elements * elementBytes;
    }

    private static String embeddedEnvironment(Map<String, Object> env) {
        try {
            return JSON.writeValueAsString(env);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object rounded(Object value) {
        return value instanceof Double number && Double.isFinite(number) ? new BigDecimal(number).round(SHOWN).doubleValue() : value;
    }
}
