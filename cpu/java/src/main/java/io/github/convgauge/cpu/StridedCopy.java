package io.github.convgauge.cpu;

import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;

/**
 * A copy between two tensors of the same sizes that six sizes and two times six strides describe
 * fully, whatever they mean: im2col and padding are only different numbers.
 */
public final class StridedCopy implements WorkerPool.Task {
    private static final int RANK = 6;

    private final DType dtype;
    private final Tensor from;
    private final Tensor to;
    private final long[] sizes;
    private final long[] fromStrides;
    private final long[] toStrides;

    /**
     * @param from four or six dimensions; (n, h, w, c) counts as (n, h, w, 1, 1, c)
     * @param to the same sizes and dtype as from
     */
    public StridedCopy(Tensor from, Tensor to) {
        this.dtype = to.dtype();
        this.from = from;
        this.to = to;
        sizes = sixDimensions(to.layout().sizes(), 1);
        fromStrides = sixDimensions(from.layout().strides(), 0);
        toStrides = sixDimensions(to.layout().strides(), 0);
        mergeInnermost();
    }

    private static long[] sixDimensions(long[] values, long fill) {
        return values.length == RANK
                ? values
                : new long[] {values[0], values[1], values[2], fill, fill, values[3]};
    }

    /** Kernel columns whose channels follow each other form one run: the longer the inner loop, the better. */
    private void mergeInnermost() {
        if (fromStrides[4] == sizes[5] * fromStrides[5] && toStrides[4] == sizes[5] * toStrides[5]) {
            sizes[5] *= sizes[4];
            sizes[4] = 1;
        }
    }

    /** Copies one part of the places (n, i, j) of the three outer dimensions. */
    @Override
    public void run(int part, int parts) {
        long places = sizes[0] * sizes[1] * sizes[2];
        long end = Share.begin(places, part + 1, parts);
        Layout source = from.layout();
        Layout target = to.layout();
        long next;
        for (long place = Share.begin(places, part, parts); place < end; place = next) {
            long n = place / sizes[2] / sizes[1];
            long i = place / sizes[2] % sizes[1];
            long j = place % sizes[2];
            next = Math.min(end, place - j + sizes[2]);
            long fromAt = source.offset() + n * fromStrides[0] + i * fromStrides[1] + j * fromStrides[2];
            long toAt = target.offset() + n * toStrides[0] + i * toStrides[1] + j * toStrides[2];
            if (dtype == DType.F64) {
                CopyF64.block(next - place, sizes, from.storage(), fromAt, fromStrides, to.storage(), toAt, toStrides);
            } else {
                CopyF32.block(next - place, sizes, from.storage(), fromAt, fromStrides, to.storage(), toAt, toStrides);
            }
        }
    }
}
