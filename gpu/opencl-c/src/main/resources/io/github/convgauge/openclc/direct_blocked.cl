// The definition, PIXELS neighbouring outputs of one line times V neighbouring output channels a work item:
// each vector of weights serves PIXELS times and each element of x V times while they are in registers.
// Vectors of channels are dimension 0: neighbouring items read neighbouring weights and the same x.
//
// DEPTHWISE, where each input channel has one output channel of its own: V groups side by side, and x is a
// vector of channels too.

#if DEPTHWISE
#define X_AT(at) LOADV(x + (at))
#define ZERO ((realv)0)
#else
#define X_AT(at) x[at]
#define ZERO ((real)0)
#endif

// Adds up one tap, whose column for the first pixel is given. With edge, columns outside x count as 0: they
// are read from the nearest column that exists and then replaced, by a select instead of a branch. Without,
// the caller knows that there are none.
static inline void add_tap(
        realv *sum, global const real *restrict x, global const real *restrict w, const int first, const bool edge)
{
    for (int c = 0; c < GROUP_IC; c++) {
        const realv weight = LOADV(w + c * W_C);
#pragma unroll
        for (int p = 0; p < PIXELS; p++) {
            const int column = first + p * SW;
            if (edge) {
                const int inside = clamp(column, 0, IW - 1);
                sum[p] += (column == inside ? X_AT(inside * X_W + c * X_C) : ZERO) * weight;
            } else {
                sum[p] += X_AT(column * X_W + c * X_C) * weight;
            }
        }
    }
}

kernel void direct_blocked(
        LEADING_ARGUMENTS global const real *restrict x, global const real *restrict w, global real *restrict y)
{
    SKIP_HEADER(x);
    SKIP_HEADER(w);
    SKIP_HEADER(y);
    const int block = get_global_id(0);
    if (block >= GROUPS * BLOCKS || get_global_id(1) >= TILES) {
        return; // the global size is rounded up to whole work-groups
    }
    const int tile = get_global_id(1);
    const int group = block / BLOCKS;
    const int channel = block % BLOCKS * V;
    const int j = tile % LINE_TILES * PIXELS;
    const int i = tile / LINE_TILES % OH;
    const int n = tile / LINE_TILES / OH;
    x += X_OFFSET + n * X_N + (DEPTHWISE ? channel : group * GROUP_IC) * X_C;
    w += W_OFFSET + group * W_GROUP + block % BLOCKS * W_BLOCK;
    realv sum[PIXELS];
#pragma unroll
    for (int p = 0; p < PIXELS; p++) {
        sum[p] = (realv)0;
    }
    for (int a = 0; a < KH; a++) {
        const int h = i * SH + a * DH - PAD_TOP;
        if (h < 0 || h >= IH) {
            continue;
        }
        for (int b = 0; b < KW; b++) {
            const int first = j * SW + b * DW - PAD_LEFT;
            // Asked once for all channels. EDGES is 0 where no tile of the problem meets an edge.
            if (EDGES && (first < 0 || first + (PIXELS - 1) * SW >= IW)) {
                add_tap(sum, x + h * X_H, w + a * W_A + b * W_B, first, true);
            } else {
                add_tap(sum, x + h * X_H, w + a * W_A + b * W_B, first, false);
            }
        }
    }
    y += Y_OFFSET + n * Y_N + i * Y_H + j * Y_W + (group * CHANNELS + channel) * Y_C;
#pragma unroll
    for (int p = 0; p < PIXELS; p++) {
        if (OW % PIXELS == 0 || j + p < OW) {
            store_channels(y + p * Y_W, sum[p], CHANNELS - channel);
        }
    }
}
