package io.github.convgauge.cpu;

/**
 * Cuts of work into parts whose sizes differ by at most one, at the same places whichever thread is
 * faster.
 */
public final class Share {
    private Share() {}

    /** Where a part begins; part = parts gives the end of the last one. */
    public static long begin(long total, int part, int parts) {
        // total / parts first: total · part could overflow.
        return total / parts * part + Math.min(part, total % parts);
    }
}
