package io.github.convgauge.cpu;

/**
 * Cuts of work into parts whose sizes differ by at most one, at the same places whichever thread is
 * faster. Larger and smaller parts take turns, so that threads with several neighbouring parts each have even shares too. The first
 * part is one of the larger: it is the caller's, who begins first.
 */
public final class Share {
    private Share() {}

    /** Where a part begins; part = parts gives the end of the last one. */
    public static long begin(long total, int part, int parts) {
        // ⌈total · part / parts⌉, where the product could overflow.
        return total / parts * part + Math.ceilDiv(total % parts * part, parts);
    }
}
