package io.github.convgauge.tensor;

/**
 * How NumPy prints the numbers of one array: all in one width, so that columns line up. The rules are
 * those of IntegerFormat and FloatingFormat (numpy/_core/arrayprint.py) under NumPy's default
 * options: precision 8, floatmode {@code maxprec}, no suppression of small numbers.
 */
final class NumpyNumbers {
    private static final int PRECISION = 8;

    private final DType dtype;
    private final boolean exponential;
    /** Characters before the point, the sign included; for integers, all. */
    private final int left;
    /** Digits behind the point. */
    private final int right;
    /** Digits of the exponent, the sign not included. */
    private final int exponentDigits;
    /** Characters behind the point in all. */
    private final int tail;

    /** @param shown all the numbers that will be printed, and no others */
    NumpyNumbers(DType dtype, double[] shown) {
        this.dtype = dtype;
        int widestLeft = 0;
        int widestRight = 0;
        int widestExponent = 0;
        boolean allFinite = true;
        boolean anyFinite = false;
        boolean negativeInfinity = false;
        exponential = dtype.isFloating() && needsExponent(dtype, shown);
        for (double value : shown) {
            if (!Double.isFinite(value)) {
                allFinite = false;
                negativeInfinity |= value == Double.NEGATIVE_INFINITY;
                continue;
            }
            anyFinite = true;
            if (!dtype.isFloating()) {
                widestLeft = Math.max(widestLeft, Long.toString((long) value).length());
            } else {
                Parts parts = exponential ? scientific(dtype, value, Dragon4.NONE, PRECISION) : positional(dtype, value, PRECISION);
                widestLeft = Math.max(widestLeft, parts.whole.length());
                widestRight = Math.max(widestRight, parts.fraction.length());
                widestExponent = Math.max(widestExponent, parts.exponent.length() - 1);
            }
        }
        right = widestRight;
        exponentDigits = widestExponent;
        // The second term is "e+" and the exponent's digits.
        tail = right + (exponential && anyFinite ? exponentDigits + 2 : 0);
        left = allFinite ? widestLeft : Math.max(widestLeft, (negativeInfinity ? 4 : 3) - (tail + 1));
    }

    private static boolean needsExponent(DType dtype, double[] shown) {
        double max = 0;
        double min = Double.POSITIVE_INFINITY;
        for (double value : shown) {
            if (Double.isFinite(value) && value != 0) {
                max = Math.max(max, Math.abs(value));
                min = Math.min(min, Math.abs(value));
            }
        }
        if (max == 0) {
            return false;
        }
        // NumPy compares in the array's own precision, and f32 is exact only to 10^6.
        return dtype == DType.F32
                ? max >= 1e6 || (float) min < 0.0001f || (float) max / (float) min > 1000
                : max >= 1e8 || min < 0.0001 || max / min > 1000;
    }

    /** One of the numbers, in the width that all have. */
    String format(double value) {
        if (!dtype.isFloating()) {
            return " ".repeat(Math.max(0, left - Long.toString((long) value).length())) + (long) value;
        }
        if (!Double.isFinite(value)) {
            String name = Double.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
            return " ".repeat(Math.max(0, left + tail + 1 - name.length())) + name;
        }
        Parts parts;
        if (exponential) {
            Parts free = scientific(dtype, value, right, right);
            String digits = free.exponent.substring(1);
            parts = new Parts(
                    free.whole, free.fraction + "0".repeat(Math.max(0, right - free.fraction.length())),
                    "e" + free.exponent.charAt(0) + "0".repeat(Math.max(0, exponentDigits - digits.length())) + digits);
        } else {
            Parts free = positional(dtype, value, PRECISION);
            parts = new Parts(free.whole, free.fraction + " ".repeat(Math.max(0, right - free.fraction.length())), "");
        }
        return " ".repeat(Math.max(0, left - parts.whole.length())) + parts.whole + "." + parts.fraction + parts.exponent;
    }

    /** The {@code str} of one number on its own: as many digits as it takes. */
    static String scalar(DType dtype, double value) {
        if (!dtype.isFloating()) {
            return Long.toString((long) value);
        }
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
        }
        double magnitude = Math.abs(value);
        double positionalBelow = dtype == DType.F32 ? 1e6 : 1e16;
        if (magnitude == 0 || (magnitude >= 1e-4 && magnitude < positionalBelow)) {
            Parts parts = positional(dtype, value, Dragon4.NONE);
            return parts.whole + "." + (parts.fraction.isEmpty() ? "0" : parts.fraction);
        }
        Parts parts = scientific(dtype, value, Dragon4.NONE, Dragon4.NONE);
        return parts.whole + (parts.fraction.isEmpty() ? "" : "." + parts.fraction) + "e" + parts.exponent;
    }

    /**
     * A number in pieces.
     *
     * @param whole with the sign
     * @param fraction without trailing zeros, unless so many digits were asked for
     * @param exponent a sign and at least two digits, or ""
     */
    private record Parts(String whole, String fraction, String exponent) {}

    private static Parts positional(DType dtype, double value, int atMost) {
        Dragon4.Decimal decimal = Dragon4.digits(value, dtype, Dragon4.Counting.FRACTION, Dragon4.NONE, atMost);
        String digits = decimal.digits();
        int point = decimal.exponent() + 1;
        String whole;
        String fraction;
        if (point <= 0) {
            whole = "0";
            fraction = "0".repeat(-point) + digits;
        } else {
            whole = digits.substring(0, Math.min(point, digits.length())) + "0".repeat(Math.max(0, point - digits.length()));
            fraction = digits.substring(Math.min(point, digits.length()));
        }
        return new Parts(sign(value) + whole, withoutTrailingZeros(fraction), "");
    }

    private static Parts scientific(DType dtype, double value, int atLeast, int atMost) {
        Dragon4.Decimal decimal = Dragon4.digits(
                value, dtype, Dragon4.Counting.TOTAL,
                atLeast == Dragon4.NONE ? Dragon4.NONE : atLeast + 1, atMost == Dragon4.NONE ? Dragon4.NONE : atMost + 1);
        String digits = decimal.digits();
        String exponent = "%s%02d".formatted(decimal.exponent() < 0 ? "-" : "+", Math.abs(decimal.exponent()));
        return new Parts(sign(value) + digits.charAt(0), withoutTrailingZeros(digits.substring(1)), exponent);
    }

    private static String sign(double value) {
        return Math.copySign(1, value) < 0 ? "-" : "";
    }

    private static String withoutTrailingZeros(String digits) {
        int end = digits.length();
        while (end > 0 && digits.charAt(end - 1) == '0') {
            end--;
        }
        return digits.substring(0, end);
    }
}
