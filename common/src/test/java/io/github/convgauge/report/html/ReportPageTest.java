package io.github.convgauge.report.html;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.github.convgauge.report.ResultFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as a browser sees it. */
@RequiresBrowser
class ReportPageTest {
    private static final int MANY = 10_000;
    private static final long OPENS_MS = 3000;
    private static final long FILTERS_MS = 200;
    private static final String TICK = """
            const menu = document.querySelector(`.facet[data-key=${args[0]}]`);
            menu.open = true;
            // It is filled when it opens, which the browser tells a little later.
            while (!menu.querySelector('label')) { await new Promise((r) => setTimeout(r, 10)); }
            await new Promise((r) => setTimeout(r, 50));
            const box = [...menu.querySelectorAll('label')].find((label) => label.querySelector('bdi').textContent === args[1]).querySelector('input');
            const before = performance.now();
            box.click();
            await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
            menu.open = false;
            return performance.now() - before;""";

    @TempDir
    private Path folder;
    private static Browser browser;

    @BeforeAll
    static void open() {
        browser = new Browser(1280, 900, false);
        System.out.println("browser lane: " + browser.version());
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    private Path page(List<ObjectNode> rows) throws IOException {
        Path file = SampleRows.write(folder.resolve("rows.jsonl"), rows);
        Report report = new Report(List.of(file), ResultFiles.read(List.of(file)));
        // Not writeString, which refuses halves of characters.
        return Files.write(folder.resolve("page.html"), ReportPage.of(report, "convgauge test").getBytes(StandardCharsets.UTF_8));
    }

    private void clean() {
        assertEquals(List.of(), browser.console());
        List<String> requests = browser.requests();
        assertTrue(requests.stream().allMatch(address -> address.startsWith("file://") && address.endsWith("/page.html")), requests.toString());
    }

    @Test
    void everyChartDrawsWithItsIntervals() throws IOException {
        List<ObjectNode> rows = SampleRows.sweep(270, 3);
        browser.open(page(rows));
        browser.lookAtAllCharts();
        for (String chart : List.of("time", "speedup", "size", "roofline", "stages", "agreement")) {
            assertTrue(browser.count("return document.querySelectorAll('#chart-' + args[0] + ' .plot svg path').length;", chart) > 5, chart);
            assertFalse(browser.text("return document.querySelector('#chart-' + args[0] + ' .caption').textContent;", chart).startsWith("No row"), chart);
        }
        String problem = browser.text("return panels[0].chosen.problem;");
        String dtype = browser.text("return panels[0].chosen.dtype;");
        double[] medians = rows.stream()
                .filter(row -> row.get("problem").asText().equals(problem) && row.get("dtype").asText().equals(dtype) && row.has("time"))
                .mapToDouble(row -> row.get("time").get("median_ns").doubleValue()).sorted().limit(40).toArray();
        assertTrue(medians.length > 10, "made-up rows");
        String points = "panels[0].drawing.getOption().series.filter((s) => s.type === args[0]).flatMap((s) => s.data)";
        double[] drawn = ((List<?>) browser.run("return " + points + ".map((point) => point.value[0]);", "scatter")).stream()
                .mapToDouble(value -> ((Number) value).doubleValue()).sorted().toArray();
        assertArrayEquals(medians, drawn, medians[medians.length - 1] * 1e-6);
        // An interval for each, which lies around it.
        assertEquals(medians.length, browser.count("return " + points + ".filter(([low, high, at]) => low < high).length;", "custom"));
        assertTrue(browser.count("return document.querySelectorAll('#chart-time .plot svg path').length;") >= 3L * medians.length);
        clean();
    }

    @Test
    void filtersLeaveTheRowsThatTheySay() throws IOException {
        List<ObjectNode> rows = SampleRows.sweep(1000, 4);
        browser.open(page(rows));
        String matches = "return document.getElementById('matches').textContent;";
        browser.look("rows");
        assertEquals("1,000 of 1,000 rows", browser.text(matches));
        for (Map.Entry<String, String> filter : Map.of("device", "NVIDIA H100 80GB HBM3", "dtype", "f64", "status", "FAILED").entrySet()) {
            browser.run(TICK, filter.getKey(), filter.getValue());
            long expected = rows.stream().filter(row -> row.get(filter.getKey()).asText().equals(filter.getValue())).count();
            assertEquals(expected + " of 1,000 rows", browser.text(matches));
            // The charts above may have become shorter, and the table be out of view.
            browser.look("rows");
            assertEquals(Math.min(expected, 50), browser.count("return document.querySelectorAll('#table tbody tr').length;"));
            assertEquals(List.of(filter.getValue()), browser.run(
                    "return [...new Set([...document.querySelectorAll('#table tbody tr')].map((tr) => text(args[0], Number(tr.dataset.row))))];", filter.getKey()));
            browser.run("document.getElementById('clear').click();");
        }
        browser.run("const box = document.getElementById('search'); box.value = 'failed  Winograd'; box.dispatchEvent(new Event('input'));");
        assertEquals(rows.stream().filter(row -> row.get("algorithm").asText().contains("winograd") && row.get("status").asText().equals("FAILED")).count() + " of 1,000 rows",
                browser.text(matches));
        browser.run("document.getElementById('clear').click();");
        clean();
    }

    @Test
    void sortsByTheNumberNotItsText() throws IOException {
        browser.open(page(SampleRows.sweep(1000, 5)));
        browser.look("rows");
        String medians = "return [...document.querySelectorAll('#table tbody tr')].map((tr) => number('median_ns', Number(tr.dataset.row)));";
        for (int turn = 0; turn < 2; turn++) {
            browser.run("document.querySelector('#table th[data-key=median_ns] button').click();");
            double[] shown = ((List<?>) browser.run(medians)).stream().mapToDouble(value -> ((Number) value).doubleValue()).toArray();
            double[] sorted = shown.clone();
            Arrays.sort(sorted);
            for (int i = 0; turn == 1 && i < sorted.length / 2; i++) {
                double low = sorted[i];
                sorted[i] = sorted[sorted.length - 1 - i];
                sorted[sorted.length - 1 - i] = low;
            }
            assertEquals(50, shown.length);
            assertArrayEquals(sorted, shown);
        }
        clean();
    }

    @Test
    void everyRowThatDidNotPassHasItsCommand() throws IOException {
        List<ObjectNode> rows = SampleRows.sweep(300, 6);
        browser.open(page(rows));
        browser.look("others");
        List<String> commands = new ArrayList<>();
        while (true) {
            ((List<?>) browser.run("return [...document.querySelectorAll('#others-list code')].map((code) => code.textContent);"))
                    .forEach(command -> commands.add(command.toString()));
            if (browser.count("const next = document.querySelector('#others-pager button[aria-label=\"next page\"]'); if (!next || next.disabled) return 0; next.click(); return 1;") == 0) {
                break;
            }
        }
        List<String> expected = rows.stream().filter(row -> !row.get("status").asText().equals("PASSED")).map(row -> row.get("repeat").asText()).sorted().toList();
        assertEquals(expected, commands.stream().sorted().toList());
        clean();
    }

    @Test
    void hostileTextsStayText() throws IOException {
        String image = "<img src=x onerror=window.hacked=1>";
        String script = "</script><script>window.hacked=2</script><!--";
        List<String> texts = List.of(image, script, "' onmouseover='window.hacked=3", "\u202Egnp.exe \u2066\u05D0\u05D1", "a\u2028b\u2029c\0", "{{scripts}}{{data}}",
                "__proto__", "javascript:window.hacked=4", "{a|b} {b0}", "x".repeat(5000), "\uD83D\uDE00 \uD83D");
        List<ObjectNode> rows = new ArrayList<>();
        List<ObjectNode> ordinary = SampleRows.sweep(400, 7);
        for (int i = 0; i < ordinary.size(); i++) {
            String text = texts.get(i % texts.size());
            Map<String, Object> fields = new HashMap<>(Map.of(
                    "device", text, "algorithm", text, "reason", text, "proof", text, "backend", i % 3 == 0 ? text : "cpu", "repeat", text, "regime", text,
                    "env", Map.of("cpu", text, text, text, "git_revision", text, "busy", i % 2 == 0 ? text : "")));
            String name = text.replaceAll("[\"\\p{Cntrl}]", "");
            fields.put("problem", ordinary.get(i).get("problem").asText().replaceFirst("_n\".*", "") + "_n\"" + name + "\"");
            rows.add(SampleRows.with(ordinary.get(i), fields));
        }
        browser.open(page(rows));
        browser.lookAtAllCharts();
        browser.look("others");
        browser.look("environment");
        browser.look("rows");
        long tooltips = browser.count("""
                document.querySelectorAll('#table .open').forEach((button, at) => { if (at < 12) { document.querySelectorAll('#table .open')[at].click(); } });
                for (const menu of document.querySelectorAll('details')) { menu.open = true; await new Promise((r) => setTimeout(r, 5)); }
                for (const panel of panels.filter((each) => each.drawing)) {
                  panel.drawing.getOption().series.forEach((s, at) => panel.drawing.dispatchAction({ type: 'showTip', seriesIndex: at, dataIndex: 0 }));
                  await new Promise((r) => setTimeout(r, 50));
                }
                return document.querySelectorAll('.tooltip').length;""");
        assertTrue(tooltips > 0, "tooltips were shown");
        browser.print();
        assertEquals("undefined", browser.text("return typeof window.hacked;"));
        assertEquals(0, browser.count("return document.querySelectorAll('img, iframe, object, [onerror], [onmouseover]').length;"));
        // The data, the library and the page's own.
        assertEquals(1 + 1 + ReportPage.SCRIPTS.size(), browser.count("return document.scripts.length;"));
        for (String shown : List.of(image, script)) {
            assertTrue(browser.count("return [...document.querySelectorAll('#table bdi')].filter((cell) => cell.textContent === args[0]).length;", shown) > 0, shown);
        }
        String chart = browser.text("""
                const panel = panels[0];
                panel.chosen.problem = panel.chart.choices(ALL_ROWS)[0].values.find(([problem]) => problem.includes('<img'))[0];
                drawPanel(panel);
                return document.querySelector('#chart-time svg').textContent;""");
        assertTrue(chart.contains("<img src"), chart);
        assertTrue(browser.count("return document.documentElement.scrollWidth;") <= 1280, "long names stay on the page");
        clean();
    }

    @Test
    void nothingLeavesThePageEvenIfAsked() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            exchange.sendResponseHeaders(204, -1);
        });
        server.start();
        try {
            browser.open(page(SampleRows.sweep(50, 8)));
            clean();
            browser.run("""
                    const address = `http://127.0.0.1:${args[0]}/`;
                    await fetch(address).catch(() => {});
                    const image = new Image(); image.src = address; document.body.append(image);
                    const frame = document.createElement('iframe'); frame.src = address; document.body.append(frame);
                    const script = document.createElement('script'); script.textContent = 'window.hacked = 1'; document.body.append(script);
                    await new Promise((r) => setTimeout(r, 300));""", server.getAddress().getPort());
            assertEquals(0, asked.get());
            assertEquals("undefined", browser.text("return typeof window.hacked;"));
            // What was refused is in the console, so that an empty console means something.
            assertTrue(browser.console().size() >= 3);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void tenThousandRowsOpenAndFilterFast() throws IOException {
        Path page = page(SampleRows.sweep(MANY, 9));
        long before = System.nanoTime();
        browser.open(page);
        long opened = (System.nanoTime() - before) / 1_000_000;
        assertTrue(opened < OPENS_MS, "opened after " + opened + " ms");
        Map<String, List<Long>> filtered = new LinkedHashMap<>();
        // With each chart in view, and the table.
        for (String place : List.of("chart-time", "chart-speedup", "chart-size", "chart-roofline", "chart-stages", "chart-agreement", "rows", "others")) {
            List<Long> millis = new ArrayList<>();
            for (String[] filter : new String[][] {{"device", "AMD EPYC 9V33X"}, {"dtype", "f32"}, {"status", "PASSED"}}) {
                for (int turn = 0; turn < 2; turn++) {
                    browser.look(place);
                    millis.add(Math.round(((Number) browser.run(TICK, filter[0], filter[1])).doubleValue()));
                }
            }
            filtered.put(place, millis);
        }
        System.out.println("10,000 rows: opened in " + opened + " ms, filtered in " + filtered + " ms, " + Files.size(page) / 1_000_000 + " MB");
        // The least of the six: what the page costs, where a machine that does something else at the time makes the others longer.
        filtered.forEach((place, millis) -> assertTrue(Collections.min(millis) < FILTERS_MS, place + " filtered in " + millis + " ms"));
        clean();
    }

    @Test
    void printsEveryChartOnLightPaper() throws IOException {
        browser.open(page(SampleRows.sweep(200, 10)));
        browser.run("document.getElementById('theme').click();");
        assertEquals("dark", browser.text("return document.documentElement.dataset.theme;"));
        browser.run("addEventListener('beforeprint', () => { window.onPaper = [document.documentElement.dataset.theme, document.querySelectorAll('.plot svg').length]; });");
        byte[] pdf = browser.print();
        assertTrue(new String(pdf, 0, 5, StandardCharsets.US_ASCII).equals("%PDF-") && pdf.length > 50_000, "pages");
        assertEquals(List.of("light", 6L), browser.run("return window.onPaper;"));
        assertEquals("dark", browser.text("return document.documentElement.dataset.theme;"));
        browser.run("document.getElementById('theme').click();");
        clean();
    }

    @Test
    void fitsAPhoneInTheDark() throws IOException {
        try (Browser phone = new Browser(390, 844, true)) {
            phone.open(page(SampleRows.sweep(300, 11)));
            phone.lookAtAllCharts();
            assertEquals("dark", phone.text("return document.documentElement.dataset.theme;"));
            assertEquals(390, phone.count("return document.documentElement.scrollWidth;"));
            assertEquals(List.of(), phone.console());
        }
    }
}
