package io.github.convgauge.tornadovm.kernels;

/**
 * The taps of a padded problem that lie outside x, for kernels that read x where it is and not a copy in a frame of zeros
 * ({@link LinesF32}, {@link PairsF32} and their twins). Rows outside are left out by the bounds of a loop. Of columns
 * outside zeros are read: the array of x begins with as many as a group has channels.
 *
 * <p>Places along a line or a column are counted in elements of the memory of x, from the edge of the frame that is not
 * there. Most arguments are constants when TornadoVM compiles; what follows from them alone vanishes, which is everything
 * where nothing lies outside.
 *
 * <p>A task has up to 20 arguments, so that what belongs together shares a long: the steps of an output and of a tap, and
 * where x begins and ends.
 */
public final class Edges {
    /** Begin and end of an x that no tap lies outside of, whatever its steps. */
    public static final long NONE = pair(Integer.MIN_VALUE, Integer.MAX_VALUE);

    private Edges() {}

    /** Of any two: the steps of an x that lies backwards are negative. */
    public static long pair(int first, int second) {
        return (long) first << Integer.SIZE | Integer.toUnsignedLong(second);
    }

    static int first(long pair) {
        return (int) (pair >> Integer.SIZE);
    }

    static int second(long pair) {
        return (int) pair;
    }

    /**
     * The first row of the kernel that lies in x, for outputs in line i; kh if there is none.
     *
     * @param steps from an output to the next below it, and from a tap
     * @param inside where the rows of x begin, and end
     */
    static int beginRow(int i, int oh, int kh, long steps, long inside) {
        if (areInside(oh, kh, steps, inside)) {
            return 0;
        }
        return rowsBefore(first(inside), i, kh, steps);
    }

    /** The row of the kernel behind the last one that lies in x. Not above {@link #beginRow} if there is none. */
    static int endRow(int i, int oh, int kh, long steps, long inside) {
        if (areInside(oh, kh, steps, inside)) {
            return kh;
        }
        return rowsBefore(second(inside), i, kh, steps);
    }

    private static boolean areInside(int oh, int kh, long steps, long inside) {
        return first(inside) <= 0 && (oh - 1) * first(steps) + (kh - 1) * second(steps) < second(inside);
    }

    private static int rowsBefore(int place, int i, int kh, long steps) {
        // The step of a dimension of size 1 may be 0.
        int step = Math.max(1, second(steps));
        return Math.max(0, Math.min(kh, (place - i * first(steps) + step - 1) / step));
    }

    /**
     * From pixel 0 of a tile to a pixel, in x, for the taps of one column of the kernel: a constant for those that no
     * tile has outside x. From a column outside it leads to the zeros.
     *
     * @param tap where pixel 0 reads its first channel
     * @param column the place of that
     * @param steps from an output to its neighbour, and from a tap
     * @param inside where the columns of x begin, and end
     */
    static int distance(int pixel, int pixels, int tap, int column, int ow, int kw, long steps, long inside) {
        int distance = pixel * first(steps);
        int last = (ow - pixels + pixel) * first(steps) + (kw - 1) * second(steps);
        if (pixel >= pixels || (distance >= first(inside) && last < second(inside))) {
            return distance;
        }
        return column + distance >= first(inside) && column + distance < second(inside) ? distance : -tap;
    }
}
