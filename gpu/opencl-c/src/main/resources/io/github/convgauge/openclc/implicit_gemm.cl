// y = A @ B in each group, as in gemm_tiled.cl, without a column matrix: A[m][k] is the element of x under tap and
// channel k of the window of pixel m, found when it is wanted (cuDNN's implicit GEMM; Chetlur et al., cuDNN: Efficient
// Primitives for Deep Learning, 2014, arXiv:1410.0759). A work-group computes TILE_M pixels times TILE_N channels of one
// group, from chunks of TILE_K terms of both operands in local memory; an item ITEM_M pixels times V neighbouring
// channels, in registers. While it multiplies one chunk, its loads of the next are on their way.
//
// SPLITS work-groups share the terms of a tile where there are too few tiles for the device, SPLIT_K terms each, and
// leave partial sums Y_SPLIT apart, which sum_splits adds up in order.

#define ACROSS (TILE_N / V)
#define ITEMS (TILE_M / ITEM_M * ACROSS)
// Elements of a chunk that an item brings: its terms are the same in each of its pixels, and its channel in each of its terms.
#define X_LOADS (TILE_M * TILE_K / ITEMS)
#define W_LOADS (TILE_N * TILE_K / ITEMS)
// Items that hold neighbouring terms write to the same column: one more keeps them in different banks.
#define X_ROW (TILE_M + 1)

kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1)))
void implicit_gemm(LEADING_ARGUMENTS global const real *restrict x, global const real *restrict w, global real *restrict y)
{
    SKIP_HEADER(x);
    SKIP_HEADER(w);
    SKIP_HEADER(y);
    local real x_tile[TILE_K * X_ROW];
    local realv w_tile[TILE_K * ACROSS];
    const int item = get_local_id(0);
    const int group = get_group_id(2) / SPLITS;
    const int split = get_group_id(2) % SPLITS;
    const int first_row = get_group_id(1) * TILE_M;
    const int first_column = get_group_id(0) * TILE_N;
    const int end = min(K, (split + 1) * SPLIT_K);

    const int x_term = item % TILE_K;
    const int x_pixel = item / TILE_K;
    int window[X_LOADS];
    int top[X_LOADS];
    int left[X_LOADS];
#pragma unroll
    for (int r = 0; r < X_LOADS; r++) {
        const int m = first_row + x_pixel + r * (ITEMS / TILE_K);
        top[r] = m < M ? m / OW % OH * SH - PAD_TOP : IH; // behind the last pixel everything is outside x
        left[r] = m % OW * SW - PAD_LEFT;
        window[r] = X_OFFSET + m / OW / OH * X_N + top[r] * X_H + left[r] * X_W + group * GROUP_IC * X_C;
    }
    const int w_channel = item % TILE_N;
    const int w_term = item / TILE_N;
    w += W_OFFSET + group * W_GROUP + min(first_column + w_channel, N - 1) * W_COLUMN;

    real next_x[X_LOADS];
    real next_w[W_LOADS];
    realv sum[ITEM_M];
#pragma unroll
    for (int p = 0; p < ITEM_M; p++) {
        sum[p] = (realv)0;
    }
    const int across = item % ACROSS;
    const int down = item / ACROSS;
    // Once more than there are chunks: the first time there is nothing to multiply, the last time nothing to load.
    for (int k = split * SPLIT_K - TILE_K; k < end; k += TILE_K) {
        const int from = k + TILE_K;
        if (from < end) {
            const int term = from + x_term;
            const int c = term % GROUP_IC;
            const int b = term / GROUP_IC % KW * DW;
            const int a = term / GROUP_IC / KW * DH;
            const int tap = a * X_H + b * X_W + c * X_C;
#pragma unroll
            for (int r = 0; r < X_LOADS; r++) {
                // Without branches, of which each would wait for the load before it: what is below 0 is large without its sign, and
                // outside x its first element is read.
                const bool inside = (term < end) & ((uint)(top[r] + a) < IH) & ((uint)(left[r] + b) < IW);
                const real element = x[inside ? window[r] + tap : X_OFFSET];
                next_x[r] = inside ? element : (real)0;
            }
#pragma unroll
            for (int r = 0; r < W_LOADS; r++) {
                const int k_w = from + w_term + r * (ITEMS / TILE_N);
                const real weight = w[min(k_w, end - 1) * W_ROW];
                next_w[r] = k_w < end ? weight : (real)0;
            }
        }
        if (from > split * SPLIT_K) {
#pragma unroll
            for (int t = 0; t < TILE_K; t++) {
                const realv weight = w_tile[t * ACROSS + across];
#pragma unroll
                for (int p = 0; p < ITEM_M; p++) {
                    sum[p] += x_tile[t * X_ROW + down + p * (TILE_M / ITEM_M)] * weight;
                }
            }
        }
        // The next chunk overwrites what slower items still read.
        barrier(CLK_LOCAL_MEM_FENCE);
        if (from < end) {
#pragma unroll
            for (int r = 0; r < X_LOADS; r++) {
                x_tile[x_term * X_ROW + x_pixel + r * (ITEMS / TILE_K)] = next_x[r];
            }
#pragma unroll
            for (int r = 0; r < W_LOADS; r++) {
                ((local real *)w_tile)[(w_term + r * (ITEMS / TILE_N)) * TILE_N + w_channel] = next_w[r];
            }
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    const int channel = first_column + across * V;
#pragma unroll
    for (int p = 0; p < ITEM_M; p++) {
        const int m = first_row + down + p * (TILE_M / ITEM_M);
        if (m < M) {
            store_channels(
                    y + Y_OFFSET + split * Y_SPLIT + m / OW / OH * Y_N + m / OW % OH * Y_H + m % OW * Y_W + (group * N + channel) * Y_C,
                    sum[p], N - channel);
        }
    }
}
