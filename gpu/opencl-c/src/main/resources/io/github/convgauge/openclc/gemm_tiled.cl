// y = A @ B in each group, as in gemm.cl, by work-groups of TILE x TILE items that share tiles of both
// operands in local memory: each element comes from global memory once a work-group, not once an item. An
// item computes ROWS outputs of one column, TILE rows apart, so that an element of B serves ROWS times.
// Outside the matrices the tiles hold zeros, so the inner loop knows no edges.
kernel __attribute__((reqd_work_group_size(TILE, TILE, 1)))
void gemm_tiled(LEADING_ARGUMENTS global const real *restrict a, global const real *restrict b, global real *restrict y)
{
    SKIP_HEADER(a);
    SKIP_HEADER(b);
    SKIP_HEADER(y);
    local real a_tile[ROWS * TILE][TILE];
    local real b_tile[TILE][TILE];
    const int lx = get_local_id(0);
    const int ly = get_local_id(1);
    const int column = get_global_id(0);
    const int row = get_group_id(1) * (ROWS * TILE) + ly;
    const int group = get_global_id(2);
    a += A_OFFSET + group * A_GROUP;
    b += B_OFFSET + group * B_GROUP;
    real sum[ROWS];
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        sum[r] = 0;
    }
    for (int k = 0; k < K; k += TILE) {
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            const int m = row + r * TILE;
            a_tile[r * TILE + ly][lx] = m < M && k + lx < K ? a[m * K + k + lx] : (real)0;
        }
        b_tile[ly][lx] = k + ly < K && column < N ? b[(k + ly) * B_ROW + column * B_COLUMN] : (real)0;
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int t = 0; t < TILE; t++) {
            const real bt = b_tile[t][lx];
#pragma unroll
            for (int r = 0; r < ROWS; r++) {
                sum[r] += a_tile[r * TILE + ly][t] * bt;
            }
        }
        // The next round overwrites what slower items still read.
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    if (column < N) {
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            const int m = row + r * TILE;
            if (m < M) {
                y[Y_OFFSET + m / OW / OH * Y_N + m / OW % OH * Y_H + m % OW * Y_W + (group * N + column) * Y_C] = sum[r];
            }
        }
    }
}
