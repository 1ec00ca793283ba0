package io.github.convgauge.report.html;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A Chromium without a window, with what it says and asks the network for. */
final class Browser implements AutoCloseable {
    static final String ADVICE = "there is no Chromium with chromedriver on the PATH; \"sudo apt-get install chromium chromium-driver\" brings them";
    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome");
    private static final List<String> DRIVERS = List.of("chromedriver");
    private static final String THREW = "the script threw ";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ChromeDriver driver;
    private final String version;

    /** @param dark whether the system asks for dark colours */
    Browser(int width, int height, boolean dark) {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(program(BROWSERS).orElseThrow(() -> new IllegalStateException(ADVICE)).toFile());
        // The sandbox needs rights that containers do not have; the pages are ours.
        options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=" + width + "," + height);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        File driverProgram = program(DRIVERS).orElseThrow(() -> new IllegalStateException(ADVICE)).toFile();
        // A given driver, so that nothing looks for one on the network.
        driver = new ChromeDriver(new ChromeDriverService.Builder().usingDriverExecutable(driverProgram).build(), options);
        driver.manage().timeouts().pageLoadTimeout(PATIENCE).scriptTimeout(PATIENCE);
        version = driver.getCapabilities().getBrowserName() + " " + driver.getCapabilities().getBrowserVersion();
        driver.executeCdpCommand("Emulation.setDeviceMetricsOverride", Map.of(
                "width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
        driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of(
                "features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    static boolean isHere() {
        return program(BROWSERS).isPresent() && program(DRIVERS).isPresent();
    }

    private static Optional<Path> program(List<String> names) {
        List<String> folders = Arrays.asList(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator));
        return names.stream()
                .flatMap(name -> folders.stream().map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    String version() {
        return version;
    }

    void open(Path page) {
        // What went before is another page's.
        console();
        requests();
        driver.get(page.toUri().toString());
        settle();
    }

    /** Runs a script's function body, which may return something, and an awaited promise in particular. */
    Object run(String script, Object... arguments) {
        Object result = driver.executeAsyncScript(
                "const done = arguments[arguments.length - 1]; const args = [...arguments].slice(0, -1);"
                        + "(async () => {" + script + "})().then(done, (e) => done('" + THREW + "' + e.stack));", arguments);
        if (result instanceof String text && text.startsWith(THREW)) {
            throw new AssertionError(text);
        }
        return result;
    }

    long count(String script, Object... arguments) {
        return ((Number) run(script, arguments)).longValue();
    }

    String text(String script, Object... arguments) {
        return String.valueOf(run(script, arguments));
    }

    /** Waits until what was asked for is drawn. */
    void settle() {
        run("await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));");
    }

    /** Brings each chart into view, one after the other, as a reader would. */
    void lookAtAllCharts() {
        for (Object id : (List<?>) run("return [...document.querySelectorAll('.chart')].map((chart) => chart.id);")) {
            look(id.toString());
        }
    }

    /** Brings a part of the page into view. */
    void look(String id) {
        run("document.getElementById(args[0]).scrollIntoView();", id);
        // The observer reports before the second picture, what it asks for follows in the next.
        settle();
        settle();
    }

    /** The page on paper. */
    byte[] print() {
        Map<String, Object> pdf = driver.executeCdpCommand("Page.printToPDF", Map.of("printBackground", true));
        return java.util.Base64.getDecoder().decode(pdf.get("data").toString());
    }

    /** What stands in the console since the last call: errors, warnings and refusals of the content security policy. */
    List<String> console() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream().map(LogEntry::toString).toList();
    }

    /** Addresses that anything asked for since the last call. */
    List<String> requests() {
        ObjectMapper json = new ObjectMapper();
        List<String> addresses = new ArrayList<>();
        for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE).getAll()) {
            try {
                JsonNode message = json.readTree(entry.getMessage()).path("message");
                if (Stream.of("Network.requestWillBeSent", "Network.webSocketCreated").anyMatch(message.path("method").asText()::equals)) {
                    JsonNode parameters = message.path("params");
                    addresses.add(parameters.path("request").path("url").asText(parameters.path("url").asText()));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return addresses;
    }

    @Override
    public void close() {
        driver.quit();
    }
}
