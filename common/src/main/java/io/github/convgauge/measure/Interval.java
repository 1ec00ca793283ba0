package io.github.convgauge.measure;

/**
 * A time with the interval that it is known to lie in.
 *
 * @param median in nanoseconds
 * @param low lower end of the 95 % interval of the median
 * @param high its upper end
 */
public record Interval(double median, double low, double high) {
    /** Whether all of this one lies below all of the other one. */
    public boolean isBelow(Interval other) {
        return high < other.low;
    }
}
