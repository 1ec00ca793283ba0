// CHAINS independent chains of multiply-adds on vectors in registers, and nothing else: what the device could
// do at best. One chain alone would wait for each result. The factor and the term are known when it runs only,
// and the end of all chains is stored, so that no compiler can leave a step out.
kernel void peak(global real *restrict end, const real start, const real factor, const real term)
{
    realv value[CHAINS];
#pragma unroll
    for (int c = 0; c < CHAINS; c++) {
        value[c] = (realv)(start + c + get_global_id(0));
    }
    for (int step = 0; step < STEPS; step++) {
#pragma unroll
        for (int c = 0; c < CHAINS; c++) {
            value[c] = value[c] * factor + term;
        }
    }
    realv sum = value[0];
#pragma unroll
    for (int c = 1; c < CHAINS; c++) {
        sum += value[c];
    }
    STOREV(sum, end + get_global_id(0) * V);
}
