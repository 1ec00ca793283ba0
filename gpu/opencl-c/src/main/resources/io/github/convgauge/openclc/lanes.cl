// Vectors of output channels and the memory behind them.

// Writes the first count of V neighbouring channels: all of them or none where the channels come in whole vectors.
static inline void store_channels(global real *y, const realv value, const int count)
{
#if Y_C == 1 && CHANNELS % V == 0
    if (count > 0) {
        STOREV(value, y);
    }
#else
    real lanes[V];
    STOREV(value, lanes);
    for (int v = 0; v < min(V, count); v++) {
        y[v * Y_C] = lanes[v];
    }
#endif
}

static inline real sum_of_lanes(const realv value)
{
    real lanes[V];
    STOREV(value, lanes);
    real sum = lanes[0];
    for (int v = 1; v < V; v++) {
        sum += lanes[v];
    }
    return sum;
}
