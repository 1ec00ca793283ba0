package io.github.convgauge.openclc;

import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import java.util.Arrays;
import java.util.List;

/** The kernel of copy.cl, between two layouts of the same sizes. */
final class StridedCopy {
    private static final int RANK = 6;
    /** The dimensions from here on are those that a work item may copy a block of. */
    private static final int INNER = 3;

    private final Target target;
    private final DType dtype;
    private final long[] sizes;
    private final long[] fromStrides;
    private final long[] toStrides;
    private final long fromOffset;
    private final long toOffset;
    private long copies = 1;
    private long fromCopy;
    private long toCopy;

    /** @param from four or six dimensions; (n, h, w, c) counts as (n, h, w, 1, 1, c) */
    StridedCopy(Target target, DType dtype, Layout from, Layout to) {
        if (!Arrays.equals(from.sizes(), to.sizes())) {
            throw new IllegalArgumentException("cannot copy %s into %s".formatted(from, to));
        }
        this.target = target;
        this.dtype = dtype;
        sizes = sixDimensions(to.sizes(), 1);
        fromStrides = sixDimensions(from.strides(), 0);
        toStrides = sixDimensions(to.strides(), 0);
        fromOffset = from.offset();
        toOffset = to.offset();
        for (int d = 0; d < RANK; d++) {
            if (sizes[d] == 1) {
                fromStrides[d] = 0; // never used, and may be anything
                toStrides[d] = 0;
            }
        }
        merge(4);
        merge(3);
    }

    /**
     * Makes it several copies of the same layouts.
     *
     * @param fromStep elements from the source of one to that of the next
     */
    StridedCopy times(long count, long fromStep, long toStep) {
        copies = count;
        fromCopy = count == 1 ? 0 : fromStep;
        toCopy = count == 1 ? 0 : toStep;
        return this;
    }

    private static long[] sixDimensions(long[] values, long fill) {
        return values.length == RANK
                ? values
                : new long[] {values[0], values[1], values[2], fill, fill, values[3]};
    }

    /** Makes one run of a dimension and the innermost, where that continues it: a longer inner loop. */
    private void merge(int d) {
        boolean innerIsRun = d == 4 || sizes[4] == 1;
        boolean follows = fromStrides[d] == sizes[5] * fromStrides[5] && toStrides[d] == sizes[5] * toStrides[5];
        if (innerIsRun && follows && sizes[d] > 1) {
            sizes[5] *= sizes[d];
            sizes[d] = 1;
            fromStrides[d] = 0;
            toStrides[d] = 0;
        }
    }

    /** Copies from one buffer to the other. */
    Call call(String stage, Buffer from, Buffer to) {
        Constants constants = new Constants(dtype, 1)
                .put("COPIES", copies).put("FROM_COPY", fromCopy).put("TO_COPY", toCopy)
                .put("FROM_OFFSET", fromOffset).put("TO_OFFSET", toOffset);
        long items = copies;
        for (int d = 0; d < RANK; d++) {
            constants.put("S_" + d, sizes[d]).put("FROM_" + d, fromStrides[d]).put("TO_" + d, toStrides[d]);
            if (d < INNER) {
                items *= sizes[d];
                continue;
            }
            long block = target.isCpu() ? sizes[d] : 1;
            constants.put("BLOCK_" + d, block);
            items *= sizes[d] / block;
        }
        constants.put("ITEMS", items);
        Program program = new Program("strided_copy", constants, "real.cl", "copy.cl");
        return Call.free(stage, program, List.of(from, to), items);
    }
}
