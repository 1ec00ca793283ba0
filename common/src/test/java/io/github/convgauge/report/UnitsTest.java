package io.github.convgauge.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0", "1, 1.00", "1.234, 1.23", "12.34, 12.3", "123.4, 123", "1234.4, 1234", "123456, 123456",
        "0.01234, 0.0123", "0.00001234, 0.0000123", "-1.234, -1.23",
        // Rounding that carries over.
        "0.9996, 1.00", "9.996, 10.0", "99.96, 100", "0.09996, 0.100", "999.6, 1000",
        "NaN, NaN", "Infinity, Infinity"
    })
    void threeSignificantDigits(double value, String text) {
        assertEquals(text, Units.digits(value));
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1.00 ns", "999.4, 999 ns", "999.6, 1.00 µs", "1000, 1.00 µs", "999_400, 999 µs", "999_600, 1.00 ms",
        "1_234_567, 1.23 ms", "999_600_000, 1.00 s", "12_345_678_901, 12.3 s", "3_600_000_000_000, 3600 s"
    })
    void timesInTheUnitThatFits(String nanos, String text) {
        assertEquals(text, Units.time(Double.parseDouble(nanos.replace("_", ""))));
    }

    @ParameterizedTest
    @CsvSource({"0, 0 B", "1023, 1023 B", "1024, 1.0 KiB", "1536, 1.5 KiB", "1073741824, 1.0 GiB", "9.3e18, 8.1 EiB", "9.3e24, 8066464.2 EiB"})
    void bytes(double bytes, String text) {
        assertEquals(text, Units.bytes(bytes));
    }

    @Test
    void theSameInEveryLocale() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            assertEquals("1.23 ms", Units.time(1.23e6));
            assertEquals("1.5 KiB", Units.bytes(1536));
        } finally {
            Locale.setDefault(before);
        }
    }
}
