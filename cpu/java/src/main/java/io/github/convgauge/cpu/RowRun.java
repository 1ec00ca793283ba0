package io.github.convgauge.cpu;

import io.github.convgauge.tensor.Layout;

/**
 * A tensor (n, h, w, c) as a matrix (n·h·w, c): its rows lie at one distance from each other in runs
 * of this length, which is all of them where nothing lies between rows and images.
 *
 * @param length rows in a run; it divides n·h·w
 * @param stride elements from one row of a run to the next
 */
public record RowRun(long length, long stride) {
    public static RowRun of(Layout layout) {
        long length = 1;
        long stride = 0;
        for (int d = 2; d >= 0; d--) {
            long size = layout.size(d);
            if (size == 1) {
                continue; // any stride will do
            }
            if (length > 1 && layout.stride(d) != length * stride) {
                break;
            }
            stride = length == 1 ? layout.stride(d) : stride;
            length *= size;
        }
        return new RowRun(length, stride);
    }

    /** Where row number r of the matrix begins. */
    static long begin(Layout layout, long r) {
        long w = layout.size(2);
        long h = layout.size(1);
        return layout.offset() + r / w / h * layout.stride(0) + r / w % h * layout.stride(1) + r % w * layout.stride(2);
    }
}
