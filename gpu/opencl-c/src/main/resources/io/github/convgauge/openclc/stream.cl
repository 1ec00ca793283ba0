// A vector for each item from one array to another, and nothing else (STREAM's Copy): what the device's memory
// could do at best. Neighbours copy neighbours, so that a GPU reads and writes whole lines.
kernel void stream(global real *restrict to, global const real *restrict from)
{
    const size_t at = get_global_id(0) * V;
    STOREV(LOADV(from + at), to + at);
}
