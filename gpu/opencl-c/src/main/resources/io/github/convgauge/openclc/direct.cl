// The definition, one output a work item. Output channels are dimension 0: neighbouring items read
// neighbouring weights and the same element of x. Taps that meet the padding are left out.
kernel void direct(LEADING_ARGUMENTS global const real *restrict x, global const real *restrict w, global real *restrict y)
{
    SKIP_HEADER(x);
    SKIP_HEADER(w);
    SKIP_HEADER(y);
    const int o = get_global_id(0);
    const int j = get_global_id(1);
    const int line = get_global_id(2);
    if (o >= OC || j >= OW || line >= LINES) {
        return; // the global size is rounded up to whole work-groups
    }
    const int n = line / OH;
    const int i = line % OH;
    x += X_OFFSET + n * X_N + o / GROUP_OC * GROUP_IC * X_C;
    w += W_OFFSET + o * W_O;
    real sum = 0;
    for (int a = 0; a < KH; a++) {
        const int h = i * SH + a * DH - PAD_TOP;
        if (h < 0 || h >= IH) {
            continue;
        }
        for (int b = 0; b < KW; b++) {
            const int column = j * SW + b * DW - PAD_LEFT;
            if (column < 0 || column >= IW) {
                continue;
            }
            for (int c = 0; c < GROUP_IC; c++) {
                sum += x[h * X_H + column * X_W + c * X_C] * w[a * W_A + b * W_B + c * W_C];
            }
        }
    }
    y[Y_OFFSET + n * Y_N + i * Y_H + j * Y_W + o * Y_C] = sum;
}
