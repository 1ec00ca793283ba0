// The definition, PIXELS neighbouring outputs of one line times VECTORS vectors of neighbouring output channels a
// work item: each vector of weights serves PIXELS times and each element of x VECTORS * V times while they are in
// registers. TILE_DIMENSION says which dimension of the grid counts tiles; the other one counts blocks of channels.
//
// DEPTHWISE, where each input channel has one output channel of its own: V groups side by side, and x is a
// vector of channels too.

#if DEPTHWISE
#define X_AT(at) LOADV(x + (at))
#define X_TYPE realv
#else
#define X_AT(at) x[at]
#define X_TYPE real
#endif

// Adds up one tap for the pixels from low up to high, whose columns are inside x. Both are constants where this is
// inlined: no pixel is asked about in the loop.
//
// MANY_LOADS: a GPU hides what a load takes behind other loads, so those of several channels are on their way at once. A
// processor has its own ways, and registers for one channel.
static inline __attribute__((always_inline)) void add_tap(
        realv sum[PIXELS][VECTORS], global const real *restrict x, global const real *restrict w, const int first,
        const int low, const int high)
{
    // From here on all pixels are constants away.
    x += (first + low * SW) * X_W;
#if MANY_LOADS
#pragma unroll 8
#endif
    for (int c = 0; c < GROUP_IC; c++) {
        realv weight[VECTORS];
#pragma unroll
        for (int v = 0; v < VECTORS; v++) {
            weight[v] = LOADV(w + c * W_C + v * V);
        }
#pragma unroll
        for (int p = 0; p < PIXELS; p++) {
            if (p >= low && p < high) {
                const X_TYPE value = X_AT((p - low) * SW * X_W + c * X_C);
#pragma unroll
                for (int v = 0; v < VECTORS; v++) {
                    sum[p][v] += value * weight[v];
                }
            }
        }
    }
}

// The same where there are too many cases for that: columns outside x count as 0. They are read from the nearest
// column that exists and then replaced, by a select instead of a branch.
static inline void add_clamped_tap(
        realv sum[PIXELS][VECTORS], global const real *restrict x, global const real *restrict w, const int first)
{
#if MANY_LOADS
#pragma unroll 8
#endif
    for (int c = 0; c < GROUP_IC; c++) {
        realv weight[VECTORS];
#pragma unroll
        for (int v = 0; v < VECTORS; v++) {
            weight[v] = LOADV(w + c * W_C + v * V);
        }
#pragma unroll
        for (int p = 0; p < PIXELS; p++) {
            const int column = first + p * SW;
            const int inside = clamp(column, 0, IW - 1);
            const X_TYPE value = column == inside ? X_AT(inside * X_W + c * X_C) : (X_TYPE)0;
#pragma unroll
            for (int v = 0; v < VECTORS; v++) {
                sum[p][v] += value * weight[v];
            }
        }
    }
}

// How many pixels of a tile whose first one is at column lie in front of end.
static inline int steps_before(const int column, const int end)
{
    return column >= end ? 0 : min((end - column + SW - 1) / SW, PIXELS);
}

// All taps of one line of the kernel, from column first of x on.
static inline __attribute__((always_inline)) void add_line(
        realv sum[PIXELS][VECTORS], global const real *restrict x, global const real *restrict w, const int first)
{
#if STATIC_EDGES
    // From one tap to the next a tile moves to the right: ever fewer of its pixels lie left of x, and ever more right of
    // it. So each case has some taps in a row, maybe none, and its own copy of the loop over channels. A branch from
    // each tap to its case would do the same, but compilers then weave the cases together and spill the sums.
    int b = 0;
#pragma unroll
    for (int left = LEFT; left >= 0; left--) {
#pragma unroll
        for (int right = 0; right <= RIGHT; right++) {
            for (; b < KW; b++) {
                const int column = first + b * DW;
                if ((LEFT > 0 && steps_before(column, 0) != left) || (RIGHT > 0 && steps_before(column, IW) != PIXELS - right)) {
                    break;
                }
                add_tap(sum, x, w + b * W_B, column, left, PIXELS - right);
            }
        }
    }
#else
    for (int b = 0; b < KW; b++) {
        add_clamped_tap(sum, x, w + b * W_B, first + b * DW);
    }
#endif
}

kernel void direct_blocked(
        LEADING_ARGUMENTS global const real *restrict x, global const real *restrict w, global real *restrict y)
{
    SKIP_HEADER(x);
    SKIP_HEADER(w);
    SKIP_HEADER(y);
    const int block = get_global_id(1 - TILE_DIMENSION);
    const int tile = get_global_id(TILE_DIMENSION);
    if (block >= GROUPS * BLOCKS || tile >= TILES) {
        return; // the global size is rounded up to whole work-groups
    }
    const int group = block / BLOCKS;
    const int channel = block % BLOCKS * (V * VECTORS);
    const int own = tile % LINE_TILES * PIXELS;
    // The last tile of a line ends where the line ends: it computes some pixels of its neighbour, and does not store them.
    const int j = min(own, OW - PIXELS);
    const int i = tile / LINE_TILES % OH;
    const int n = tile / LINE_TILES / OH;
    x += X_OFFSET + n * X_N + (DEPTHWISE ? channel : group * GROUP_IC) * X_C;
    w += W_OFFSET + group * W_GROUP + block % BLOCKS * W_BLOCK;
    realv sum[PIXELS][VECTORS];
#pragma unroll
    for (int p = 0; p < PIXELS; p++) {
#pragma unroll
        for (int v = 0; v < VECTORS; v++) {
            sum[p][v] = (realv)0;
        }
    }
    for (int a = 0; a < KH; a++) {
        const int h = i * SH + a * DH - PAD_TOP;
        if (h < 0 || h >= IH) {
            continue;
        }
        add_line(sum, x + h * X_H, w + a * W_A, j * SW - PAD_LEFT);
    }
    y += Y_OFFSET + n * Y_N + i * Y_H + j * Y_W + (group * CHANNELS + channel) * Y_C;
#pragma unroll
    for (int p = 0; p < PIXELS; p++) {
        if (OW % PIXELS == 0 || j + p >= own) {
#pragma unroll
            for (int v = 0; v < VECTORS; v++) {
                store_channels(y + p * Y_W + v * V * Y_C, sum[p][v], CHANNELS - channel - v * V);
            }
        }
    }
}
