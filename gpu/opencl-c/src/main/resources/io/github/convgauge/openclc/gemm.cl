// y = A @ B in each group: A is (M, K) with rows K long, one behind the other; y is the output, whose row m
// is the place (n, i, j) with m = (n * OH + i) * OW + j.

#define Y_ROW(m) (Y_OFFSET + (m) / OW / OH * Y_N + (m) / OW % OH * Y_H + (m) % OW * Y_W)

#if !NARROW
// Wide: a work item computes ROWS rows of VECTORS vectors of neighbouring columns, so that each vector of B is used
// ROWS times and each element of A VECTORS * V times while they are in registers. ROW_DIMENSION says which dimension of
// the grid counts blocks of rows; the other one counts those of columns.
kernel void gemm(LEADING_ARGUMENTS global const real *restrict a, global const real *restrict b, global real *restrict y)
{
    SKIP_HEADER(a);
    SKIP_HEADER(b);
    SKIP_HEADER(y);
    const int block = get_global_id(1 - ROW_DIMENSION);
    const int group = get_global_id(2);
    if (block >= BLOCKS || get_global_id(ROW_DIMENSION) >= ROW_BLOCKS) {
        return; // the global size is rounded up to whole work-groups
    }
    const int own = get_global_id(ROW_DIMENSION) * ROWS;
    // The last block ends where the matrix ends: it computes some rows of its neighbour, and does not store them.
    const int row = min(own, M - ROWS);
    a += A_OFFSET + group * A_GROUP + row * K;
    b += B_OFFSET + group * B_GROUP + block * B_BLOCK;
    realv sum[ROWS][VECTORS];
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
#pragma unroll
        for (int v = 0; v < VECTORS; v++) {
            sum[r][v] = (realv)0;
        }
    }
    for (int k = 0; k < K; k++) {
        realv bk[VECTORS];
#pragma unroll
        for (int v = 0; v < VECTORS; v++) {
            bk[v] = LOADV(b + k * B_ROW + v * V);
        }
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            const real value = a[r * K + k];
#pragma unroll
            for (int v = 0; v < VECTORS; v++) {
                sum[r][v] += value * bk[v];
            }
        }
    }
    const int first = block * (V * VECTORS);
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        if (M % ROWS == 0 || row + r >= own) {
#pragma unroll
            for (int v = 0; v < VECTORS; v++) {
                store_channels(y + Y_ROW(row + r) + (group * N + first + v * V) * Y_C, sum[r][v], N - first - v * V);
            }
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
