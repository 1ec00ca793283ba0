#if REAL_BITS == 64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#define real double
#else
#define real float
#endif

// A copy that six sizes S_d and two times six strides, FROM_d and TO_d, describe fully, whatever they mean:
// im2col, padding and packing of weights are only different numbers. COPIES of them lie FROM_COPY and
// TO_COPY apart: groups of channels.
//
// A work item copies a block of BLOCK_3 x BLOCK_4 x BLOCK_5 elements of the three inner dimensions, each of
// them 1 or all. One element an item is what a GPU wants, whose neighbours then touch neighbouring memory;
// a processor's core wants a long loop.
kernel void strided_copy(global const real *restrict from, global real *restrict to)
{
    if (get_global_id(0) >= ITEMS) {
        return; // the global size is rounded up to whole work-groups
    }
    int rest = get_global_id(0);
    const int i5 = rest % (S_5 / BLOCK_5);
    rest /= S_5 / BLOCK_5;
    const int i4 = rest % (S_4 / BLOCK_4);
    rest /= S_4 / BLOCK_4;
    const int i3 = rest % (S_3 / BLOCK_3);
    rest /= S_3 / BLOCK_3;
    const int i2 = rest % S_2;
    rest /= S_2;
    const int i1 = rest % S_1;
    rest /= S_1;
    const int i0 = rest % S_0;
    const int copy = rest / S_0;
    from += FROM_OFFSET + copy * FROM_COPY + i0 * FROM_0 + i1 * FROM_1 + i2 * FROM_2
            + i3 * FROM_3 + i4 * FROM_4 + i5 * FROM_5;
    to += TO_OFFSET + copy * TO_COPY + i0 * TO_0 + i1 * TO_1 + i2 * TO_2
            + i3 * TO_3 + i4 * TO_4 + i5 * TO_5;
    for (int j3 = 0; j3 < BLOCK_3; j3++) {
        for (int j4 = 0; j4 < BLOCK_4; j4++) {
            for (int j5 = 0; j5 < BLOCK_5; j5++) {
                to[j3 * TO_3 + j4 * TO_4 + j5 * TO_5] = from[j3 * FROM_3 + j4 * FROM_4 + j5 * FROM_5];
            }
        }
    }
}
