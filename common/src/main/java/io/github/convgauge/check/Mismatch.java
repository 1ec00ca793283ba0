package io.github.convgauge.check;

import java.util.Locale;

/** One output outside its bound, at (n, h, w, c). */
public record Mismatch(long n, long h, long w, long c, double expected, double got, double bound, boolean written) {
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "n%d h%d w%d c%d: expected %s, got %s, bound %s%s",
                n, h, w, c, expected, got, bound, written ? "" : " (never written)");
    }
}
