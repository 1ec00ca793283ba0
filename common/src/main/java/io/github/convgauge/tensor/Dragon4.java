package io.github.convgauge.tensor;

import java.math.BigInteger;

/**
 * Decimal digits of binary floating-point numbers: the fewest that tell a number from its
 * neighbours, within limits. Steele and White's Dragon4, in the arrangement of Ryan Juckett's that
 * NumPy uses (numpy/_core/src/multiarray/dragon4.c), with its choices at the limits: where digits end
 * before the number is told apart, the last one is rounded to nearest, ties to even.
 *
 * <p>{@link Double#toString(double)} will not do: it gives two digits where one would be enough
 * (4.9E-324), and cannot be told to stop earlier.
 */
final class Dragon4 {
    /** No limit. */
    static final int NONE = -1;

    private Dragon4() {}

    /** Whether a number of digits counts all of them or those behind the point. */
    enum Counting {
        TOTAL,
        FRACTION
    }

    /**
     * The digits d0 d1 d2 … of |value| = d0.d1d2… · 10^exponent; "0" and 0 for zero.
     *
     * @param digits at least one
     */
    record Decimal(String digits, int exponent) {}

    /**
     * Finds the digits.
     *
     * @param value finite; its sign is ignored
     * @param dtype whose neighbours count: F32 or F64
     * @param atLeast go on to so many digits, or {@link #NONE}
     * @param atMost stop there, or {@link #NONE}
     */
    static Decimal digits(double value, DType dtype, Counting counting, int atLeast, int atMost) {
        double magnitude = Math.abs(value);
        if (magnitude == 0) {
            return new Decimal("0", 0);
        }
        int precision = dtype.digits();
        int exponent = Math.max(Math.getExponent(magnitude), Math.getExponent(dtype.minNormal())) - (precision - 1);
        long mantissa = (long) Math.scalb(magnitude, -exponent);
        boolean even = (mantissa & 1) == 0;
        // At a power of two the neighbour below is half as far away as the one above.
        boolean unequalMargins = mantissa == 1L << (precision - 1) && magnitude > dtype.minNormal();

        // value = numerator/denominator; the margins, over the same denominator, are half the gaps.
        int extra = unequalMargins ? 2 : 1;
        BigInteger numerator = BigInteger.valueOf(mantissa).shiftLeft(extra + Math.max(0, exponent));
        BigInteger denominator = BigInteger.ONE.shiftLeft(extra + Math.max(0, -exponent));
        BigInteger below = BigInteger.ONE.shiftLeft(Math.max(0, exponent));
        BigInteger above = unequalMargins ? below.shiftLeft(1) : below;

        // 10^place > value >= 10^(place-1)
        int place = (int) Math.floor(Math.log10(magnitude)) + 1;
        if (place > 0) {
            denominator = denominator.multiply(BigInteger.TEN.pow(place));
        } else {
            BigInteger scale = BigInteger.TEN.pow(-place);
            numerator = numerator.multiply(scale);
            below = below.multiply(scale);
            above = above.multiply(scale);
        }
        if (numerator.compareTo(denominator) >= 0) {
            place++; // the logarithm was rounded down
            denominator = denominator.multiply(BigInteger.TEN);
        } else if (numerator.multiply(BigInteger.TEN).compareTo(denominator) < 0) {
            place--; // or up
            numerator = numerator.multiply(BigInteger.TEN);
            below = below.multiply(BigInteger.TEN);
            above = above.multiply(BigInteger.TEN);
        }

        int first = place - 1;
        int last = atMost == NONE ? Integer.MIN_VALUE : counting == Counting.TOTAL ? place - atMost : -atMost;
        int earliest = atLeast == NONE ? place : Math.min(place, counting == Counting.TOTAL ? place - atLeast : -atLeast);
        StringBuilder digits = new StringBuilder();
        while (true) {
            place--;
            BigInteger[] division = numerator.multiply(BigInteger.TEN).divideAndRemainder(denominator);
            int digit = division[0].intValueExact();
            numerator = division[1];
            below = below.multiply(BigInteger.TEN);
            above = above.multiply(BigInteger.TEN);
            int toLow = numerator.compareTo(below);
            int toHigh = numerator.add(above).compareTo(denominator);
            boolean low = even ? toLow <= 0 : toLow < 0;
            boolean high = even ? toHigh >= 0 : toHigh > 0;
            if (((low || high) && place <= earliest) || place <= last) {
                boolean down = low;
                if (low == high) {
                    int toHalf = numerator.shiftLeft(1).compareTo(denominator);
                    down = toHalf < 0 || (toHalf == 0 && (digit & 1) == 0);
                }
                return ended(digits, down ? digit : digit + 1, first);
            }
            digits.append((char) ('0' + digit));
        }
    }

    /** Appends the last digit; a 10 carries. */
    private static Decimal ended(StringBuilder digits, int lastDigit, int exponent) {
        if (lastDigit < 10) {
            return new Decimal(digits.append((char) ('0' + lastDigit)).toString(), exponent);
        }
        int nines = digits.length();
        while (nines > 0 && digits.charAt(nines - 1) == '9') {
            nines--;
        }
        digits.setLength(nines);
        if (nines == 0) {
            return new Decimal("1", exponent + 1);
        }
        digits.setCharAt(nines - 1, (char) (digits.charAt(nines - 1) + 1));
        return new Decimal(digits.toString(), exponent);
    }
}
