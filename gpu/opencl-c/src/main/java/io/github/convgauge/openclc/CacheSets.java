package io.github.convgauge.openclc;

/**
 * What an L1 cache of a processor makes of inputs that lie a multiple of 4096 bytes apart. A way of it has so many, as a page of memory has, so that
 * they all lie in one set, which holds 8 lines or more.
 */
public final class CacheSets {
    private static final int WAY_BYTES = 4096;
    /** Of 8, one is left for the weights. With 14 pixels in a set a kernel ran at 0.8 of its speed with 7, on a Zen 4. */
    private static final int MOST_IN_A_SET = 7;

    private CacheSets() {}

    /**
     * How many neighbouring pixels a block should have at most.
     *
     * @param pixels at most, for other reasons
     * @param apart bytes from the inputs of a pixel to those of its neighbour
     */
    public static int mostPixels(int pixels, long apart) {
        return apart % WAY_BYTES == 0 ? Math.min(pixels, MOST_IN_A_SET) : pixels;
    }
}
