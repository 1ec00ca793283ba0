package io.github.convgauge.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers for people: three significant digits and a unit. */
public final class Units {
    private static final double KILO = 1000;
    private static final double KIBI = 1024;
    private static final MathContext SHOWN = new MathContext(3);

    private Units() {}

    /** For example {@code 1.23 ms}. */
    public static String time(double nanos) {
        double shown = rounded(nanos);
        if (shown < KILO) {
            return digits(nanos) + " ns";
        }
        if (shown < KILO * KILO) {
            return digits(nanos / KILO) + " µs";
        }
        if (shown < KILO * KILO * KILO) {
            return digits(nanos / (KILO * KILO)) + " ms";
        }
        return digits(nanos / (KILO * KILO * KILO)) + " s";
    }

    /** For example {@code 1.5 GiB}. */
    public static String bytes(double bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
        int unit = 0;
        double value = bytes;
        while (value >= KIBI && unit < units.length - 1) {
            value /= KIBI;
            unit++;
        }
        return (unit == 0 ? Long.toString((long) bytes) : String.format(Locale.ROOT, "%.1f", value)) + " " + units[unit];
    }

    /** Three significant digits, never in exponent form: {@code 0.0123}, {@code 1.23}, {@code 123}, {@code 1234}. */
    public static String digits(double value) {
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        if (value == 0) {
            return "0";
        }
        int magnitude = (int) Math.floor(Math.log10(Math.abs(rounded(value))));
        return String.format(Locale.ROOT, "%." + Math.clamp(2L - magnitude, 0, 9) + "f", value);
    }

    /** To three significant digits, which may carry over to the next power of ten. */
    private static double rounded(double value) {
        return Double.isFinite(value) ? new BigDecimal(value).round(SHOWN).doubleValue() : value;
    }
}
