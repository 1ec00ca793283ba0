package io.github.convgauge.cpu;

/**
 * Static cuts of work into parts whose sizes differ by at most one. Static, because results must not
 * depend on which thread was faster.
 */
public final class Share {
    private Share() {}

    /** Where a part begins; part = parts gives the end of the last one. */
    public static long begin(long total, int part, int parts) {
        // total / parts first: total · part could overflow.
        return total / parts * part + Math.min(part, total % parts);
    }
}
