// y = A @ B in each group: A is (M, K) with rows K long, one behind the other; y is the output, whose row m
// is the place (n, i, j) with m = (n * OH + i) * OW + j.

#define Y_ROW(m) (Y_OFFSET + (m) / OW / OH * Y_N + (m) / OW % OH * Y_H + (m) % OW * Y_W)

#if !NARROW
// Wide: a work item computes ROWS rows of V neighbouring columns, so that each vector of B is used ROWS
// times and each element of A V times while they are in registers. Columns are dimension 0: neighbouring
// items read neighbouring vectors of B, and the same elements of A.
kernel void gemm(LEADING_ARGUMENTS global const real *restrict a, global const real *restrict b, global real *restrict y)
{
    SKIP_HEADER(a);
    SKIP_HEADER(b);
    SKIP_HEADER(y);
    const int block = get_global_id(0);
    const int group = get_global_id(2);
    if (block >= BLOCKS || get_global_id(1) >= ROW_BLOCKS) {
        return; // the global size is rounded up to whole work-groups
    }
    const int row = get_global_id(1) * ROWS;
    a += A_OFFSET + group * A_GROUP + row * K;
    b += B_OFFSET + group * B_GROUP + block * B_BLOCK;
    int at[ROWS];
    realv sum[ROWS];
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        // Past the last row that one again, which is not stored: no branch in the loop below.
        at[r] = min(r, M - 1 - row) * K;
        sum[r] = (realv)0;
    }
    for (int k = 0; k < K; k++) {
        const realv bk = LOADV(b + k * B_ROW);
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            sum[r] += a[at[r] + k] * bk;
        }
    }
    const int first = block * V;
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        if (row + r < M) {
            store_channels(y + Y_ROW(row + r) + (group * N + first) * Y_C, sum[r], N - first);
        }
    }
}
#else
// Narrow: too few columns to fill a vector, so the vectors lie along K instead. A work item computes one row:
// N dot products, V partial sums each. B is transposed, (N, K), so that both operands are read in vectors.
kernel void gemm(LEADING_ARGUMENTS global const real *restrict a, global const real *restrict b, global real *restrict y)
{
    SKIP_HEADER(a);
    SKIP_HEADER(b);
    SKIP_HEADER(y);
    const int group = get_global_id(1);
    if (get_global_id(0) >= M) {
        return; // the global size is rounded up to whole work-groups
    }
    const int row = get_global_id(0);
    a += A_OFFSET + group * A_GROUP + row * K;
    b += B_OFFSET + group * B_GROUP;
    realv sum[N];
#pragma unroll
    for (int n = 0; n < N; n++) {
        sum[n] = (realv)0;
    }
    for (int k = 0; k < K / V * V; k += V) {
        const realv ak = LOADV(a + k);
#pragma unroll
        for (int n = 0; n < N; n++) {
            sum[n] += ak * LOADV(b + n * K + k);
        }
    }
    y += Y_ROW(row) + group * N * Y_C;
#pragma unroll
    for (int n = 0; n < N; n++) {
        real total = sum_of_lanes(sum[n]);
        for (int k = K / V * V; k < K; k++) {
            total += a[k] * b[n * K + k];
        }
        y[n * Y_C] = total;
    }
}
#endif
