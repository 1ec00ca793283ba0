// y = the sum of SPLITS partial results, each (mb, oh, ow, oc) in order, in their order. Output channels are dimension 0.
kernel void sum_splits(LEADING_ARGUMENTS global const real *restrict partial, global real *restrict y)
{
    SKIP_HEADER(partial);
    SKIP_HEADER(y);
    const int o = get_global_id(0);
    const int m = get_global_id(1);
    if (o >= OC || m >= M) {
        return; // the global size is rounded up to whole work-groups
    }
    real sum = 0;
    for (int s = 0; s < SPLITS; s++) {
        sum += partial[(s * M + m) * OC + o];
    }
    y[Y_OFFSET + m / OW / OH * Y_N + m / OW % OH * Y_H + m % OW * Y_W + o * Y_C] = sum;
}
