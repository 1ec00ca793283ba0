package io.github.convgauge.clblast;

import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** The kernel of copy.cl, between two layouts of the same sizes. */
final class StridedCopy {
    private static final int RANK = 6;
    /** The dimensions from here on are those that a work item may copy a block of. */
    private static final int INNER = 3;

    private static final long GPU_GROUP = 128;
    /** Groups for each core: enough to even out cores that are late, few enough that their start costs nothing. */
    private static final long GROUPS_PER_CORE = 16;

    private static final long CPU_GROUP = 64;

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
    StridedCopy(DType dtype, Layout from, Layout to) {
        if (!Arrays.equals(from.sizes(), to.sizes())) {
            throw new IllegalArgumentException("cannot copy %s into %s".formatted(from, to));
        }
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

    /** A launch that copies from one buffer to the other. */
    CopyKernel.Launch launch(Resources resources, String stage, long from, long to) {
        ClDevice device = resources.context().device();
        Map<String, Long> constants = new TreeMap<>(Map.of(
                "REAL_BITS", dtype.bytes() * 8L, "COPIES", copies, "FROM_COPY", fromCopy, "TO_COPY", toCopy,
                "FROM_OFFSET", fromOffset, "TO_OFFSET", toOffset));
        long items = copies;
        for (int d = 0; d < RANK; d++) {
            constants.put("S_" + d, sizes[d]);
            constants.put("FROM_" + d, fromStrides[d]);
            constants.put("TO_" + d, toStrides[d]);
            if (d < INNER) {
                items *= sizes[d];
                continue;
            }
            long block = device.isCpu() ? sizes[d] : 1;
            constants.put("BLOCK_" + d, block);
            items *= sizes[d] / block;
        }
        constants.put("ITEMS", items);
        CopyKernel kernel = resources.kernel(constants);
        long group = group(device, kernel.workGroup(), items);
        return kernel.launch(stage, Math.ceilDiv(items, group) * group, group, from, to);
    }

    /** Work items in a group, a power of two. */
    private static long group(ClDevice device, long limit, long items) {
        long wanted = device.isCpu()
                ? Math.clamp(items / (GROUPS_PER_CORE * device.computeUnits()), 1, CPU_GROUP)
                : GPU_GROUP;
        return Long.highestOneBit(Math.min(wanted, Math.min(limit, device.limits().workGroup())));
    }
}
