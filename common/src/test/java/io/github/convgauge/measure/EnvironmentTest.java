package io.github.convgauge.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {
    private static final long MIB = 1 << 20;

    /** A machine of four cores. */
    static Environment machine(CacheSizes caches, double load) {
        return new Environment(
                "unknown", Optional.empty(), "unknown", new Jvm("vendor", "25", "vm", List.of(), List.of()),
                "cpu", 4, 4, 4, caches, 1, 1, "os", "kernel", Optional.empty(), false, Optional.of(load));
    }

    @Test
    void thisMachineIsDescribed() {
        Environment here = Environment.capture();
        assertFalse(here.cpu().isBlank());
        assertTrue(here.physicalCores() >= 1 && here.physicalCores() <= here.logicalCores(), here.toString());
        assertTrue(here.availableCores() >= 1);
        assertTrue(here.memoryTotalBytes() >= here.memoryAvailableBytes() && here.memoryAvailableBytes() > 16 * MIB, here.toString());
        assertTrue(here.lastLevelCacheBytes() >= here.l2Bytes() && here.l2Bytes() >= here.l1dBytes(), here.toString());
        assertTrue(here.lastLevelCaches() >= 1);
        assertTrue(here.gitRevision().matches("[0-9a-f]{40}|unknown"), here.gitRevision());
        assertEquals(Runtime.version().toString(), here.jvm().version());
    }

    @Test
    void nothingIsPrinted() {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (PrintStream both = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setOut(both);
            System.setErr(both);
            Environment.capture();
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        assertEquals("", printed.toString(StandardCharsets.UTF_8));
    }

    @Test
    void theMapIsJson() {
        JsonNode json = new ObjectMapper().valueToTree(machine(new CacheSizes(32768, MIB, 0, 0), 2.5).toMap());
        assertEquals(32768, json.get("l1d_bytes").asLong());
        assertTrue(json.get("l3_bytes").isNull(), "what is unknown is null, not 0");
        assertTrue(json.get("git_dirty").isNull());
        assertTrue(json.get("jvm_flags").isArray());
        assertTrue(json.get("busy").isTextual());
        for (JsonNode value : json) {
            assertTrue(value.isValueNode() || value.isArray(), "a plain value is expected, not " + value);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, false", "2, false", "2.01, true", "17, true"})
    void moreThanHalfTheCoresIsBusy(double load, boolean busy) {
        assertEquals(busy, machine(CacheSizes.UNKNOWN, load).busy().isPresent());
    }

    @Test
    void theBusySentenceHasTheNumbers() {
        String sentence = machine(CacheSizes.UNKNOWN, 3.456).busy().orElseThrow();
        assertTrue(sentence.contains("3.46 on 4 cores"), sentence);
    }

    @ParameterizedTest
    @CsvSource({
        // L2, L3, the last level
        "1048576, 16777216, 16777216",
        "1048576, 0, 33554432",
        "50331648, 0, 50331648",
        "0, 0, 33554432",
    })
    void theLastLevelIsGuessedUpwards(long l2, long l3, long last) {
        assertEquals(last, machine(new CacheSizes(32768, l2, l3, l3 > 0 ? 1 : 0), 0).lastLevelCacheBytes());
        assertEquals(1, machine(new CacheSizes(32768, l2, l3, l3 > 0 ? 1 : 0), 0).lastLevelCaches());
    }

    @Test
    void aMissingGitFileIsNoError() {
        assertTrue(EnvironmentProbe.gitProperties(null).isEmpty());
        Properties git = EnvironmentProbe.gitProperties(
                new ByteArrayInputStream("git.commit.id=abc\ngit.dirty=true\n".getBytes(StandardCharsets.ISO_8859_1)));
        assertEquals("abc", git.getProperty("git.commit.id"));
        Properties broken = EnvironmentProbe.gitProperties(
                new ByteArrayInputStream("git.commit.id=\\u12\n".getBytes(StandardCharsets.ISO_8859_1)));
        assertNull(broken.getProperty("git.commit.id"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "Intel(R) Xeon(R)   Gold 6148 CPU | Intel(R) Xeon(R) Gold 6148 CPU",
        "AMD EPYC | AMD EPYC (family 25, model 17, stepping 1)",
        "- | AuthenticAMD (family 25, model 17, stepping 1)",
        "'' | AuthenticAMD (family 25, model 17, stepping 1)",
    })
    void vagueProcessorNamesGetTheirNumbers(String name, String shown) {
        assertEquals(shown, EnvironmentProbe.cpuName(name, "AuthenticAMD", "25", "17", "1"));
    }

    @Test
    void aControlGroupLimitsTheMemory() {
        EnvironmentProbe.Memory machine = new EnvironmentProbe.Memory(1000, 800);
        assertEquals(new EnvironmentProbe.Memory(1000, 800), machine.within(1000, 300));
        assertEquals(new EnvironmentProbe.Memory(500, 300), machine.within(500, 300));
        assertEquals(new EnvironmentProbe.Memory(900, 800), machine.within(900, 850));
        assertEquals(new EnvironmentProbe.Memory(900, 700), new EnvironmentProbe.Memory(0, 0).within(900, 700));
    }

    @Test
    void smtIsReadOrInferred() {
        assertTrue(EnvironmentProbe.smt(Optional.of("1"), 4, 4));
        assertFalse(EnvironmentProbe.smt(Optional.of("0"), 4, 8));
        assertTrue(EnvironmentProbe.smt(Optional.empty(), 4, 8));
        assertFalse(EnvironmentProbe.smt(Optional.empty(), 4, 4));
    }

    @Test
    void aLoadThatTheSystemDoesNotKeepIsUnknown() {
        assertEquals(Optional.empty(), EnvironmentProbe.load(-1));
        assertEquals(Optional.of(0.0), EnvironmentProbe.load(0));
    }
}
