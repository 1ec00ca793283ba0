package io.github.convgauge.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LaunchTextTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("SDK", "/opt/a.b$1\\", "EMPTY", "");
    private final LaunchText text = new LaunchText(ENVIRONMENT::get, 3);

    @Test
    void variablesAreReplacedByTheirValuesAsTheyAre() {
        assertEquals("/opt/a.b$1\\/lib:3:" + Runtime.version().feature(), text.expand("${SDK}/lib:${threads}:${java}"));
        assertEquals("$SDK {SDK} ${} $$", text.expand("$SDK {SDK} ${} $$"));
    }

    @Test
    void whatIsNotSetOrEmptyIsFound() {
        assertEquals(Optional.empty(), text.unset("${SDK} ${threads} ${java}"));
        assertEquals(Optional.of("EMPTY"), text.unset("${SDK} ${EMPTY} ${NONE}"));
        assertEquals("/opt/a.b$1\\ $NONE $EMPTY", text.show("${SDK} ${NONE} ${EMPTY}"));
    }

    @Test
    void inARegexAValueStandsForItselfOnly() {
        Pattern pattern = Pattern.compile(text.expandIntoRegex("^home=${SDK} v[0-9]$"));
        assertEquals(true, pattern.matcher("home=/opt/a.b$1\\ v5").find());
        assertEquals(false, pattern.matcher("home=/opt/aXb$1\\ v5").find());
    }
}
